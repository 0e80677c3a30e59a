"""The first page of a link: the whole offer and its state. Looking changes nothing; *Continue* makes a private copy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from sales_portal.catalog import queries as catalog
from sales_portal.catalog.models import CustomField
from sales_portal.checkout import copying, prefilling
from sales_portal.checkout.models import CheckoutSession
from sales_portal.checkout.prefilling import NOTHING, Brought
from sales_portal.core import clock
from sales_portal.core.errors import Invalid
from sales_portal.links.errors import LinkNotOpen
from sales_portal.storefront import (
    changes,
    codes,
    details,
    elsewhere,
    endings,
    frame,
    guards,
    guests,
    holds,
    limits,
    masks,
    offers,
    opening,
    receipt,
    shelves,
    skipping,
    updates,
    ways,
)
from sales_portal.storefront.forms import parameters
from sales_portal.storefront.guests import Guest
from sales_portal.web import edge, public_forms, totals
from sales_portal.web.extensions import db
from sales_portal.web.public_forms import ForeignForm

blueprint = Blueprint("landing", __name__, url_prefix=guests.PREFIX)

Show = Callable[[Guest, Mapping[str, str], Mapping[str, str], int], Response]
"""Makes a page again, with what was typed and what is wrong with it."""


@blueprint.get("")
@edge.may_write_on_get
@guards.at_door
def show(guest: Guest) -> ResponseReturnValue:
    """The offer; what came of it where this browser bought it; or why it can't be bought now.

    Who opens a link that skips this page is led to the next one, and that writes.
    """
    if guest.has_bought:
        return receipt.page_of(guest)
    if not guest.can_go_on() and not guest.is_welcome:
        return endings.page(guest)
    if (until := elsewhere.until(guest)) is not None:
        return elsewhere.page(guest, until)
    if guest.can_go_on() and guest.is_behind:
        return updates.page(guest)
    led = skipping.lead_on(guest, brought_by(guest, request.args)) if guest.link.skips_landing else None
    return led or page(guest)


@blueprint.post("/visit")
@limits.per_link_claims
@guards.at_lock
def visit(guest: Guest) -> ResponseReturnValue:
    """*Continue*: make the private copy, with what was changed on the page, and go to the first page that asks."""
    return changed(guest, lambda: details.next_page(guest))


@blueprint.post("/lines/<int:line_no>/quantity")
@limits.per_link_claims
@guards.at_lock
def quantity(guest: Guest, line_no: int) -> ResponseReturnValue:
    """Take another quantity; every quantity of the page is read, so that none typed is lost."""
    return changed(guest, lambda: guest.items_url(_anchor=f"field-quantity-{line_no}"))


@blueprint.post("/choice")
@limits.per_link_claims
@guards.at_lock
def choice(guest: Guest) -> ResponseReturnValue:
    """Pick another one of the products."""
    return changed(guest, guest.items_url)


@blueprint.post("/lines/<int:line_no>/amount")
@limits.per_link_claims
@guards.at_lock
def amount(guest: Guest, line_no: int) -> ResponseReturnValue:
    """Name another price for what the customer names the price of."""
    return changed(guest, lambda: guest.items_url(_anchor=f"field-amount-{line_no}"))


@blueprint.post("/code")
@limits.per_link_claims
@guards.at_lock
def code(guest: Guest) -> ResponseReturnValue:
    """Use a discount code."""
    return changed(guest, lambda: guest.items_url(_anchor=codes.FIELD))


@blueprint.post("/opened")
@guards.at_door
def opened(guest: Guest) -> ResponseReturnValue:
    """The page says that a person is looking at it."""
    public_forms.check_source()
    opening.note(guest)
    return "", 204


def page(guest: Guest, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None,
         status: int = 200) -> Response:
    """The offer as it stands for this browser, with what was typed and what is wrong with it."""
    guests.introduce(guest)
    copy, typed, errors = guest.visit if guest.can_go_on() else None, typed or {}, errors or {}
    # A browser that holds a copy goes on with it: what an address brings along fills in new ones.
    brought = brought_by(guest, typed or request.args) if copy is None else NOTHING
    hold = holds.of(guest) if copy is not None else None
    offer = holds.with_own(
        offers.offer_of(db.session(), guest.link, copy or _filled_in(guest, brought)), guest, hold)
    suggested = shelves.suggest(guest, offer)
    errors = shelves.placed(errors, (good.variant_id for good in suggested))
    is_preview = request.args.get("preview") == "1"
    return frame.page(
        "storefront/landing/show.html", guest, status, offer=offer, typed=typed, errors=errors,
        code=codes.part(guest.link, copy, typed.get(codes.FIELD, ""), errors.get(codes.FIELD, "")),
        mistakes=[(f"field-{name}", text) for name, text in errors.items() if name != "form"], preview=is_preview,
        total_rows=totals.rows(offer.totals, guest.link, offer.lines_count), shows_all="all" in request.args,
        was_asked="asked" in request.args, host=frame.addresses().base_url.split("://")[-1], suggested=suggested,
        just_added=shelves.just_added(guest), pay_promise=ways.promise(guest.link), hold=hold, hold_page="items",
        masked_email=masks.email(brought.email or str(guest.link.prefill.get("email", ""))) if copy is None else "",
        carried=parameters.write(brought), has_ended="ended" in request.args and copy is None,
        is_known_here=guests.returning_token() is not None,
        opened_url=None if is_preview else guest.url("landing.opened"))


def brought_by(guest: Guest, sent: Mapping[str, str]) -> Brought:
    """What an address, or the form of the page it opened, brings along and this link leaves open."""
    def list_questions() -> Sequence[CustomField]:
        return catalog.list_custom_fields(db.session()) if guest.has_questions else ()
    brought = parameters.read(sent, list_questions)
    if brought is NOTHING:
        return brought
    brought = prefilling.left_open(brought, guest.link)
    is_one_too_many = bool(brought.discount_code) and not limits.may_try_code()
    return replace(brought, discount_code="") if is_one_too_many else brought


def _filled_in(guest: Guest, brought: Brought) -> CheckoutSession | None:
    """The copy as *Continue* would make it, to show what it costs; None where it costs what the link says."""
    if not brought.changes_price:
        return None
    choice = prefilling.choice_of(db.session(), guest.link, brought.product_id)
    return copying.draft(db.session(), guest.link, clock.now(), choice, brought)


def changed(guest: Guest, where: Callable[[], str], act: Callable[[Guest], None] | None = None, *,
            typed: Mapping[str, str] | None = None, show: Show = page) -> ResponseReturnValue:
    """Claim and change, with `act` once more, then go `where`; on a mistake `show` the page with everything typed."""
    public_id, token, sent = guest.public_id, guest.token, request.form
    if sent.get("preview") == "1":
        return redirect(guest.url("landing.show", preview=1), 303)
    try:
        guest.check_form()
        if updates.is_of_older_offer(guest, sent):
            return redirect(guest.items_url(updated=1), 303)
        guest.claim(changes.picked(sent), brought_by(guest, sent), opened_by=opening.mark(guest),
                    by_machine=opening.is_machine())
        if not guest.can_go_on() or guest.is_behind:
            return redirect(guest.url("landing.show"), 303)
        changes.apply(guest, sent if typed is None else typed)
        if act is not None:
            act(guest)
        if why := codes.use_typed(guest, sent):
            # All the rest is kept: only the code is still wrong.
            return show(guest, sent, {codes.FIELD: why}, 200)
        return redirect(where(), 303)
    except ForeignForm as stale:
        db.session.rollback()
        there = guests.receive(public_id, token)
        if not there.can_go_on() and not there.is_welcome:
            raise
        return show(there, sent, {"form": stale.text}, stale.status)
    except LinkNotOpen:
        return redirect(guest.url("landing.show"), 303)
    except Invalid as no:
        db.session.rollback()
        return show(guests.receive(public_id, token), sent, {str(no.field): no.text}, 422)
