"""The watch over money and orders: what time does for them, beside the jobs each of them has."""

from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.core import clock
from sales_portal.core.db import reading
from sales_portal.orders import alerting, invariants, reconciling, sweeping
from sales_portal.orders.invariants import Violation
from sales_portal.orders.reconciling import Finding
from sales_portal.outbox.loop import Effect, Handler
from sales_portal.outbox.models import Job
from sales_portal.payments.gateway import Gateway, GatewayDown, Gateways

CHECK, SWEEP, RECONCILE = "invariants.check", "payments.sweep", "payments.reconcile"
PERIODIC = {SWEEP: 60, CHECK: 600, RECONCILE: 600}
"""How many seconds apart each topic is done."""

Sessions = sessionmaker[Session]
Answer = TypeVar("Answer")

log = structlog.get_logger()


def handlers(sessions: Sessions, gateways: Gateways) -> dict[str, Handler]:
    """The topics of the watch, each with what does it."""
    return {
        CHECK: lambda session, job: _check(sessions),
        SWEEP: _sweep,
        RECONCILE: lambda session, job: _reconcile(sessions, gateways),
    }


def _sweep(session: Session, job: Job) -> None:
    sweeping.sweep(session)


def _check(sessions: Sessions) -> Effect:
    def settle(session: Session, found: list[Violation]) -> None:
        alerting.follow(session, {(one.invariant.code, ""): str(one) for one in found},
                        among=[one.code for one in invariants.INVARIANTS])

    return Effect(act=lambda: _only_reading(sessions, invariants.find_violations), settle=settle)


def _reconcile(sessions: Sessions, gateways: Gateways) -> Effect:
    return Effect(act=lambda: [one for gateway in gateways.values() for one in _compare(sessions, gateway)],
                  settle=reconciling.settle)


def _compare(sessions: Sessions, gateway: Gateway) -> list[Finding]:
    at = clock.now()
    try:
        intents = list(gateway.list_since(at - reconciling.WINDOW))
    except GatewayDown:
        log.warning("payments.not_listed", gateway=gateway.name)
        return []
    return _only_reading(sessions, lambda session: reconciling.compare(
        session, gateway.name, intents, since=at - reconciling.WINDOW, listed_at=at))


def _only_reading(sessions: Sessions, look: Callable[[Session], Answer]) -> Answer:
    # On SQLite a look that takes long must not keep buyers from writing meanwhile.
    token = reading.set(True)
    try:
        with sessions() as own:
            return look(own)
    finally:
        reading.reset(token)
