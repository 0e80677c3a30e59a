"""T0: a payment is promised in one short transaction, then the provider is asked with none open.

This module commits on purpose: between its transactions stands a call to the outside.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sales_portal.checkout import queries as visits
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock, tokens
from sales_portal.inventory.errors import OutOfStock
from sales_portal.links import deposits
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink
from sales_portal.outbox import service as outbox
from sales_portal.payments import payable, reserving, steps
from sales_portal.payments.errors import (
    AmountNotTaken,
    PaymentElsewhere,
    PaymentRunning,
    ProviderDown,
    SoldOut,
    TooManyAttempts,
    TotalChanged,
)
from sales_portal.payments.gateway import Gateway, GatewayDown, GatewayRefused, Gateways, Intent, IntentRequest
from sales_portal.payments.methods import Way
from sales_portal.payments.models import LIVE, Payment
from sales_portal.sites.methods import CARD, Method

WINDOW = timedelta(minutes=35)
FIRST_LOOK = timedelta(seconds=60)
MAX_ATTEMPTS = 20

# Statements of every payment are built once, and on tables where nobody needs an entity.
_PAYMENTS = cast(Table, Payment.__table__)
ATTEMPTS = (
    select(*(_PAYMENTS.c[name] for name in (
        "id", "status", "purpose", "gateway", "method", "capture_mode", "public_id", "amount", "currency",
        "idempotency_key", "started_until", "captured_amount")))
    .where(_PAYMENTS.c.checkout_session_id == bindparam("visit_id")).order_by(_PAYMENTS.c.id))
"""Every payment of a copy, oldest first."""
_RUNNING = select(Payment).where(Payment.checkout_session_id == bindparam("visit_id"), Payment.status.in_(LIVE))
_PROMISED = insert(_PAYMENTS).returning(_PAYMENTS.c.id)
_REFERENCE = (
    update(_PAYMENTS).where(_PAYMENTS.c.id == bindparam("payment_id"), _PAYMENTS.c.gateway_reference.is_(None))
    .values(gateway_reference=bindparam("reference")))
_LEASED_UNTIL = reserving.others_lease().label("leased_until")
_HELD = visits.LOCKED.add_columns(payable.IS_SHORT, _LEASED_UNTIL)
_HELD_AT_ADDRESS = (
    links.LOCKED_ADDRESS.add_columns(*visits.COPY_COLUMNS, payable.IS_SHORT, _LEASED_UNTIL)
    .join(visits.VISITORS, visits.IS_LIVING).join(visits.COPIES, visits.IS_THEIRS)
    .outerjoin(visits.METHODS, visits.IS_CHOSEN).with_for_update(of=(links.LINKS, visits.COPIES)))


@dataclass(frozen=True, slots=True)
class Held:
    """A copy and its link (site loaded), read afresh under locks taken in this order: link, copy.

    `is_short` says whether stock is missing for any line, `leased_until` until when another copy's payment has the
    link.
    """

    link: CheckoutLink
    copy: CheckoutSession
    is_short: bool
    leased_until: datetime | None


@dataclass(frozen=True, slots=True)
class Promised:
    """A payment that stands in the database and is asked of the provider next."""

    id: int
    public_id: str
    amount: int
    currency: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Started:
    """A payment under way and where the customer confirms it, unless it `is_confirmed` already."""

    payment_id: int
    redirect_url: str
    is_confirmed: bool = False


def hold(session: Session, public_id: str, token: str, visitor_token: str) -> Held | None:
    """Lock this visitor's copy of the link a URL names, and the link; None where there is no such copy."""
    wanted = visits.living(visitor_token) | {"public_id": public_id, "digest": tokens.digest(token)}
    row = session.execute(_HELD_AT_ADDRESS, wanted).first()
    link = links.proven(session, row, token, is_locked=True)
    if link is None or row is None:
        return None
    copy = visits.delivered(session, row, start=links.ADDRESSED_WIDTH, is_locked=True)
    return Held(link, copy, row.is_short, row.leased_until) if copy is not None else None


