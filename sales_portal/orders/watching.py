"""The watch over money and orders: what time does for them, beside the jobs each of them has."""

from sqlalchemy.orm import Session, sessionmaker

from sales_portal.core.db import reading
from sales_portal.orders import alerting, invariants
from sales_portal.orders.invariants import Violation
from sales_portal.outbox.loop import Effect, Handler
from sales_portal.outbox.models import Job

CHECK = "invariants.check"
PERIODIC = {CHECK: 600}
"""How many seconds apart each topic is done."""


def handlers(sessions: sessionmaker[Session]) -> dict[str, Handler]:
    """The topics of the watch, each with what does it."""
    return {CHECK: lambda session, job: _check(job, sessions)}


def _check(job: Job, sessions: sessionmaker[Session]) -> Effect:
    def look() -> list[Violation]:
        # It only reads: on SQLite it must not keep buyers from writing meanwhile.
        token = reading.set(True)
        try:
            with sessions() as own:
                return invariants.find_violations(own)
        finally:
            reading.reset(token)

    def settle(session: Session, found: list[Violation]) -> None:
        alerting.follow(session, {(one.invariant.code, ""): str(one) for one in found},
                        among=[one.code for one in invariants.INVARIANTS])

    return Effect(act=look, settle=settle)
