"""T0: a payment is promised in one short transaction, then the provider is asked with none open.

This module commits on purpose: between its transactions stands a call to the outside.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from sales_portal.checkout import queries as visits
from sales_portal.checkout.errors import VisitEnded
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine
from sales_portal.core import clock, tokens
from sales_portal.core.db import write
from sales_portal.inventory.models import Stock
from sales_portal.links.errors import LinkNotOpen
from sales_portal.links.models import CheckoutLink
from sales_portal.outbox import service as outbox
from sales_portal.payments import steps
from sales_portal.payments.errors import PaymentRunning, ProviderDown, SoldOut, TooManyAttempts, TotalChanged
from sales_portal.payments.gateway import Gateway, GatewayDown, GatewayRefused, Intent, IntentRequest
from sales_portal.payments.models import LIVE, Payment, PaymentEvent

WINDOW = timedelta(minutes=35)
FIRST_LOOK = timedelta(seconds=60)
MAX_ATTEMPTS = 20

# Statements of every payment are built once: building one takes longer than running it.
_ATTEMPTS = select(Payment).where(Payment.checkout_session_id == bindparam("visit_id")).order_by(Payment.id)
_LEFT = Stock.on_hand - Stock.held
_SHORT = (
    select(CheckoutSessionLine.line_no, _LEFT).join(Stock, Stock.id == CheckoutSessionLine.stock_id)
    .where(CheckoutSessionLine.checkout_session_id == bindparam("visit_id"), CheckoutSessionLine.quantity > _LEFT))
# Stock is not locked here: what it says is advice until the order is placed, so it may come with the locks.
_LOCKED = visits.LOCKED.add_columns(_SHORT.exists())
_REFERENCE = (
    update(Payment).where(Payment.id == bindparam("payment_id"), Payment.gateway_reference.is_(None))
    .values(gateway_reference=bindparam("reference")).execution_options(synchronize_session=False))


@dataclass(frozen=True, slots=True)
class Started:
    """A payment under way and where the customer confirms it."""

    payment_id: int
    redirect_url: str


def start_payment(session: Session, visit: CheckoutSession, *, gateway: Gateway, shown_total: int,
                  return_url: str) -> Started:
    """Promise a payment for `visit` and ask the provider for it; the same visit twice is the same payment.

    Refuses with `LinkNotOpen`, `VisitEnded`, `TotalChanged`, `SoldOut`, `PaymentRunning`, `TooManyAttempts` or
    `ProviderDown`. Commits `session`.
    """
    try:
        payment, description = _promise(session, visit, gateway, shown_total)
    except PaymentRunning:
        session.rollback()
        if not _withdraw(session, visit.id, gateway):
            raise
        payment, description = _promise(session, visit, gateway, shown_total)
    request = IntentRequest(payment.public_id, payment.amount, payment.currency, description, return_url,
                            payment.idempotency_key)
    key = payment.id
    session.commit()
    try:
        intent = gateway.create(request)
    except GatewayDown:
        _give_up(session, key)
        raise ProviderDown from None
    _keep_reference(session, key, intent)
    return Started(key, intent.redirect_url or return_url)


def _promise(session: Session, visit: CheckoutSession, gateway: Gateway, shown_total: int) -> tuple[Payment, str]:
    link, copy, is_short = session.execute(_LOCKED, {"visit_id": visit.id}).one()
    _refuse_dead(link, copy)
    if shown_total != copy.total_amount:
        raise TotalChanged(shown=shown_total, total=copy.total_amount)
    attempts = session.scalars(_ATTEMPTS, {"visit_id": copy.id}).all()
    running = next((payment for payment in attempts if payment.status in LIVE), None)
    if running is not None and not _is_same(running, copy, gateway):
        raise PaymentRunning
    if is_short:
        _refuse_sold_out(session, copy.id)
    if len(attempts) >= MAX_ATTEMPTS:
        raise TooManyAttempts
    return running or _new(session, link, copy, gateway), f"{link.site.name} {link.number}"


def _refuse_dead(link: CheckoutLink, copy: CheckoutSession) -> None:
    at = clock.now()
    may_still_buy = (link.policy == "first_closes" and link.status == "consumed" and link.consumed_at is not None
                     and copy.claimed_at < link.consumed_at and (link.expires_at is None or at < link.expires_at))
    if not (link.is_open(at) or may_still_buy):
        raise LinkNotOpen(state=link.state(at))
    if copy.status != "open" or copy.expires_at <= at:
        raise VisitEnded


def _refuse_sold_out(session: Session, visit_id: int) -> None:
    short = session.execute(_SHORT, {"visit_id": visit_id}).all()
    if short:
        raise SoldOut(lines={line_no: max(0, left) for line_no, left in short})


def _is_same(payment: Payment, copy: CheckoutSession, gateway: Gateway) -> bool:
    return (payment.status == "created" and payment.gateway == gateway.name
            and payment.amount == copy.total_amount and payment.started_until > clock.now())


def _new(session: Session, link: CheckoutLink, copy: CheckoutSession, gateway: Gateway) -> Payment:
    at = clock.now()
    public_id = tokens.new_public_id()
    payment = Payment(
        public_id=public_id, link_id=link.id, checkout_session_id=copy.id, gateway=gateway.name,
        idempotency_key=f"create:{public_id}", capture_mode=gateway.capture_mode,
        is_leased=gateway.capture_mode == "auto" and link.policy == "single", amount=copy.total_amount,
        currency=copy.currency, created_at=at, changed_at=at, started_until=at + WINDOW)
    write(session, payment)
    write(session, PaymentEvent(payment_id=payment.id, seq=1, from_status="new", to_status="created", at=at,
                                source="customer"))
    outbox.put(session, "payment.resolve", ("payments", payment.id), not_before=at + FIRST_LOOK)
    return payment


def _withdraw(session: Session, visit_id: int, gateway: Gateway) -> bool:
    """Give up a payment the customer left unconfirmed for another amount; False where it went on meanwhile."""
    payment = session.scalars(
        select(Payment).where(Payment.checkout_session_id == visit_id, Payment.status == "created")).first()
    if payment is None or payment.gateway != gateway.name:
        return False
    key, public_id = payment.id, payment.public_id
    session.commit()
    try:
        intent = gateway.find(public_id)
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