def start_payment(session: Session, visit: CheckoutSession, *, gateway: Gateway, shown_total: int, return_url: str,
                  method: Method = CARD, held: Held | None = None, gateways: Gateways | None = None) -> Started:
    """Promise a payment for `visit` and ask the provider for it; the same visit twice is the same payment.

    `held` is the visit where the caller holds its locks already; `gateways` know the payment it may take the place of.
    Refuses with `LinkNotOpen`, `VisitEnded`, `OfferUpdated`, `PaymentElsewhere`, `TotalChanged`, `SoldOut`,
    `PaymentRunning`, `TooManyAttempts`, `AmountNotTaken` or `ProviderDown`. Commits `session`.
    """
    key, way = visit.id, Way(method, gateway)
    held = held or _hold_visit(session, key)
    try:
        promised = _promise(session, held, way, shown_total)
    except PaymentRunning:
        session.rollback()
        if not _withdraw(session, key, gateways or {gateway.name: gateway}):
            raise
        held = _hold_visit(session, key)
        promised = _promise(session, held, way, shown_total)
    return ask_provider(session, promised, way, f"{held.link.site.name} {held.link.number}", return_url)


def ask_provider(session: Session, promised: Promised, way: Way, description: str, return_url: str) -> Started:
    """Ask for what was promised; the same promise again is the same intent. Commits `session` before and after.

    Refuses with `ProviderDown`.
    """
    session.commit()
    try:
        intent = way.gateway.create(IntentRequest(
            promised.public_id, promised.amount, promised.currency, description, return_url,
            promised.idempotency_key, way.method.capture_mode))
    except (GatewayDown, GatewayRefused):
        _give_up(session, promised.id)
        raise ProviderDown from None
    _keep_reference(session, promised.id, intent)
    return Started(promised.id, intent.redirect_url or return_url, is_confirmed=intent.status == "authorised")


def withdraw_unconfirmed(session: Session, visit_id: int, gateways: Gateways) -> bool:
    """Give up a payment of this copy that nobody has confirmed; False where one went on. Commits `session`."""
    running = session.scalars(_RUNNING, {"visit_id": visit_id}).first()
    return running is None or (running.status == "created" and _withdraw(session, visit_id, gateways))


def _hold_visit(session: Session, visit_id: int) -> Held:
    row = session.execute(_HELD, {"visit_id": visit_id}).one()
    return Held(*visits.locked(session, row), row.is_short, row.leased_until)


def _promise(session: Session, held: Held, way: Way, shown_total: int) -> Promised:
    link, copy = held.link, held.copy
    payable.refuse_dead(link, copy)
    if held.leased_until is not None:
        raise PaymentElsewhere(until=held.leased_until)
    if shown_total != copy.total_amount:
        raise TotalChanged(shown=shown_total, total=copy.total_amount)
    attempts = session.execute(ATTEMPTS, {"visit_id": copy.id}).all()
    running = next((payment for payment in attempts if payment.status in LIVE), None)
    if running is not None and not _is_same(running, link, copy, way):
        raise PaymentRunning
    # What is missing may be what is held for this very payment.
    if held.is_short and (running is None or running.capture_mode != "auto"):
        payable.refuse_sold_out(session, copy.id)
    if len(attempts) >= MAX_ATTEMPTS:
        raise TooManyAttempts
    if running is not None:
        return promised_before(running)
    now = deposits.due_now(link, copy.total_amount, copy.currency)
    refuse_beyond(way, now, copy.currency)
    promised, until = promise(session, link, copy, way, now, "full" if now == copy.total_amount else "deposit")
    if way.method.capture_mode == "auto":
        _hold_stock(session, promised.id, copy, until)
    return promised


def refuse_beyond(way: Way, amount: int, currency: str) -> None:
    """Refuse with `AmountNotTaken` a sum that cannot be paid so."""
    if not way.takes(amount, currency):
        least, most = way.gateway.limits(currency)
        raise AmountNotTaken(least=least, most=most)


