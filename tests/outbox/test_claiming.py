"""Who gets a job, and when."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from sales_portal.core import db
from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import Effect, Loop
from sales_portal.outbox.models import Job
from tests.harness.databases import Database
from tests.harness.time import Clock
from tests.outbox.conftest import Put, Read

LEASE = timedelta(seconds=60)


def test_a_job_is_done_once_and_never_again(engine: Engine, put: Put, read: Read) -> None:
    job_id = put("paint", 7)
    seen: list[int] = []
    loop = Loop(engine, {"paint": lambda _, job: seen.append(job.subject_id)})

    assert loop.run_once() == 1
    assert loop.run_once() == 0
    assert seen == [7]
    assert read(job_id).done_at is not None


def test_a_job_waits_until_its_time(engine: Engine, put: Put, clock: Clock) -> None:
    at = clock.set(clock.now())
    put("paint", not_before=at + timedelta(minutes=5))
    loop = Loop(engine, {"paint": lambda *_: None})

    clock.advance(minutes=5, microseconds=-1)
    assert loop.run_once() == 0
    clock.advance(microseconds=1)
    assert loop.run_once() == 1


def test_the_job_that_is_due_longest_comes_first(engine: Engine, put: Put, clock: Clock) -> None:
    at = clock.set(clock.now())
    put("paint", 1, not_before=at - timedelta(seconds=1))
    put("paint", 2, not_before=at - timedelta(seconds=3))
    put("paint", 3, not_before=at - timedelta(seconds=2))
    seen: list[int] = []

    Loop(engine, {"paint": lambda _, job: seen.append(job.subject_id)}).run_once()

    assert seen == [2, 3, 1]


def test_a_run_does_no_more_than_its_limit(engine: Engine, put: Put) -> None:
    for number in range(5):
        put("paint", number)
    loop = Loop(engine, {"paint": lambda *_: None})

    assert [loop.run_once(limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_a_topic_without_a_handler_is_left_to_other_workers(engine: Engine, put: Put, read: Read) -> None:
    job_id = put("paint")

    assert Loop(engine, {"carve": lambda *_: None}).run_once() == 0
    assert Loop(engine, {}).run_once() == 0
    assert read(job_id).attempts == 0


def test_a_claimed_job_is_left_alone_until_its_lease_ends(engine: Engine, put: Put, clock: Clock) -> None:
    clock.set(clock.now())
    put("paint")
    with Session(engine) as session, session.begin():
        assert outbox.claim(session, ["paint"], LEASE) is not None
    seen: list[int] = []
    loop = Loop(engine, {"paint": lambda _, job: seen.append(job.attempts)})

    clock.advance(LEASE)
    assert loop.run_once() == 0
    clock.advance(microseconds=1)
    assert loop.run_once() == 1
    assert seen == [2]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_claiming_does_not_wait_for_a_job_another_worker_is_preparing(database: Database, put: Put) -> None:
    put("paint", 1)
    put("paint", 2)
    first, second = db.engine_for(database.url), db.engine_for(database.url)
    with Session(first) as preparing, Session(second) as claiming:
        preparing.scalars(select(Job).where(Job.subject_id == 1).with_for_update()).one()
        claiming.execute(text("SET LOCAL lock_timeout = '2s'"))
        claim = outbox.claim(claiming, ["paint"], LEASE)
        assert claim is not None
        assert claiming.scalar(select(Job.subject_id).where(Job.id == claim.job_id)) == 2
    first.dispose()
    second.dispose()


def test_loops_side_by_side_do_every_job_exactly_once(database: Database, engine: Engine, put: Put) -> None:
    with Session(engine) as session, session.begin():
        for number in range(120):
            outbox.put(session, "paint", ("things", number))
    acted: list[int] = []

    def paint(session: Session, job: Job) -> Effect | None:
        subject = job.subject_id
        outbox.put(session, "painted", ("things", subject), dedupe="prepared")
        if subject % 2:
            return None
        return Effect(lambda: acted.append(subject),
                      lambda session, _: [outbox.put(session, "painted", ("things", subject), dedupe="settled")])

    start = threading.Barrier(4)

    def work() -> None:
        own = db.engine_for(database.url)
        start.wait()
        while Loop(own, {"paint": paint}).run_once():
            pass
        own.dispose()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(acted) == Counter(range(0, 120, 2))
    with Session(engine) as session:
        marks = session.scalars(select(Job.dedupe).where(Job.topic == "painted")).all()
        assert Counter(marks) == {"prepared": 120, "settled": 60}
        jobs = session.scalars(select(Job).where(Job.topic == "paint")).all()
        assert {job.attempts for job in jobs} == {1}
        assert all(job.done_at for job in jobs)
