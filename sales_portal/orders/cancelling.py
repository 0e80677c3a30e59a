"""An order ends: its stock goes back once, and its money is given up or given back, never both.

Locks are taken in the order link, copy, payment, stock. Where the capture is already running the provider decides: it
refuses to give up what it took, and the answer to that is a refund.
"""

from collections.abc import Iterable

from sqlalchemy import update
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.core import clock, lifecycle
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.inventory import selling
from sales_portal.orders import invoicing, refunding, undoing
from sales_portal.orders.errors import AlreadyDecided, CannotCancel
from sales_portal.orders.models import Order, Subscription
from sales_portal.orders.undo_models import CANCEL_REASONS, Cancellation
from sales_portal.orders.undoing import Case
from sales_portal.outbox import service as outbox
from sales_portal.payments import queries as payments
from sales_portal.payments import steps
from sales_portal.payments.models import Payment

CANCELLABLE = ("placed", "paid")
GIVEN_BY_PEOPLE = tuple(reason for reason in CANCEL_REASONS if reason != "capture_failed")
NOT_TAKEN = ("authorised", "capturing")
ASKED, ANSWERED = "cancellation.request", "cancellation.answer"
"""The topics that tell those who may decide, and whoever asked."""


def ask_cancellation(session: Session, order_id: int, reason: str, note: str, *, person: Staff,
                     may_decide: bool) -> Cancellation:
    """Cancel an order, or ask for it where `person` may not decide or its money needs a second person."""
    case = undoing.lock_case(session, order_id)
    plain = undoing.plain_reason(reason, note, GIVEN_BY_PEOPLE)
    _refuse_over(case)
    case.refuse_open()
    cancellation = Cancellation(order_id=order_id, reason=reason, note=plain, status="asked", asked_by_id=person.id,
                                asked_at=clock.now())
    session.add(cancellation)
    session.flush()
    if may_decide and not case.needs_second(money_at_stake(case.payments)):
        _carry_out(session, case, cancellation, person.actor)
    else:
        outbox.put(session, ASKED, (Cancellation.__tablename__, cancellation.id))
        _record(session, EventName.CANCELLATION_ASKED, case, cancellation, person.actor)
    return cancellation


def agree(session: Session, cancellation: Cancellation, *, person: Staff) -> None:
    """Say yes to a cancellation somebody else asked for."""
    case = _lock(session, cancellation)
    undoing.refuse_own(cancellation.asked_by_id, cancellation.status, person.id)
    _refuse_over(case)
    cancellation.decided_by_id = person.id
    _carry_out(session, case, cancellation, person.actor)
    outbox.put(session, ANSWERED, (Cancellation.__tablename__, cancellation.id))


def refuse(session: Session, cancellation: Cancellation, *, person: Staff) -> None:
    """Say no to a cancellation, or take back what one asked for oneself."""
    case = _lock(session, cancellation)
    if cancellation.status != "asked":
        raise AlreadyDecided
    cancellation.status, cancellation.decided_by_id, cancellation.decided_at = "refused", person.id, clock.now()
    session.flush()
    if cancellation.asked_by_id != person.id:
        outbox.put(session, ANSWERED, (Cancellation.__tablename__, cancellation.id))
    _record(session, EventName.CANCELLATION_REFUSED, case, cancellation, person.actor)


def money_at_stake(payments: Iterable[Payment]) -> int:
    """What goes back to the customer if the order is cancelled: taken already, or perhaps while this is asked."""
    return sum(payment.amount if payment.status == "capturing" else undoing.left_of(payment) for payment in payments)


def fail_capture(session: Session, payment_id: int) -> None:
    """The provider can no longer take the money: the order ends, once, and nothing was charged.

    Where it was the balance of an order, that stays due.
    """
    payment = payments.lock_chain(session, payment_id)[2]
    if payment.status != "capturing" or payment.order_id is None:
        return
    case = undoing.lock_case(session, payment.order_id)
    steps.walk(session, payment, "capture_failed", source="worker")
    history.record(session, EventName.PAYMENT_CAPTURE_FAILED, payment, by=history.SYSTEM, context=case.context)
    if payment.purpose == "balance":
        # The receipt says what is still to be paid, and where.
        outbox.put(session, "order.receipt", (Order.__tablename__, payment.order_id), dedupe=f"unpaid-{payment.id}")
        return
    cancellation = case.cancellation or Cancellation(
        order_id=case.order.id, asked_at=clock.now(), status="asked", note="")
    cancellation.reason = "capture_failed"
    session.add(cancellation)
    _carry_out(session, case, cancellation, history.SYSTEM)


def refund_captured(session: Session, payment_id: int) -> None:
    """The provider had taken the money before it was told to give the payment up: it goes back."""
    payment = payments.lock_chain(session, payment_id)[2]
    if payment.status != "void_pending" or payment.order_id is None:
        return
    steps.walk(session, payment, "refund_pending", source="worker", captured_amount=payment.amount)
    refunding.refund_left(session, undoing.lock_case(session, payment.order_id), payment, asked_by_id=None)


def _refuse_over(case: Case) -> None:
    if case.order.status not in CANCELLABLE:
        raise CannotCancel(number=case.number, status=case.order.status)


def _lock(session: Session, cancellation: Cancellation) -> Case:
    case = undoing.lock_case(session, cancellation.order_id)
    session.refresh(cancellation, Cancellation.__table__.columns.keys())
    return case


def _carry_out(session: Session, case: Case, cancellation: Cancellation, by: Actor) -> None:
    at = clock.now()
    if not lifecycle.move(session, Order, case.order.id, CANCELLABLE, "cancelled"):
        raise CannotCancel(number=case.number, status=case.order.status)
    cancellation.status, cancellation.decided_at = "done", at
    session.flush()
    for payment in case.payments:
        _end_money(session, case, payment, cancellation.asked_by_id, by)
    selling.give_back(session, case.order.id)
    session.execute(update(Subscription).where(Subscription.order_id == case.order.id).values(status="lapsed"))
    _record(session, EventName.ORDER_CANCELLED, case, cancellation, by)
    outbox.put(session, "order.cancelled", (Order.__tablename__, case.order.id))


def _end_money(session: Session, case: Case, payment: Payment, asked_by_id: int | None, by: Actor) -> None:
    if payment.capture_mode == "by_hand" and payment.status in NOT_TAKEN:
        invoicing.void(session, case.order.id, by=by)
    elif payment.status in NOT_TAKEN:
        steps.walk(session, payment, "void_pending", source="staff")
        outbox.put(session, "payment.void", (Payment.__tablename__, payment.id))
    elif payment.status == "captured":
        refunding.refund_left(session, case, payment, asked_by_id=asked_by_id)


def _record(session: Session, name: EventName, case: Case, cancellation: Cancellation, by: Actor) -> None:
    history.record(session, name, case.subject, by=by, context=case.context, order=case.number,
                   cancel_reason=cancellation.reason, note=cancellation.note)
