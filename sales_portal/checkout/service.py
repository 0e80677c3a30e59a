"""What a customer does with a link before paying: claim it, change what may be changed, say who and where."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, selectinload

from sales_portal.checkout import (
    behalf,
    copying,
    current,
    fixed,
    learners,
    line_fields,
    prefilling,
    pricing,
    queries,
    signing_in,
)
from sales_portal.checkout.errors import (
    Locked,
    NoDelivery,
    NoSuchMethod,
    NotInPacks,
    SignInNeeded,
    SpecialPriceFixed,
    TooMany,
    VisitEnded,
)
from sales_portal.checkout.models import CheckoutSession, VisitorSession
from sales_portal.checkout.prefilling import Brought
from sales_portal.core import clock, tokens
from sales_portal.core.writing import change, write
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.links import opening
from sales_portal.links import prefill as prefills
from sales_portal.links import queries as links
from sales_portal.links import service as link_service
from sales_portal.links.errors import LinkNotOpen
from sales_portal.links.models import CheckoutLink, CheckoutLinkLine
from sales_portal.links.opening import Opener
from sales_portal.pricing import queries as price_rules
from sales_portal.pricing.queries import CountryTerms
from sales_portal.selections.models import MAX_QUANTITY

_VISITOR = insert(queries.VISITORS).returning(queries.VISITORS.c.id)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A private copy and the token of the visitor who holds it; `is_new` where it was made just now."""

    visit: CheckoutSession
    visitor_token: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Details:
    """Who buys and where it goes, as typed and checked by the door."""

    email: str
    name: str
    country: str
    phone: str = ""
    company: str = ""
    vat_number: str = ""
    street: str = ""
    street_2: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    custom_fields: dict[str, str] = field(default_factory=dict)


def claim(session: Session, link: CheckoutLink, *, visitor_token: str | None, returning_token: str | None = None,
          choice: int | None = None, brought: Brought = prefilling.NOTHING, opened_by: Opener | None = None,
          by_machine: bool = False, is_pressed: bool = True, is_locked: bool = False) -> Claimed:
    """Make this visitor's private copy of a link, or answer the one they have; refuses with `LinkNotOpen`.

    Nothing is reserved and nothing is used up: only a purchase does that. `returning_token` is one whose session is
    over: where that session had a copy of this link the copy lives on, under a new token. `choice` is the line picked
    where the link lets the customer pick one, and `brought` is filled into a new copy. `opened_by` marks the visitor
    whose same press opens the link. What is done `by_machine` gets a copy as everybody does (T107), and moves nothing.
    Nothing `is_pressed` where the link skips its first page, and then the claim says nothing of how far its customer
    came. `is_locked` says that `link` was read under its lock.
    """
    visitor = queries.get_visitor(session, visitor_token)
    link = link if is_locked else links.lock_link(session, link.id)
    at = clock.now()
    if visitor is None and returning_token and link.is_open(at):
        visitor, visitor_token = _welcome_back(session, link, returning_token, at)
    opened = opening.facts_of_opening(session, link, opened_by) if opened_by is not None else ()
    held = _held(session, link, visitor, at) if visitor is not None else None
    if held is not None and visitor_token is not None:
        history.append(session, *opened)
        return Claimed(held, visitor_token, is_new=False)
    if not link.is_open(at) or link.breaks_at_sign_in:
        raise LinkNotOpen(state=link.state(at))
    if visitor is None or visitor_token is None:
        visitor_token, visitor_id = _new_visitor(session, at)
    else:
        visitor_id = visitor.id
    visit = _copy(session, link, visitor_id, at, choice, brought)
    if by_machine:
        opening.note_machine(session, link)
        return Claimed(visit, visitor_token, is_new=True)
    if is_pressed:
        link_service.mark_progress(session, link, "checkout_started")
    history.append(session, *opened, history.fact(
        EventName.VISIT_STARTED, visit, by=history.CUSTOMER, context=link,
        **({} if is_pressed else {"skipped": True}), **behalf.told(session, link)))
    return Claimed(visit, visitor_token, is_new=True)


def set_quantity(session: Session, visit: CheckoutSession, link: CheckoutLink, line_no: int, quantity: int) -> None:
    """Change how many of a line are bought, within what the agent allowed; a special-price line never grows."""
    visit.refuse_ended(clock.now())
    if link.changes != "more" or not link.may_change_quantities:
        raise Locked
    line = next((line for line in pricing.items_of(visit) if line.line_no == line_no), None)
    if line is None or line.is_added:
        raise VisitEnded
    offered = session.get_one(CheckoutLinkLine, (link.id, line_no))
    if offered.is_special_price and quantity > offered.quantity:
        raise SpecialPriceFixed(quantity=offered.quantity)
    most = link.max_per_line or MAX_QUANTITY
    if not 1 <= quantity <= most:
        raise TooMany(most=most)
    if quantity % offered.pack_size:
        raise NotInPacks(pack=offered.pack_size)
    line.quantity = quantity
    learners.follow_quantity(visit, {line_no: offered.learners})
    line_fields.ask_again(session, visit)
    pricing.reprice(session, visit, link)


def pick(session: Session, visit: CheckoutSession, link: CheckoutLink, line_no: int) -> None:
    """Take another one of the products the link offers to pick from."""
    visit.refuse_ended(clock.now())
    if link.changes != "pick_one":
        raise Locked
    offered = session.get(CheckoutLinkLine, (link.id, line_no))
    if offered is None:
        raise Locked
    for line in pricing.items_of(visit):
        visit.lines.remove(line)
    session.flush()
    visit.lines.insert(0, copying.line_of(offered, link, current.amounts_of(session, link, [offered])[line_no]))
    learners.follow_quantity(visit)
    line_fields.ask_again(session, visit)
    pricing.reprice(session, visit, link)


