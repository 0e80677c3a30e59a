"""What follows by itself when an order is placed, a payment fails, a mail bounces, or time passes."""

from sqlalchemy.orm import Session

from sales_portal.automation import mails, queries
from sales_portal.checkout import service as checkout
from sales_portal.links import bouncing
from sales_portal.links import service as links
from sales_portal.links.addresses import Addresses
from sales_portal.links.models import CheckoutLink
from sales_portal.messaging import queries as deliveries
from sales_portal.messaging import service as messaging
from sales_portal.orders.models import Order
from sales_portal.outbox import service as outbox
from sales_portal.outbox.errors import PermanentFailure
from sales_portal.outbox.loop import Handler
from sales_portal.outbox.models import Job

PERIODIC = {"links.expire": 60, "visits.expire": 60}
"""How many seconds apart what time does is done."""


def handlers(addresses: Addresses) -> dict[str, Handler]:
    """The topics of this rung, each with what does it."""
    return {
        "order.placed": _announce,
        "order.receipt": lambda session, job: mails.send_receipt(session, _order(session, job), addresses),
        "order.agent_paid": lambda session, job: mails.send_agent_paid(session, _order(session, job), addresses),
        "payment.failed": lambda session, job: _tell_failed(session, job, addresses),
        messaging.BOUNCED: _note_bounce,
        "links.expire": _expire_links,
        "visits.expire": _expire_visits,
    }


def _announce(session: Session, job: Job) -> None:
    # A job for each mail, so that one that cannot be written keeps no other back, and none is written twice.
    for topic in ("order.receipt", "order.agent_paid"):
        outbox.put(session, topic, (Order.__tablename__, job.subject_id))


def _order(session: Session, job: Job) -> Order:
    order = queries.get_order(session, job.subject_id)
    if order is None:
        raise PermanentFailure("The order does not exist any more")
    return order


def _tell_failed(session: Session, job: Job, addresses: Addresses) -> None:
    payment = queries.get_payment(session, job.subject_id)
    if payment is None:
        raise PermanentFailure("The payment does not exist any more")
    mails.send_payment_failed(session, payment, addresses)


def _note_bounce(session: Session, job: Job) -> None:
    delivery = deliveries.get_delivery(session, job.subject_id)
    if delivery is not None and (delivery.subject_type, delivery.template) == (
            CheckoutLink.__tablename__, "link-ready"):
        bouncing.mark_bounced(session, delivery.subject_id)


def _expire_links(session: Session, job: Job) -> None:
    links.expire_due(session)


def _expire_visits(session: Session, job: Job) -> None:
    checkout.expire_due(session)