def promised_before(payment: Row[Any]) -> Promised:
    """The promise a payment that is under way was made by."""
    return Promised(payment.id, payment.public_id, payment.amount, payment.currency, payment.idempotency_key)


def is_fresh(payment: Row[Any]) -> bool:
    """Whether its customer may still go on with a payment."""
    return bool(payment.status == "created" and payment.started_until > clock.now())


def _is_same(payment: Row[Any], link: CheckoutLink, copy: CheckoutSession, way: Way) -> bool:
    return is_fresh(payment) and (payment.gateway, payment.method, payment.amount) == (
        way.gateway.name, way.slug, deposits.due_now(link, copy.total_amount, copy.currency))


def promise(session: Session, link: CheckoutLink, copy: CheckoutSession, way: Way, amount: int,
            purpose: str) -> tuple[Promised, datetime]:
    """Write down a payment of `amount`, and until when it may be confirmed; the caller holds link and copy locked."""
    at = clock.now()
    public_id = tokens.new_public_id()
    key = f"create:{public_id}"
    takes_at_once = way.method.capture_mode == "auto"
    is_leased = takes_at_once and link.policy == "single"
    until = at + (reserving.WINDOW if takes_at_once else WINDOW)
    row = {
        "public_id": public_id, "link_id": link.id, "checkout_session_id": copy.id, "gateway": way.gateway.name,
        "method": way.slug, "idempotency_key": key, "capture_mode": way.method.capture_mode, "is_leased": is_leased,
        "purpose": purpose, "amount": amount, "currency": copy.currency, "created_at": at, "changed_at": at,
        "started_until": until}
    payment_id = _insert(session, row)
    steps.begin(session, payment_id, at, source="customer")
    outbox.put_all(session, [("payment.resolve", (Payment.__tablename__, payment_id))], not_before=at + FIRST_LOOK)
    return Promised(payment_id, public_id, amount, copy.currency, key), until


def _insert(session: Session, row: dict[str, Any]) -> int:
    try:
        payment_id: int = session.execute(_PROMISED, row).scalar_one()
    except IntegrityError:
        # On PostgreSQL who waited for the lock of the link may have read the lease before it: the index decides.
        session.rollback()
        until = reserving.leased_until(session, row["link_id"])
        if until is None:
            raise
        raise PaymentElsewhere(until=until) from None
    return payment_id


def _hold_stock(session: Session, payment_id: int, copy: CheckoutSession, until: datetime) -> None:
    try:
        reserving.hold_stock(session, payment_id, copy.id, until)
    except OutOfStock:
        visit_id = copy.id
        session.rollback()
        payable.refuse_sold_out(session, visit_id)
        raise SoldOut(lines={}) from None


def _withdraw(session: Session, visit_id: int, gateways: Gateways) -> bool:
    """Give up a payment the customer left unconfirmed for another one; False where it went on meanwhile."""
    payment = session.scalars(
        select(Payment).where(Payment.checkout_session_id == visit_id, Payment.status == "created")).first()
    if payment is None or payment.gateway not in gateways:
        return False
    key, public_id, reference = payment.id, payment.public_id, payment.gateway_reference
    gateway = gateways[payment.gateway]
    session.commit()
    try:
        intent = gateway.fetch(reference) if reference is not None else gateway.find(public_id)
        if intent is not None and intent.status != "open":
            return False
        if intent is not None:
            gateway.void(intent.reference, f"void:{public_id}")
    except (GatewayDown, GatewayRefused):
        return False
    cancelled = steps.walk(session, session.get_one(Payment, key), "cancelled", source="customer")
    session.commit()
    return cancelled


def _keep_reference(session: Session, payment_id: int, intent: Intent) -> None:
    session.execute(_REFERENCE, {"payment_id": payment_id, "reference": intent.reference})
    session.commit()


def _give_up(session: Session, payment_id: int) -> None:
    # The provider may have made the intent all the same; `payment.resolve` asks it later and voids what it finds.
    payment = session.get_one(Payment, payment_id)
    steps.walk(session, payment, "cancelled", source="customer")
    session.commit()
