"""What was undone of orders, for the pages that show it."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from sales_portal.orders.models import Order
from sales_portal.orders.undo_models import Cancellation, Dispute, Refund
from sales_portal.payments.models import Payment


def list_refunds(session: Session, order_id: int) -> Sequence[Refund]:
    """An order's refunds with the people behind them, newest first."""
    return session.scalars(
        select(Refund).where(Refund.order_id == order_id).order_by(Refund.id.desc())
        .options(joinedload(Refund.asked_by), joinedload(Refund.decided_by))).all()


def get_refund(session: Session, order_id: int, refund_id: int) -> Refund | None:
    """One refund of an order, or None."""
    return session.scalars(select(Refund).where(Refund.id == refund_id, Refund.order_id == order_id)).one_or_none()


def get_cancellation(session: Session, order_id: int) -> Cancellation | None:
    """Why an order was cancelled, or who asks for it, with the people behind it; None where neither is."""
    return session.scalars(
        select(Cancellation).where(Cancellation.order_id == order_id, Cancellation.status.in_(("asked", "done")))
        .options(joinedload(Cancellation.asked_by), joinedload(Cancellation.decided_by))).one_or_none()


def list_disputes(session: Session, payment_ids: Collection[int]) -> Sequence[Dispute]:
    """What a customer's bank asked back of these payments, newest first."""
    return session.scalars(
        select(Dispute).where(Dispute.payment_id.in_(payment_ids)).order_by(Dispute.id.desc())).all()


def list_given_back(session: Session, order_id: int) -> Sequence[Refund]:
    """The refunds of an order that the provider did, oldest first."""
    return session.scalars(
        select(Refund).where(Refund.order_id == order_id, Refund.status == "done").order_by(Refund.id)).all()


def is_asked() -> ColumnElement[bool]:
    """Whether somebody waits for a yes about an order, as a condition of a list of orders."""
    return or_(exists().where(Refund.order_id == Order.id, Refund.status == "asked"),
               exists().where(Cancellation.order_id == Order.id, Cancellation.status == "asked"))


def is_balance_due() -> ColumnElement[bool]:
    """Whether a part of an order is still to be paid, as a condition of a list of orders."""
    return and_(Order.status == "placed", Order.outstanding_amount > 0)


def marks_of(session: Session, order_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
    """What a list says of these orders beside their status: `refund_asked`, `refunded`, `partly_refunded`,
    `disputed`, `balance_due`; in one statement."""
    theirs = aliased(Payment)
    disputed = exists().where(Dispute.payment_id == theirs.id, theirs.order_id == Order.id, Dispute.status == "open")
    is_theirs = and_(Payment.checkout_session_id == Order.checkout_session_id, Payment.order_id == Order.id)
    rows = session.execute(
        select(Order.id, is_asked().label("asked"), disputed.label("disputed"), is_balance_due().label("balance_due"),
               func.sum(Payment.captured_amount).label("captured_amount"),
               func.sum(Payment.refunded_amount).label("refunded_amount"))
        .outerjoin(Payment, is_theirs).where(Order.id.in_(sorted(order_ids))).group_by(Order.id)) if order_ids else ()
    return {row.id: frozenset(name for name, holds in (
        ("refund_asked", row.asked), ("disputed", row.disputed), ("balance_due", row.balance_due),
        ("refunded", row.refunded_amount and row.refunded_amount == row.captured_amount),
        ("partly_refunded", row.refunded_amount and row.refunded_amount < row.captured_amount)) if holds)
        for row in rows}
