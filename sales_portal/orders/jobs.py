"""What the worker does for orders and their money: capture, give back, and look after payments left alone."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session, sessionmaker

from sales_portal.core import clock
from sales_portal.orders import placing, queries
from sales_portal.outbox.errors import KnownFailure, OtherSideDown
from sales_portal.outbox.loop import Effect, Handler
from sales_portal.outbox.models import Job
from sales_portal.payments.gateway import Gateway, GatewayDown, GatewayRefused, Gateways, Intent
from sales_portal.payments.models import Payment

OPEN = ("created", "authorised")
Answer = TypeVar("Answer")


class CapturesStopped(KnownFailure):
    """Orders and money do not agree somewhere, so no more money is taken until a person has looked."""


class StillOpen(KnownFailure):
    """The customer has not decided yet: the payment is looked at again later."""


def handlers(sessions: sessionmaker[Session], gateways: Gateways) -> dict[str, Handler]:
    """The topics of this rung, each with what does it."""
    return {
        "payment.capture": lambda session, job: _capture(session, job, gateways),
        "payment.void": lambda session, job: _void(session, job, gateways),
        "payment.resolve": lambda session, job: _resolve(session, job, sessions, gateways),
    }


def _capture(session: Session, job: Job, gateways: Gateways) -> Effect | None:
    payment = queries.get_standing(session, job.subject_id)
    if payment.status != "capturing" or payment.gateway_reference is None:
        return None
    if payment.is_stopped:
        raise CapturesStopped("Orders and money do not agree: see the alerts")
    gateway, reference, key = gateways[payment.gateway], payment.gateway_reference, f"capture:{payment.public_id}"
    is_first = job.attempts == 1
    return Effect(
        act=lambda: _ask(lambda: _take(gateway, reference, key, is_first=is_first)),
        settle=lambda later, intent: placing.settle_capture(later, payment.id, intent, source="worker",
                                                                    standing=payment),
        needless=lambda intent: ("payment.resolve", (Payment.__tablename__, payment.id))
        if intent.status == "captured" else None)


def _void(session: Session, job: Job, gateways: Gateways) -> Effect | None:
    payment = queries.get_standing(session, job.subject_id)
    if payment.status != "void_pending":
        return None
    gateway, reference, public_id = gateways[payment.gateway], payment.gateway_reference, payment.public_id
    return Effect(
        act=lambda: _ask(lambda: _give_up(gateway, reference, public_id)),
        settle=lambda later, _: placing.finish_void(later, payment.id, source="worker"))


def _resolve(session: Session, job: Job, sessions: sessionmaker[Session], gateways: Gateways) -> Effect | None:
    """Finish what a customer left: place the order of an authorised payment, give up one never confirmed."""
    payment = queries.get_standing(session, job.subject_id)
    if payment.status not in (*OPEN, "cancelled"):
        return None
    gateway, reference, public_id = gateways[payment.gateway], payment.gateway_reference, payment.public_id

    def act() -> bool:
        if payment.status == "cancelled":
            _give_up(gateway, reference, public_id)
            return False
        with sessions() as own:
            outcome = placing.place_order(own, payment.id, gateways, source="worker").outcome
        if outcome == "waiting" and clock.now() < payment.started_until:
            raise StillOpen("The customer has not decided yet")
        if outcome == "waiting":
            _give_up(gateway, reference, public_id)
        return outcome == "waiting"

    def settle(later: Session, is_over: bool) -> None:
        if is_over:
            placing.cancel_unfinished(later, payment.id, source="worker")

    return Effect(act=lambda: _ask(act), settle=settle)


def _take(gateway: Gateway, reference: str, key: str, *, is_first: bool) -> Intent:
    # A provider may answer a key it knows with its first failure for ever: what it did then it is asked.
    intent = None if is_first else gateway.fetch(reference)
    return intent if intent is not None and intent.status == "captured" else gateway.capture(reference, key)


def _give_up(gateway: Gateway, reference: str | None, public_id: str) -> Intent | None:
    found = gateway.fetch(reference) if reference is not None else gateway.find(public_id)
    if found is None or found.status in ("cancelled", "declined"):
        return found
    return gateway.void(found.reference, f"void:{public_id}")


def _ask(call: Callable[[], Answer]) -> Answer:
    try:
        return call()
    except GatewayDown as down:
        raise OtherSideDown("The payment provider does not answer") from down
    except GatewayRefused as no:
        raise KnownFailure(f"The payment provider refused: {no}") from no
