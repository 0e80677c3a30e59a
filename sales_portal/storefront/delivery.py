"""The last page before the provider's: how it is delivered, what it costs in all, and *Pay*."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from sales_portal.checkout import pricing as copies
from sales_portal.checkout import service as checkout
from sales_portal.checkout.errors import NoSuchMethod
from sales_portal.checkout.models import CheckoutSession
from sales_portal.checkout.pricing import Choice
from sales_portal.core import clock
from sales_portal.core.translation import N_, _
from sales_portal.customers import typos
from sales_portal.payments import queries as payments
from sales_portal.payments.errors import MethodNotOffered
from sales_portal.selections.checks import country_name
from sales_portal.storefront import codes, dates, frame, guards, guests, holds, offers, opening, problems, ways
from sales_portal.storefront.forms.delivery import DeliveryForm, is_phone, read_delivery
from sales_portal.storefront.guests import Guest
from sales_portal.storefront.ways import Choice as WayToPay
from sales_portal.web import formatting, postal, totals
from sales_portal.web.extensions import db
from sales_portal.web.public_forms import ForeignForm

blueprint = Blueprint("delivery", __name__, url_prefix=guests.PREFIX)

NO_METHOD = N_("Choose how we should deliver")
NO_PHONE = N_("Enter a phone number the driver can call")
ADDRESS = ("street", "street_2", "postcode", "city", "region", "country")


@dataclass(frozen=True, slots=True)
class Method:
    """One way to deliver as the page shows it; `amount` in minor units."""

    id: int
    name: str
    when: str
    amount: int
    needs_phone: bool


@blueprint.get("/delivery")
@guards.in_checkout
@guards.up_to_date
def show(guest: Guest) -> ResponseReturnValue:
    """The ways to deliver, the totals and *Pay*; asks for the details first where they are missing."""
    if guest.copy.details_at is None:
        return redirect(guest.url("details.show"), 303)
    return page(guest)


@blueprint.post("/delivery")
@guards.in_checkout
@guards.up_to_date
def choose(guest: Guest) -> ResponseReturnValue:
    """Take another way to deliver, or a discount code, and show the new total."""
    form = read_delivery(request.form)
    try:
        guest.check_form()
        keep(guest, form)
        why = codes.use_typed(guest, request.form)
    except ForeignForm as stale:
        return page(guest, form, {"form": stale.text}, stale.status)
    except NoSuchMethod:
        return page(guest, form, {"method": _(NO_METHOD)}, 422)
    except MethodNotOffered as no:
        return page(guest, form, {ways.FIELD: no.text}, 422)
    if why:
        # The way to deliver is kept: only the code is still wrong.
        return page(guest, form, {codes.FIELD: why})
    return redirect(guest.url("delivery.show"), 303)


def keep(guest: Guest, form: DeliveryForm) -> None:
    """Take the chosen way to deliver, the number for the driver and the way to pay.

    Refuses with `NoSuchMethod` or `MethodNotOffered`.
    """
    visit = guest.copy
    if copies.needs_delivery(visit):
        checkout.choose_delivery(db.session(), visit, guest.link, form.method_id or 0)
    if form.phone and is_phone(form.phone):
        checkout.give_phone(db.session(), visit, guest.link, form.phone)
    if form.payment_method and visit.total_amount:
        checkout.choose_payment(db.session(), visit, ways.chosen(guest, form.payment_method).slug)


def mistakes(guest: Guest, form: DeliveryForm) -> dict[str, str]:
    """What still keeps this form from being paid, by field."""
    return _delivery_mistakes(guest, form) | _payment_mistakes(guest, form)


def _payment_mistakes(guest: Guest, form: DeliveryForm) -> dict[str, str]:
    offered = {one.slug for one in ways.choices(guest.link)} if form.payment_method else set()
    is_wrong = bool(form.payment_method) and form.payment_method not in offered and guest.copy.total_amount > 0
    return {ways.FIELD: _(MethodNotOffered.message)} if is_wrong else {}


def _delivery_mistakes(guest: Guest, form: DeliveryForm) -> dict[str, str]:
    if not copies.needs_delivery(guest.copy):
        return {}
    needs_phone = _needs_phone(guest, form.method_id)
    if needs_phone is None:
        return {"method": _(NO_METHOD)}
    is_asked = needs_phone and "phone" not in guest.link.prefill_locks
    return {f"phone-{form.method_id}": _(NO_PHONE)} if is_asked and not is_phone(form.phone) else {}


def page(guest: Guest, typed: DeliveryForm | None = None, errors: Mapping[str, str] | None = None,
         status: int = 200) -> Response:
    """The page as this guest's copy stands, with what was typed and what is wrong with it."""
    guests.introduce(guest)
    visit, link = guest.copy, guest.link
    payment = payments.get_last_payment(db.session(), visit.id)
    hold = holds.of_payment(payment)
    offer = holds.with_own(offers.offer_of(db.session(), link, visit), guest, hold)
    choices, to_pay = _choices(guest), ways.choices(link) if visit.total_amount else []
    return frame.page(
        "storefront/delivery/show.html", guest, status, offer=offer, visit=visit, typed=typed, errors=errors or {},
        code=codes.part(link, visit, request.form.get(codes.FIELD, ""), (errors or {}).get(codes.FIELD, "")),
        mistakes=[(f"field-{name}", text) for name, text in (errors or {}).items() if name != "form"],
        methods=[_method(guest, choice) for choice in choices],
        ways=to_pay, way=_way(guest, typed, to_pay), hold=hold, hold_page="delivery",
        chosen=typed.method_id if typed is not None else visit.shipping_method_id,
        is_unreachable=copies.needs_delivery(visit) and not choices, country=country_name(visit.country),
        meant_email=typos.meant(visit.email),
        address=postal.lines_of({name: getattr(visit, name) for name in ADDRESS}) if visit.street else [],
        total_rows=totals.rows(offer.totals, link), was_total=_was(visit),
        last_payment=payment.status if payment is not None else "",
        problem=problems.said(), opened_url=opening.beacon_of(guest))


def _way(guest: Guest, typed: DeliveryForm | None, to_pay: Sequence[WayToPay]) -> WayToPay | None:
    """The way to pay that is chosen on the page; None where there is nothing to choose from."""
    wanted = (typed.payment_method if typed is not None else "", guest.copy.payment_method)
    found = (one for slug in wanted for one in to_pay if one.slug == slug)
    return next(found, to_pay[0] if to_pay else None)


def _needs_phone(guest: Guest, method_id: int | None) -> bool | None:
    """Whether the driver of a way to deliver calls; None where there is no such way."""
    held = guest.copy.shipping_method
    if held is not None and held.id == method_id:
        return held.needs_phone
    return next((choice.option.needs_phone for choice in _choices(guest) if choice.option.id == method_id), None)


def _choices(guest: Guest) -> list[Choice]:
    return copies.delivery_choices(db.session(), guest.copy, guest.link)


def _method(guest: Guest, choice: Choice) -> Method:
    option, link = choice.option, guest.link
    when = dates.arrival(clock.now(), link.site.time_zone, option.min_days, option.max_days,
                         formatting.locale())
    return Method(option.id, option.name, when, choice.amount, option.needs_phone)


def _was(visit: CheckoutSession) -> int | None:
    """The total the customer saw before, where it was another one."""
    text = request.args.get("was", "")
    return int(text) if text.isdecimal() and len(text) < 17 and int(text) != visit.total_amount else None
