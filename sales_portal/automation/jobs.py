"""What follows by itself when an order is placed, a payment fails, a mail bounces, or time passes."""

from collections.abc import Callable

import structlog
from sqlalchemy.orm import Session

from sales_portal.automation import link_mails, mails, queries, reminding
from sales_portal.checkout import service as checkout
from sales_portal.history.service import SYSTEM
from sales_portal.links import bouncing, waiting
from sales_portal.links import service as links
from sales_portal.links.addresses import Addresses
from sales_portal.links.models import CheckoutLink
from sales_portal.messaging import queries as deliveries
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import BY_PEOPLE, Delivery
from sales_portal.orders.models import Order
from sales_portal.outbox import service as outbox
from sales_portal.outbox.errors import PermanentFailure
from sales_portal.outbox.loop import Handler
from sales_portal.outbox.models import Job
from sales_portal.payments.models import Payment

PERIODIC = {"links.expire": 60, "links.start_stocked": 60, "visits.expire": 60, **reminding.PERIODIC}
"""How many seconds apart what time does is done."""

ABOUT_ORDERS = {"order.receipt": mails.receipt, "order.agent_paid": mails.agent_paid}
"""The mails that follow an order, each with the topic that stands for it."""

ABOUT_PAYMENTS = {"payment.failed": mails.payment_failed, "payment.returning": mails.payment_returning}
"""The mails that follow a payment without an order, by topic."""

log = structlog.get_logger()


def handlers(addresses: Addresses) -> dict[str, Handler]:
    """The topics of this rung, each with what does it."""
    return {
        "order.placed": lambda session, job: _announce(session, job, addresses),
        **{topic: _telling(write, addresses) for topic, write in ABOUT_ORDERS.items()},
        **{topic: _telling_of_payment(write, addresses) for topic, write in ABOUT_PAYMENTS.items()},
        messaging.BOUNCED: lambda session, job: _note_bounce(session, job, addresses),
        messaging.DELIVERED: _note_delivery,
        "links.expire": _expire_links,
        "links.start_stocked": lambda session, job: _start_stocked(session, addresses),
        "visits.expire": _expire_visits,
        **reminding.handlers(addresses),
    }


def _announce(session: Session, job: Job, addresses: Addresses) -> None:
    # A job stands for each mail, so that none is written twice, and one that cannot be written keeps no other back:
    # it is tried again alone, and says there what is wrong.
    order = _order(session, job)
    written: dict[str, Delivery] = {}
    for topic, write in ABOUT_ORDERS.items():
        try:
            written[topic] = write(order, addresses)
        except Exception:
            log.warning("mail.put_off", topic=topic, order=job.subject_id)
    messaging.queue_written(session, list(written.values()), by=SYSTEM)
    about = (Order.__tablename__, job.subject_id)
    outbox.put_all(session, [(topic, about) for topic in written], is_done=True)
    outbox.put_all(session, [(topic, about) for topic in ABOUT_ORDERS if topic not in written])


def _telling(write: Callable[[Order, Addresses], Delivery], addresses: Addresses) -> Handler:
    def tell(session: Session, job: Job) -> None:
        messaging.queue_written(session, [write(_order(session, job), addresses)], by=SYSTEM)

    return tell


def _order(session: Session, job: Job) -> Order:
    order = queries.get_order(session, job.subject_id)
    if order is None:
        raise PermanentFailure("The order does not exist any more")
    return order


def _telling_of_payment(write: Callable[[Session, Payment, Addresses], Delivery], addresses: Addresses) -> Handler:
    def tell(session: Session, job: Job) -> None:
        payment = queries.get_payment(session, job.subject_id)
        if payment is None:
            raise PermanentFailure("The payment does not exist any more")
        messaging.queue_written(session, [write(session, payment, addresses)], by=SYSTEM)

    return tell


def _note_bounce(session: Session, job: Job, addresses: Addresses) -> None:
    mail = _mail_with_link(session, job)
    link = queries.get_link(session, mail.subject_id) if mail is not None else None
    if mail is not None and link is not None:
        bouncing.mark_bounced(session, link.id)
        messaging.queue_written(session, [link_mails.agent_bounced(link, mail, addresses)], by=SYSTEM)


def _note_delivery(session: Session, job: Job) -> None:
    mail = _mail_with_link(session, job)
    if mail is not None:
        links.mark_delivered(session, mail.subject_id)


def _mail_with_link(session: Session, job: Job) -> Delivery | None:
    mail = deliveries.get_delivery(session, job.subject_id)
    if mail is None or mail.subject_type != CheckoutLink.__tablename__ or mail.template not in BY_PEOPLE:
        return None
    return mail


def _expire_links(session: Session, job: Job) -> None:
    links.expire_due(session)


def _start_stocked(session: Session, addresses: Addresses) -> None:
    started = waiting.start_stocked(session)
    told = waiting.take_stocked_wishes(session)
    messaging.queue_written(session, [
        *(link_mails.back_in_stock(link, addresses) for link in started),
        *(link_mails.wish_came_true(session, wish, link, addresses) for wish, link in told)], by=SYSTEM)


def _expire_visits(session: Session, job: Job) -> None:
    checkout.expire_due(session)