def give_details(session: Session, visit: CheckoutSession, link: CheckoutLink, details: Details,
                 terms: CountryTerms | None = None) -> None:
    """Keep who buys and where it goes, and price the copy for that country; what the agent fixed stays as it is.

    The country's `terms` may be at hand already. Refuses with `OtherEmail` whoever is not the one who may pay, and
    with `SignInNeeded` who must sign in first.
    """
    visit.refuse_ended(clock.now())
    if signing_in.is_needed(visit, link):
        raise SignInNeeded
    details = _with_fixed(details, link, visit)
    fixed.refuse_other_email(link, details.email)
    if terms is None or terms.country != details.country:
        terms = price_rules.get_country_terms(session, link.market_id, details.country)
    queries.load_lines(session, visit)
    if pricing.ships(visit) and not terms.shipping:
        countries = price_rules.list_delivery_countries(session, link.market_id)
        raise NoDelivery(country=details.country, countries=tuple(countries))
    is_first = visit.details_at is None
    pricing.reprice(session, visit, link, terms, details_at=clock.now(), custom_fields=dict(details.custom_fields),
                    **{name: getattr(details, name) for name in copying.PERSONAL})
    if is_first:
        history.record(session, EventName.VISIT_DETAILS_GIVEN, visit, by=history.CUSTOMER, context=link)


def choose_delivery(session: Session, visit: CheckoutSession, link: CheckoutLink, method_id: int) -> None:
    """Take one of the ways to deliver, and price the copy with it."""
    visit.refuse_ended(clock.now())
    if visit.shipping_method_id == method_id:
        return
    terms = price_rules.get_country_terms(session, link.market_id, visit.country)
    if terms.option(method_id) is None:
        raise NoSuchMethod
    pricing.reprice(session, visit, link, terms, method_id=method_id)
    if visit.shipping_method_id != method_id:
        raise NoSuchMethod


def choose_payment(session: Session, visit: CheckoutSession, method: str) -> None:
    """Keep which way to pay the customer wants, by its slug; whether it is offered, the caller saw to."""
    visit.refuse_ended(clock.now())
    change(session, (visit, {"payment_method": method}))


def give_phone(session: Session, visit: CheckoutSession, link: CheckoutLink, phone: str) -> None:
    """Keep the number the driver may call, unless the agent fixed one."""
    visit.refuse_ended(clock.now())
    if "phone" not in link.prefill_locks:
        change(session, (visit, {"phone": phone}))


def expire_due(session: Session) -> int:
    """End open copies whose time is over; returns how many."""
    at = clock.now()
    due = session.scalars(
        select(CheckoutSession).where(CheckoutSession.status == "open", CheckoutSession.expires_at <= at)
        .order_by(CheckoutSession.id).limit(500).with_for_update(skip_locked=True)).all()
    for visit in due:
        visit.status = "expired"
    return len(due)


def _held(session: Session, link: CheckoutLink, visitor: VisitorSession, at: datetime) -> CheckoutSession | None:
    """The visitor's own copy where it still serves; a worn-out one is let go, its typed details are not."""
    visit = session.scalars(
        select(CheckoutSession).where(CheckoutSession.visitor_session_id == visitor.id,
                                      CheckoutSession.link_id == link.id)
        .options(selectinload(CheckoutSession.lines))).first()
    if visit is None or visit.status in ("completed", "voided"):
        return visit
    if visit.is_living(at):
        return visit
    if link.is_open(at):
        visit.status, visit.expires_at, visitor.expires_at = "open", at + copying.LIFETIME, at + copying.LIFETIME
        visit.on_behalf_of, visit.signed_in_at = behalf.give(visit, link), None
        copying.follow_prices(session, visit, link)
    return visit


def _new_visitor(session: Session, at: datetime) -> tuple[str, int]:
    """The token of a visitor who comes for the first time, and the id of their session."""
    token = tokens.new_token()
    visitor_id: int = session.execute(_VISITOR, {
        "token_sha256": tokens.digest(token), "created_at": at, "expires_at": at + copying.LIFETIME}).scalar_one()
    return token, visitor_id


def _welcome_back(session: Session, link: CheckoutLink, token: str,
                  at: datetime) -> tuple[VisitorSession | None, str | None]:
    """The session that ended, awake again under a new token, where it has a copy of this link nobody has bought."""
    visitor = queries.get_ended_visitor(session, link.id, token)
    if visitor is None:
        return None, None
    fresh_token = tokens.new_token()
    visitor.token_sha256, visitor.expires_at = tokens.digest(fresh_token), at + copying.LIFETIME
    # Who signed in before the session was over shows again who they are.
    session.execute(update(CheckoutSession).where(
        CheckoutSession.visitor_session_id == visitor.id, CheckoutSession.status == "open").values(signed_in_at=None))
    return visitor, fresh_token


def _copy(session: Session, link: CheckoutLink, visitor_id: int, at: datetime, choice: int | None,
          brought: Brought) -> CheckoutSession:
    visit = copying.draft(session, link, at, choice, brought)
    visit.visitor_session_id, visit.on_behalf_of = visitor_id, behalf.give(visit, link)
    write(session, visit)
    return visit


def _with_fixed(details: Details, link: CheckoutLink, visit: CheckoutSession) -> Details:
    values = fixed.values_of(link, visit)
    personal: dict[str, Any] = {name: value for name, value in values.items() if name in copying.PERSONAL}
    return replace(details, **personal, custom_fields=details.custom_fields | prefills.answers(values))
