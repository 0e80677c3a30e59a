"""Sending what was queued, by the worker."""

from typing import Protocol

from sqlalchemy.orm import Session

from sales_portal.messaging import queries, service
from sales_portal.messaging.mail import Letter
from sales_portal.messaging.models import Delivery
from sales_portal.outbox.errors import PermanentFailure
from sales_portal.outbox.loop import Effect, Handler
from sales_portal.outbox.models import Job

GONE = "The mail does not exist any more"


class Transport(Protocol):
    """Something that hands a mail over, or raises one of the outbox's failures."""

    def send(self, letter: Letter) -> None: ...


def handlers(transport: Transport | None) -> dict[str, Handler]:
    """The topics of messaging. Without a transport the portal's own mailbox page is where mails arrive."""
    return {service.SEND: lambda session, job: _send(session, job, transport)}


def _send(session: Session, job: Job, transport: Transport | None) -> Effect | None:
    if transport is None:
        _keep_in_mailbox(session, job.subject_id)
        return None
    delivery = queries.get_delivery(session, job.subject_id)
    if delivery is None:
        raise PermanentFailure(GONE)
    if delivery.state != "queued":
        return None
    delivery_id, letter = delivery.id, _letter(delivery)
    return Effect(
        act=lambda: transport.send(letter),
        settle=lambda later, _: service.mark_sent(later, delivery_id),
        bury=lambda later, reason: _bury(later, delivery_id, reason))


def _keep_in_mailbox(session: Session, delivery_id: int) -> None:
    if not service.mark_sent(session, delivery_id) and queries.get_state(session, delivery_id) is None:
        raise PermanentFailure(GONE)


def _bury(session: Session, delivery_id: int, reason: str) -> None:
    delivery = queries.lock_delivery(session, delivery_id)
    if delivery is not None and delivery.state == "queued":
        service.mark_failed(session, delivery, reason)


def _letter(delivery: Delivery) -> Letter:
    bodies = service.display_body(delivery)
    return Letter(
        message_id=delivery.message_id, recipient=delivery.recipient, recipient_name=delivery.recipient_name,
        sender_name=delivery.sender_name, reply_to=delivery.reply_to, title=delivery.title, text=bodies.text,
        html=bodies.html, secret=service.unsealed_url(delivery), stop_url=service.unsealed_stop_url(delivery))
