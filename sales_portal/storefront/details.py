"""The page that asks who buys and where it goes; skipped where everything is known already."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from sales_portal.catalog import queries as catalog
from sales_portal.checkout import fixed, learners, line_fields
from sales_portal.checkout import pricing as copies
from sales_portal.checkout import service as checkout
from sales_portal.checkout.errors import OtherEmail
from sales_portal.checkout.models import CheckoutSession
from sales_portal.pricing import queries as pricing
from sales_portal.pricing.queries import CountryTerms
from sales_portal.storefront import frame, guards, guests, masks, opening
from sales_portal.storefront.forms import address
from sales_portal.storefront.forms import learners as seat_fields
from sales_portal.storefront.forms.details import CUSTOM, DetailsForm, details_form
from sales_portal.storefront.forms.texts import one_line
from sales_portal.storefront.guests import Guest
from sales_portal.web import postal
from sales_portal.web.extensions import db
from sales_portal.web.public_forms import ForeignForm

blueprint = Blueprint("details", __name__, url_prefix=guests.PREFIX)

ADDRESS = ("street", "street_2", "postcode", "city", "region", "country")
KNOWN = ("email", "name", "company", "vat_number", "street", "street_2", "postcode", "city", "region", "country")


@blueprint.get("/details")
@guards.in_checkout
def show(guest: Guest) -> ResponseReturnValue:
    """The form with what is known so far."""
    return _page(guest, _form(guest, None))


@blueprint.post("/details")
@guards.in_checkout
def save(guest: Guest) -> ResponseReturnValue:
    """Keep the details and go on; with `act=country` only ask the questions of another country, and with `act=check`
    only look at the `field` that was left."""
    if (act := request.args.get("act")) == "country":
        return _page(guest, _form(guest, request.form))
    if act == "check":
        return _page(guest, _checked(guest, request.args.get("field", "")))
    try:
        guest.check_form()
    except ForeignForm as stale:
        return _page(guest, _form(guest, request.form), problem=stale.text, status=stale.status)
    terms = _terms(guest, request.form)
    form = _form(guest, request.form, terms)
    if not _is_right(guest, form):
        return _shown_again(guest)
    try:
        _keep(guest, form, terms)
    except OtherEmail as no:
        return _shown_again(guest, no.text)
    opening.note_started(guest)
    return redirect(guest.url("delivery.show"), 303)


def next_page(guest: Guest) -> str:
    """The first page of this guest's that has something to ask; keeps what the agent filled in where that will do."""
    visit = guest.visit
    if visit is not None and visit.details_at is None and not guest.must_sign_in and _is_known(guest, visit):
        return guest.url("delivery.show")
    return page_of(guest)


def page_of(guest: Guest) -> str:
    """The page this guest stands at."""
    if guest.visit is None:
        return guest.url("landing.show")
    if guest.must_sign_in:
        return guest.url("sign_in.show")
    return guest.url("details.show" if guest.visit.details_at is None else "delivery.show")


def _is_known(guest: Guest, visit: CheckoutSession) -> bool:
    """Keep what the agent filled in, where that answers every question."""
    if not (visit.email and visit.name) or (copies.needs_delivery(visit) and not visit.street):
        return False
    form = _form(guest, None)
    if not _is_right(guest, form) or not all(seats.is_complete for seats in form.seats):
        return False
    _keep(guest, form)
    return True


def _is_right(guest: Guest, form: DetailsForm) -> bool:
    """Whether every answer will do."""
    is_right = form.validate()
    return seat_fields.check(form.groups) and (is_right or not _mistakes(guest, form))


def _checked(guest: Guest, name: str) -> DetailsForm:
    """The form as typed, with what is wrong with one field of it alone."""
    form = _form(guest, request.form)
    form.validate()
    for field in form:
        if field.name != name:
            field.errors = ()
    seat_fields.check(form.groups)
    for seat in (seat for group in form.groups for seat in group.fields):
        seat.errors = {part: text for part, text in seat.errors.items() if f"{seat.name}-{part}" == name}
    for group in form.groups:
        group.error = group.error if group.list_name == name else ""
    return form


