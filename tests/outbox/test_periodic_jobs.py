"""Rows that come back: one per topic, however many workers start."""

import threading
from datetime import timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from sales_portal.core import db
from sales_portal.outbox import service as outbox
from sales_portal.outbox.errors import KnownFailure, PermanentFailure
from sales_portal.outbox.loop import Loop
from sales_portal.outbox.models import Job
from tests.harness.databases import Database
from tests.harness.time import Clock


def ensure(engine: Engine, topic: str, every_seconds: int) -> None:
    with Session(engine) as session, session.begin():
        outbox.ensure_periodic(session, topic, every_seconds)


def rows(engine: Engine) -> list[Job]:
    with Session(engine) as session:
        return list(session.scalars(select(Job).order_by(Job.id)))


def test_a_periodic_job_is_due_at_once_and_again_after_its_interval(engine: Engine, clock: Clock) -> None:
    at = clock.set(clock.now())
    ensure(engine, "sweep", 60)
    seen: list[int] = []
    loop = Loop(engine, {"sweep": lambda _, job: seen.append(job.attempts)})

    assert [loop.run_once(), loop.run_once()] == [1, 0]
    (job,) = rows(engine)
    assert job.not_before == at + timedelta(seconds=60)
    assert (job.done_at, job.attempts, job.lease_until) == (None, 0, None)
    clock.advance(seconds=60)
    assert [loop.run_once(), loop.run_once()] == [1, 0]
    assert seen == [1, 1]


def test_asking_twice_keeps_one_row_and_its_next_time(engine: Engine, clock: Clock) -> None:
    clock.set(clock.now())
    ensure(engine, "sweep", 60)
    Loop(engine, {"sweep": lambda *_: None}).run_once()
    (before,) = rows(engine)
    clock.advance(seconds=30)

    ensure(engine, "sweep", 60)

    (after,) = rows(engine)
    assert (after.id, after.not_before) == (before.id, before.not_before)


def test_a_new_interval_is_taken_over(engine: Engine) -> None:
    ensure(engine, "sweep", 60)
    ensure(engine, "sweep", 300)

    assert [job.every_seconds for job in rows(engine)] == [300]


def test_workers_that_start_together_make_one_row(database: Database, engine: Engine) -> None:
    start = threading.Barrier(4)
    failures: list[BaseException] = []

    def start_worker() -> None:
        own = db.engine_for(database.url)
        start.wait()
        try:
            ensure(own, "sweep", 60)
        except BaseException as error:
            failures.append(error)
        own.dispose()

    threads = [threading.Thread(target=start_worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(rows(engine)) == 1


def test_a_periodic_job_that_fails_comes_back_and_never_dies(engine: Engine, clock: Clock) -> None:
    clock.set(clock.now())
    ensure(engine, "sweep", 60)

    def fail(session: Session, job: Job) -> None:
        raise PermanentFailure("broken") if job.attempts % 2 else KnownFailure("stuck")

    loop = Loop(engine, {"sweep": fail}, tries={"sweep": 3})
    for _ in range(20):
        assert loop.run_once() == 1
        (job,) = rows(engine)
        assert job.not_before - clock.now() <= timedelta(seconds=60)
        clock.set(job.not_before)

    assert (job.dead_at, job.done_at, job.last_error) == (None, None, "stuck")
    Loop(engine, {"sweep": lambda *_: None}).run_once()
    (job,) = rows(engine)
    assert (job.attempts, job.last_error) == (0, None)
