"""What providers send: kept once as it came, and answered by asking the provider what is true now.

So neither the order of events nor their number matters, and nothing in one is believed but that something happened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.core import clock
from sales_portal.core.writing import add_once
from sales_portal.orders import alerting, disputing, following, placing
from sales_portal.orders.errors import EventRefused
from sales_portal.orders.watch_models import ProviderEvent
from sales_portal.outbox import service as outbox
from sales_portal.outbox.errors import OtherSideDown
from sales_portal.outbox.loop import Effect, Handler
from sales_portal.outbox.models import Job
from sales_portal.payments import queries as payments
from sales_portal.payments.gateway import (
    Dispute,
    Gateway,
    GatewayDown,
    GatewayRefused,
    Gateways,
    Intent,
    NotAnEvent,
)

TOPIC = "provider.event"
UNKNOWN = "unknown_payment"
DISPUTE = "dispute"
"""What the types of all events about disputes contain."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Told:
    """What became of asking: the provider's truth, or why there is none."""

    intent: Intent | None
    disputes: Sequence[Dispute] = ()
    error: str = ""


def receive(session: Session, gateway: Gateway, headers: Mapping[str, str], body: bytes) -> bool:
    """Keep what a provider sent and have it looked after; False where it is here already, `EventRefused` where it is
    not the provider's."""
    try:
        event = gateway.read_event(headers, body)
    except NotAnEvent as no:
        log.warning("provider.event_refused", gateway=gateway.name, why=str(no))
        raise EventRefused from no
    kept = ProviderEvent(
        gateway=gateway.name, event_id=event.id, type=event.type[:80], reference=event.reference,
        body=body.decode(errors="replace").replace("\x00", ""), received_at=clock.now())
    if not add_once(session, kept):
        return False
    outbox.put(session, TOPIC, (ProviderEvent.__tablename__, kept.id))
    return True


def handlers(sessions: sessionmaker[Session], gateways: Gateways) -> dict[str, Handler]:
    """The one topic of the inbox."""
    return {TOPIC: lambda session, job: _process(session, job, sessions, gateways)}


def _process(session: Session, job: Job, sessions: sessionmaker[Session], gateways: Gateways) -> Effect | None:
    event = session.get_one(ProviderEvent, job.subject_id)
    if event.processed_at is not None:
        return None
    if event.reference is None:
        event.processed_at = clock.now()
        return None
    key, gateway, reference = event.id, gateways[event.gateway], event.reference
    is_dispute = DISPUTE in event.type

    def act() -> Told:
        try:
            intent = gateway.fetch(reference)
            with sessions() as own:
                payment = payments.get_payment(own, intent.payment_id)
                if payment is None or following.mismatch(payment, intent):
                    return Told(intent)
                placing.place_order(own, payment.id, gateways, source="provider")
            return Told(intent, gateway.disputes(reference) if is_dispute else ())
        except GatewayDown as down:
            raise OtherSideDown("The payment provider does not answer") from down
        except GatewayRefused as no:
            return Told(None, error=f"The payment provider refused: {no}")

    return Effect(act=act, settle=lambda later, told: _settle(later, key, told))


def _settle(session: Session, key: int, told: Told) -> None:
    event = session.get_one(ProviderEvent, key, with_for_update=True, populate_existing=True)
    about, payment = f"{event.gateway} {event.reference}", None
    if told.intent is not None:
        payment = payments.get_payment(session, told.intent.payment_id)
    if told.intent is None or payment is None:
        event.error = (told.error or "No payment of this portal is meant")[:500]
        alerting.raise_alert(
            session, UNKNOWN, f"{event.gateway} reports {event.type} about {event.reference}, which belongs to no "
            "payment of this portal. Look it up there: give the money back, or find the order it was for.", about)
        return
    if wrong := following.mismatch(payment, told.intent):
        event.error = wrong
        following.raise_mismatch(session, payment, told.intent, wrong)
        return
    following.follow(session, payment, told.intent, source="provider")
    for dispute in told.disputes:
        disputing.follow(session, payment, dispute)
    alerting.end_alert(session, UNKNOWN, about)
    event.processed_at, event.error = clock.now(), None
