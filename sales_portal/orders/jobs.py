"""What the worker does for orders and their money: capture, give up, refund, look after payments left alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.orm import Session, sessionmaker

from sales_portal.core import clock
from sales_portal.inventory import holding
from sales_portal.orders import cancelling, giving_back, placing, queries, refunding
from sales_portal.orders.queries import Standing
from sales_portal.outbox.errors import KnownFailure, OtherSideDown
from sales_portal.outbox.loop import Effect, Handler
from sales_portal.outbox.models import Job
from sales_portal.payments import reserving
from sales_portal.payments.gateway import Gateway, GatewayDown, GatewayRefused, Gateways, Intent
from sales_portal.payments.models import Payment

OPEN = ("created", "authorised")
PATIENCE = timedelta(minutes=3)
"""How long a provider that is silent may keep stock beyond its end."""
Answer = TypeVar("Answer")


class CapturesStopped(KnownFailure):
    """Orders and money do not agree somewhere, so no more money is taken until a person has looked."""


class StillOpen(KnownFailure):
    """The customer has not decided yet: the payment is looked at again later."""


def handlers(sessions: sessionmaker[Session], gateways: Gateways) -> dict[str, Handler]:
    """The topics of this rung, each with what does it."""
    return {
        "payment.capture": lambda session, job: _capture(session, job, gateways),
        "payment.refund": lambda session, job: _refund(session, job, gateways),
        "payment.void": lambda session, job: _void(session, job, gateways),
        "payment.resolve": lambda session, job: _resolve(session, job, sessions, gateways),
        reserving.TOPIC: lambda session, job: _expire(session, job, sessions, gateways),
    }


def _capture(session: Session, job: Job, gateways: Gateways) -> Effect | None:
    payment = queries.get_standing(session, job.subject_id)
    if payment.status != "capturing" or payment.gateway_reference is None:
        return None
    if payment.is_stopped:
        raise CapturesStopped("Orders and money do not agree: see the alerts")
    gateway, reference, key = gateways[payment.gateway], payment.gateway_reference, f"capture:{payment.public_id}"
    is_first = job.attempts == 1

    def settle(later: Session, intent: Intent) -> None:
        if intent.status == "captured":
            placing.settle_capture(later, payment.id, intent, source="worker", standing=payment)
        else:
            cancelling.fail_capture(later, payment.id)

    return Effect(
        act=lambda: _ask(lambda: _take(gateway, reference, key, is_first=is_first)), settle=settle,
        needless=lambda intent: ("payment.resolve", (Payment.__tablename__, payment.id))
        if intent.status == "captured" else None)


def _void(session: Session, job: Job, gateways: Gateways) -> Effect | None:
    payment = queries.get_standing(session, job.subject_id)
    if payment.status != "void_pending":
        return None
    gateway, reference, public_id = gateways[payment.gateway], payment.gateway_reference, payment.public_id

    def settle(later: Session, intent: Intent | None) -> None:
        if intent is not None and intent.status == "captured" and payment.order_id is None:
            giving_back.return_late_money(later, payment.id, source="worker")
        elif intent is not None and intent.status == "captured":
            cancelling.refund_captured(later, payment.id)
        else:
            giving_back.finish_void(later, payment.id, source="worker")

    return Effect(act=lambda: _ask(lambda: _give_up_or_see(gateway, reference, public_id)), settle=settle)


def _refund(session: Session, job: Job, gateways: Gateways) -> Effect | None:
    refund = refunding.get_standing(session, job.subject_id)
    if refund.status != "pending":
        return None
    gateway = gateways[refund.gateway]

    def act() -> str:
        """Why the provider refused; empty where the money went back."""
        reference = refund.gateway_reference or _reference_of(gateway, refund.public_id)
        try:
            gateway.refund(reference, refund.amount, refund.idempotency_key)
        except GatewayRefused as no:
            return str(no) or "no reason was given"
        return ""

    def settle(later: Session, refusal: str) -> None:
        if refusal:
            refunding.fail_refund(later, refund.id, refusal)
        else:
            refunding.settle_refund(later, refund.id)

    return Effect(act=lambda: _ask(act), settle=settle)


def _expire(session: Session, job: Job, sessions: sessionmaker[Session], gateways: Gateways) -> Effect | None:
    """End what was held for a payment nobody confirmed: at the provider first, and only then here.

    A provider that does not answer may keep the stock a little longer, and not for good.
    """
    payment = queries.get_standing(session, job.subject_id)
    if payment.status != "created" or clock.now() < payment.started_until:
        return None
    resolving = _resolve(session, job, sessions, gateways)
    if resolving is None or clock.now() < payment.started_until + PATIENCE:
        return resolving
    ask = resolving.act

    def act() -> bool | None:
        try:
            answer: bool = ask()
            return answer
        except (OtherSideDown, KnownFailure):
            return None

    def settle(later: Session, is_over: bool | None) -> None:
        if is_over is None:
            holding.release(later, payment.id)
        else:
            resolving.settle(later, is_over)

    return Effect(act=act, settle=settle)


def _resolve(session: Session, job: Job, sessions: sessionmaker[Session], gateways: Gateways) -> Effect | None:
    """Finish what a customer left: place the order of an authorised payment, give up one never confirmed."""
    payment = queries.get_standing(session, job.subject_id)
    if payment.status not in (*OPEN, "cancelled"):
        return None
    gateway, reference, public_id = gateways[payment.gateway], payment.gateway_reference, payment.public_id

    if payment.status == "cancelled":
        return _end_for_good(payment, gateway)

    def act() -> bool:
        with sessions() as own:
            outcome = placing.place_order(own, payment.id, gateways, source="worker").outcome
        if outcome == "waiting" and clock.now() < payment.started_until:
            raise StillOpen("The customer has not decided yet")
        if outcome == "waiting":
            _give_up(gateway, reference, public_id)
        return outcome == "waiting"

    def settle(later: Session, is_over: bool) -> None:
        if is_over:
            giving_back.cancel_unfinished(later, payment.id, source="worker")

    return Effect(act=lambda: _ask(act), settle=settle)


def _end_for_good(payment: Standing, gateway: Gateway) -> Effect:
    """A payment that was given up is given up at the provider too; what it took all the same goes back."""
    reference, public_id = payment.gateway_reference, payment.public_id

    def act() -> bool:
        intent = gateway.fetch(reference) if reference is not None else gateway.find(public_id)
        if intent is not None and intent.status != "captured":
            gateway.void(intent.reference, f"void:{public_id}")
        return intent is not None and intent.status == "captured"

    def settle(later: Session, was_taken: bool) -> None:
        if was_taken:
            giving_back.return_late_money(later, payment.id, source="worker")

    return Effect(act=lambda: _ask(act), settle=settle)


def _reference_of(gateway: Gateway, public_id: str) -> str:
    """What the provider calls a payment whose name there was never kept."""
    found = gateway.find(public_id)
    if found is None:
        raise KnownFailure("The payment provider does not know the payment")
    return found.reference


def _take(gateway: Gateway, reference: str, key: str, *, is_first: bool) -> Intent:
    """What became of the money: taken, or out of reach for good. A refusal that may pass is raised."""
    # A provider may answer a key it knows with its first failure for ever: what it did then it is asked.
    intent = None if is_first else gateway.fetch(reference)
    if intent is not None and intent.status == "captured":
        return intent
    try:
        return gateway.capture(reference, key)
    except GatewayRefused:
        intent = gateway.fetch(reference)
        if intent.status in ("captured", "cancelled", "declined"):
            return intent
        raise


def _give_up_or_see(gateway: Gateway, reference: str | None, public_id: str) -> Intent | None:
    """The intent given up, or as it is where the provider had taken the money before."""
    try:
        return _give_up(gateway, reference, public_id)
    except GatewayRefused:
        intent = gateway.fetch(reference) if reference is not None else None
        if intent is not None and intent.status == "captured":
            return intent
        raise


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
