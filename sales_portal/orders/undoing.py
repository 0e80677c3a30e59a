"""An order with its money under their locks, and when a second person has to agree to undo it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from sales_portal.checkout import queries as visits
from sales_portal.core.errors import Invalid
from sales_portal.history.service import Reference
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.errors import AlreadyDecided, CancellationOpen, OwnRequest, RefundOpen
from sales_portal.orders.models import Order, number_of
from sales_portal.orders.undo_models import Cancellation, Refund
from sales_portal.payments import queries as payments
from sales_portal.payments.models import Payment
from sales_portal.sites.models import Site

LONGEST_NOTE = 500
STATES = {"asked": "waiting for somebody to agree", "pending": "on its way to the customer"}

# Columns, which stay true while another row of the session was read before the locks.
_ORDER: Select[*tuple[Any, ...]] = (
    select(Order.id, Order.link_id, Order.checkout_session_id, Order.payment_id, Order.status, Order.currency,
           Site.refund_limits)
    .join(Site, Site.id == Order.site_id).where(Order.id == bindparam("order_id")))


@dataclass(frozen=True, slots=True)
class Case:
    """An order (columns, with its site's `refund_limits`), its payments, oldest first, and what was asked about it."""

    order: Row[Any]
    payments: tuple[Payment, ...]
    refund: Refund | None
    cancellation: Cancellation | None

    @property
    def number(self) -> str:
        """The order's number."""
        return number_of(self.order.id)

    @property
    def left(self) -> int:
        """What was taken and did not go back yet."""
        return sum(map(left_of, self.payments))

    @property
    def subject(self) -> Reference:
        """The order as the history names it."""
        return Reference(Order.__tablename__, self.order.id)

    @property
    def context(self) -> Reference:
        """The link whose timeline shows the order's facts too."""
        return Reference(CheckoutLink.__tablename__, self.order.link_id)

    def payment_of(self, refund: Refund) -> Payment:
        """The payment a refund of this order gives back from."""
        return next(payment for payment in self.payments if payment.id == refund.payment_id)

    def needs_second(self, amount: int) -> bool:
        """Whether so much money goes back only if a second person agrees, with what went back of the order before."""
        limit = (self.order.refund_limits or {}).get(self.order.currency)
        before = sum(payment.refunded_amount for payment in self.payments)
        return limit is not None and before + amount > limit

    def refuse_open(self) -> None:
        """Nothing else of the order may wait or be under way."""
        if self.refund is not None:
            raise RefundOpen(number=self.number, state=STATES[self.refund.status])
        if self.cancellation is not None:
            raise CancellationOpen(number=self.number)


def left_of(payment: Payment) -> int:
    """What a payment took and did not give back yet."""
    return payment.captured_amount - payment.refunded_amount


def lock_case(session: Session, order_id: int) -> Case:
    """An order read afresh under locks taken in the order link, copy, payment."""
    order = session.execute(_ORDER, {"order_id": order_id}).one()
    held: tuple[Payment, ...] = ()
    if order.payment_id is not None:
        held = _with_balance(session, payments.lock_chain(session, order.payment_id)[2])
    else:
        visits.lock_link_and_visit(session, order.checkout_session_id)
    asked = select(Cancellation).where(Cancellation.order_id == order_id, Cancellation.status == "asked")
    return Case(
        session.execute(_ORDER, {"order_id": order_id}).one(), held,
        get_open_refund(session, [payment.id for payment in held]) if held else None,
        session.scalars(asked.execution_options(populate_existing=True)).first())


def _with_balance(session: Session, payment: Payment) -> tuple[Payment, ...]:
    """The payment an order was placed by and, after a deposit, those of its balance, locked after it."""
    if payment.purpose != "deposit" or payment.order_id is None:
        return (payment,)
    wanted = select(Payment).where(
        Payment.checkout_session_id == payment.checkout_session_id, Payment.order_id == payment.order_id,
        Payment.id != payment.id).order_by(Payment.id)
    later = session.scalars(wanted.with_for_update().execution_options(populate_existing=True))
    return (payment, *later)


def get_open_refund(session: Session, payment_ids: Collection[int]) -> Refund | None:
    """A refund of these payments that is asked for or under way, read afresh; None where there is none."""
    wanted = select(Refund).where(Refund.payment_id.in_(payment_ids), Refund.status.in_(("asked", "pending")))
    return session.scalars(wanted.execution_options(populate_existing=True)).first()


def refuse_own(asked_by_id: int | None, status: str, person_id: int) -> None:
    """Only what still waits is agreed to, and by somebody else than who asked."""
    if status != "asked":
        raise AlreadyDecided
    if asked_by_id == person_id:
        raise OwnRequest


def plain_reason(reason: str, note: str, known: Iterable[str]) -> str:
    """The note as it is kept; refuses an unknown reason, and `other` without a word."""
    plain = note.replace("\r\n", "\n").replace("\x00", "").strip()
    if reason not in known:
        raise Invalid("reason", "Choose a reason")
    if reason == "other" and not plain:
        raise Invalid("note", "Say why in a few words")
    if len(plain) > LONGEST_NOTE:
        raise Invalid("note", f"Use at most {LONGEST_NOTE} characters")
    return plain