def _shown_again(guest: Guest, wrong_email: str = "") -> Response:
    form = _form(guest, request.form)
    _is_right(guest, form)
    if wrong_email:
        form.email.errors = [wrong_email]
    return _page(guest, form, status=422)


def _mistakes(guest: Guest, form: DetailsForm) -> list[tuple[str, str]]:
    """What is wrong, field by field. What the agent fixed nobody can mend here: only where it goes still counts."""
    locked = fixed.values_of(guest.link, guest.visit)
    found = [("fixed-details" if field.name in locked else f"field-{field.name}",
              seat_fields.at(form.title_of(field.name), field.errors[0])) for field in form
             if field.errors and (field.name not in locked or field.name == "country")]
    return found + [mistake for group in form.groups for mistake in group.mistakes]


def _only(guest: Guest) -> str:
    """The one address that may pay, masked; empty where any may."""
    link = guest.link
    return masks.email(str(link.prefill.get("email", ""))) if link.only_email_may_pay else ""


def _terms(guest: Guest, typed: Mapping[str, str]) -> CountryTerms:
    """What holds for the country that was typed, or for the copy's own where nothing is delivered."""
    country = guest.copy.country
    if copies.needs_delivery(guest.copy):
        country = fixed.values_of(guest.link).get("country") or one_line(typed.get("country", ""))
    return pricing.get_country_terms(db.session(), guest.link.market_id, country)


def _form(guest: Guest, typed: Any, terms: CountryTerms | None = None) -> DetailsForm:
    """The form; with the `terms` of a country we deliver to, that is the only one it knows."""
    visit = guest.copy
    known = {name: getattr(visit, name) for name in KNOWN}
    known |= {CUSTOM + slug: answer for slug, answer in visit.custom_fields.items()}
    countries: Sequence[str] = ()
    if copies.needs_delivery(visit):
        countries = (terms.country,) if terms is not None and terms.shipping else \
            pricing.list_delivery_countries(db.session(), guest.link.market_id)
    locked = fixed.values_of(guest.link, visit)
    if countries and known["country"] not in countries and "country" not in locked:
        known["country"] = countries[0]
    if typed is not None and locked:
        typed = MultiDict(typed)
        for name, value in locked.items():
            typed[name] = value
    questions = catalog.list_custom_fields(db.session()) if guest.has_questions else ()
    units = line_fields.list_asked(db.session(), visit, guest.link) if guest.has_line_fields else ()
    form = details_form(questions, countries, typed, known, units)
    if guest.has_seats:
        form.seats = learners.list_seats(db.session(), visit, guest.link)
        form.groups = seat_fields.groups_of(form.seats, typed, form.buyer)
    return form


def _keep(guest: Guest, form: DetailsForm, terms: CountryTerms | None = None) -> None:
    visit = guest.copy
    where = form.address_values() or {"country": visit.country}
    checkout.give_details(db.session(), visit, guest.link, checkout.Details(
        email=form.email.data or "", name=form.name.data or "", company=form.company.data or "", phone=visit.phone,
        vat_number=form.vat_number.data or "", custom_fields=form.answers(), **where), terms)
    line_fields.answer_lines(db.session(), visit, guest.link, form.units, form.line_answers())
    if form.seats:
        named = seat_fields.named(form.groups, form.seats, form.buyer)
        learners.name_learners(db.session(), visit, form.seats, named)


def _page(guest: Guest, form: DetailsForm, problem: str = "", status: int = 200) -> Response:
    guests.introduce(guest)
    visit, country = guest.copy, form.country.data or ""
    is_unreachable = form.ships and visit.country and visit.country not in form.countries
    return frame.page(
        "storefront/details/show.html", guest, status, form=form, problem=problem, visit=visit,
        locked=fixed.values_of(guest.link, visit),
        lines=address.fields_of(country) if country in form.countries else (),
        fixed_address=postal.lines_of({name: getattr(visit, name) for name in ADDRESS}), only_email=_only(guest),
        countries=address.by_name(form.countries),
        unreachable=form.no_delivery_to(visit.country) if is_unreachable else "",
        mistakes=_mistakes(guest, form), opened_url=opening.beacon_of(guest))

