"""The sweep: every minute, what stands still on its way is set going again, whoever died on the way."""

from datetime import timedelta
from typing import cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.orders import alerting, inbox
from sales_portal.orders.undo_models import Refund
from sales_portal.orders.watch_models import ProviderEvent
from sales_portal.outbox import waking
from sales_portal.payments.models import Payment

PATIENCE = (
    ("created", timedelta(minutes=2), "payment.resolve"),
    ("authorised", timedelta(seconds=30), "payment.resolve"),
    ("capturing", timedelta(minutes=2), "payment.capture"),
    ("void_pending", timedelta(minutes=2), "payment.void"),
)
"""A payment's status, how long it may stand there, and the job that leads on. Each asks the provider first."""
REFUNDS_AGAIN = timedelta(minutes=2)
"""How long the provider may take to send money back before it is asked again, with the same key."""
EVENTS_AGAIN = timedelta(minutes=10)
EVENTS_UNTIL = timedelta(days=7)
"""How long apart, and until when, an event that could not be processed is tried again."""
BEFORE_DEADLINE = timedelta(hours=24)
DEADLINE = "capture_deadline"

_PAYMENTS, _EVENTS, _REFUNDS = (cast(Table, model.__table__) for model in (Payment, ProviderEvent, Refund))
_SENT = _PAYMENTS.c.capture_mode != "by_hand"


def sweep(session: Session) -> int:
    """Wake the job of every payment and event that waits too long, in the caller's transaction; gives how many.

    It asks no provider: that is the jobs' part, each alone and with nothing locked.
    """
    woken = sum(waking.wake_all(session, _standing(session, *rule)) for rule in PATIENCE)
    woken += waking.wake_all(session, _waiting_refunds(session))
    _warn_of_deadlines(session)
    return woken + waking.wake_all(session, _waiting_events(session))


def _standing(session: Session, status: str, patience: timedelta, topic: str) -> list[tuple[str, tuple[str, int]]]:
    still = select(_PAYMENTS.c.id).where(
        _PAYMENTS.c.status == status, _PAYMENTS.c.changed_at < clock.now() - patience, _SENT).order_by(_PAYMENTS.c.id)
    return [(topic, (Payment.__tablename__, key)) for key in session.scalars(still)]


def _waiting_refunds(session: Session) -> list[tuple[str, tuple[str, int]]]:
    waiting = select(_REFUNDS.c.id).where(
        _REFUNDS.c.status == "pending",
        func.coalesce(_REFUNDS.c.decided_at, _REFUNDS.c.asked_at) < clock.now() - REFUNDS_AGAIN).order_by(_REFUNDS.c.id)
    return [("payment.refund", (Refund.__tablename__, key)) for key in session.scalars(waiting)]


def _waiting_events(session: Session) -> list[tuple[str, tuple[str, int]]]:
    at = clock.now()
    waiting = select(_EVENTS.c.id).where(
        _EVENTS.c.processed_at.is_(None), _EVENTS.c.received_at < at - EVENTS_AGAIN,
        _EVENTS.c.received_at > at - EVENTS_UNTIL).order_by(_EVENTS.c.id)
    return [(inbox.TOPIC, (ProviderEvent.__tablename__, key)) for key in session.scalars(waiting)]


def _warn_of_deadlines(session: Session) -> None:
    near = select(_PAYMENTS.c.public_id, _PAYMENTS.c.gateway, _PAYMENTS.c.capture_before).where(
        _PAYMENTS.c.status == "capturing", _PAYMENTS.c.capture_before < clock.now() + BEFORE_DEADLINE, _SENT)
    for payment in session.execute(near):
        alerting.raise_alert(
            session, DEADLINE, f"Payment {payment.public_id} at {payment.gateway} has an order, and its money can be "
            f"taken until {payment.capture_before:%Y-%m-%d %H:%M} UTC only. Capture it there by hand if the portal "
            "cannot.", payment.public_id)
