"""A worker that comes back after a day finds thousands of jobs, and storms nobody with them."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from sales_portal.outbox import service as outbox
from sales_portal.outbox.errors import OtherSideDown
from sales_portal.outbox.loop import REST, Effect, Loop
from sales_portal.outbox.models import Job
from tests.harness.time import Clock

JOBS, AT_ONCE = 5_000, 100


@pytest.fixture
def queue(session: Session, clock: Clock) -> Iterator[Session]:
    """A day's mails, due for a day."""
    clock.set(clock.now())
    outbox.put_all(session, [("mail", ("deliveries", number)) for number in range(1, JOBS + 1)])
    session.commit()
    clock.advance(days=1)
    with capture_logs():
        yield session


def loop_of(engine: Engine, answer: Callable[[int], object]) -> Loop:
    return Loop(engine, {"mail": lambda _, job: effect(answer, job.subject_id)})


def effect(answer: Callable[[int], object], number: int) -> Effect:
    return Effect(act=lambda: answer(number), settle=lambda *_: None)


def test_they_are_done_in_their_order_and_only_so_many_at_a_time(queue: Session, portals_engine: Engine) -> None:
    """C64: the rest is in nobody's hands meanwhile, so another worker may help."""
    asked: list[int] = []
    assert loop_of(portals_engine, asked.append).run_once(AT_ONCE) == AT_ONCE
    assert asked == list(range(1, AT_ONCE + 1))
    left = select(func.count()).select_from(Job).where(Job.done_at.is_(None), Job.lease_until.is_(None))
    assert queue.scalar(left) == JOBS - AT_ONCE


def test_a_server_that_is_down_is_asked_once_in_half_a_minute(
        queue: Session, portals_engine: Engine, clock: Clock) -> None:
    """C64: not once for each of them."""
    asked: list[int] = []

    def refuse(number: int) -> None:
        asked.append(number)
        raise OtherSideDown("nobody answers")

    loop = loop_of(portals_engine, refuse)
    for rests in range(1, 4):
        assert [loop.run_once(AT_ONCE), loop.run_once(AT_ONCE)] == [1, 0]
        assert len(asked) == rests
        clock.advance(REST)
