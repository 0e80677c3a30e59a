"""What follows when an order ends or money goes back: mails to whom it concerns, one job for each."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.automation import queries, undo_mails
from sales_portal.history.service import SYSTEM
from sales_portal.links.addresses import Addresses
from sales_portal.messaging import service as messaging
from sales_portal.orders.models import Order
from sales_portal.orders.undo_models import Cancellation, Refund
from sales_portal.outbox import service as outbox
from sales_portal.outbox.errors import PermanentFailure
from sales_portal.outbox.loop import Handler
from sales_portal.outbox.models import Job
from sales_portal.payments.models import Payment

TOLD = {"order.cancelled_customer": undo_mails.cancelled, "order.cancelled_agent": undo_mails.agent_cancelled}
"""The mails that follow a cancelled order, each with the topic that stands for it."""


def handlers(addresses: Addresses) -> dict[str, Handler]:
    """The topics about orders that are undone, each with what does it."""
    return {
        "order.cancelled": _announce,
        "order.refunded": lambda session, job: _tell_refunded(session, job, addresses),
        **{topic: lambda session, job: _tell_cancelled(session, job, addresses) for topic in TOLD},
    }


def _announce(session: Session, job: Job) -> None:
    outbox.put_all(session, [(topic, (Order.__tablename__, job.subject_id)) for topic in TOLD])


def _tell_cancelled(session: Session, job: Job, addresses: Addresses) -> None:
    order = _order(session, job.subject_id)
    cancellation = session.scalars(select(Cancellation).where(
        Cancellation.order_id == order.id, Cancellation.status == "done")).one()
    messaging.queue_written(session, [TOLD[job.topic](order, cancellation, addresses)], by=SYSTEM)


def _tell_refunded(session: Session, job: Job, addresses: Addresses) -> None:
    refund = session.get_one(Refund, job.subject_id)
    if refund.order_id is None:
        return
    order = _order(session, refund.order_id)
    left = session.execute(select(func.sum(Payment.captured_amount - Payment.refunded_amount))
                           .join(Order, Order.checkout_session_id == Payment.checkout_session_id)
                           .where(Order.id == order.id, Payment.order_id == order.id)).scalar_one()
    messaging.queue_written(session, [undo_mails.refunded(order, refund, left, addresses)], by=SYSTEM)


def _order(session: Session, order_id: int) -> Order:
    order = queries.get_order(session, order_id)
    if order is None:
        raise PermanentFailure("The order does not exist any more")
    return order
