"""What becomes of a job that fails: later, less and less often, and at last given up, while the others go on."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from sales_portal.outbox import service as outbox
from sales_portal.outbox.errors import KnownFailure, NotYet, OtherSideDown, PermanentFailure
from sales_portal.outbox.loop import GAVE_UP, REST, Effect, Loop
from sales_portal.outbox.models import Job
from tests.harness.time import Clock
from tests.outbox.conftest import Put, Read


def fail(session: Session, job: Job) -> None:
    raise KnownFailure("the paint is dry")


def test_a_failed_job_is_tried_again_later_with_the_reason_kept(
        engine: Engine, put: Put, read: Read, clock: Clock) -> None:
    at = clock.set(clock.now())
    job_id = put("paint")
    loop = Loop(engine, {"paint": fail})

    assert loop.run_once() == 1
    assert loop.run_once() == 0
    job = read(job_id)
    assert (job.attempts, job.last_error, job.lease_until) == (1, "the paint is dry", None)
    assert timedelta(seconds=4) <= job.not_before - at <= timedelta(seconds=6)

    clock.set(job.not_before)
    assert loop.run_once() == 1


def test_what_a_failing_handler_wrote_is_not_kept(engine: Engine, put: Put) -> None:
    put("paint")

    def fail_after_writing(session: Session, job: Job) -> None:
        outbox.put(session, "painted", ("things", 1))
        session.flush()
        raise KnownFailure("too late")

    Loop(engine, {"paint": fail_after_writing}).run_once()

    with Session(engine) as session:
        assert session.query(Job).where(Job.topic == "painted").count() == 0


def test_the_wait_grows_from_five_seconds_to_a_day(engine: Engine, put: Put, read: Read, clock: Clock) -> None:
    clock.set(clock.now())
    job_id = put("paint")
    loop = Loop(engine, {"paint": fail}, tries={"paint": 14})
    waits = []
    for _ in range(13):
        assert loop.run_once() == 1
        waits.append(read(job_id).not_before - clock.now())
        clock.set(read(job_id).not_before)

    steady = [min(5 * 3**number, 86_400) for number in range(13)]
    for wait, seconds in zip(waits, steady, strict=True):
        assert 0.8 * seconds <= wait.total_seconds() <= min(1.2 * seconds, 86_400)
    assert waits[:10] == sorted(waits[:10])


def test_a_job_that_is_not_to_be_done_yet_waits_till_then_and_has_not_failed(
        engine: Engine, put: Put, read: Read, clock: Clock) -> None:
    until = clock.set(clock.now()) + timedelta(hours=1)
    job_id, done = put("paint"), []

    def wait_for_the_paint(session: Session, job: Job) -> None:
        if clock.now() < until:
            raise NotYet(until)
        done.append(job.id)

    loop = Loop(engine, {"paint": wait_for_the_paint}, tries={"paint": 1})
    assert loop.run_once() == 1
    job = read(job_id)
    assert (job.not_before, job.attempts, job.last_error, job.dead_at) == (until, 0, None, None)
    assert loop.run_once() == 0
    clock.set(until)
    loop.run_once()
    assert done == [job_id]


def test_jobs_that_fail_together_do_not_come_back_together() -> None:
    assert len({outbox.waiting_time(4) for _ in range(20)}) > 15


@pytest.mark.parametrize(("tries", "expected"), [({}, 12), ({"paint": 3}, 3), ({"carve": 3}, 12)])
def test_a_job_is_given_up_after_its_tries(
        engine: Engine, put: Put, read: Read, clock: Clock, tries: dict[str, int], expected: int) -> None:
    clock.set(clock.now())
    job_id = put("paint")
    loop = Loop(engine, {"paint": fail}, tries=tries)
    with capture_logs() as logs:
        while read(job_id).dead_at is None:
            clock.set(max(clock.now(), read(job_id).not_before))
            assert loop.run_once() == 1

    job = read(job_id)
    assert (job.attempts, job.last_error, job.done_at, job.lease_until) == (expected, "the paint is dry", None, None)
    clock.advance(days=400)
    assert loop.run_once() == 0
    alerts = [entry for entry in logs if entry["log_level"] == "error"]
    assert [(entry["event"], entry["topic"], entry["error"]) for entry in alerts] == [
        ("job.dead", "paint", "the paint is dry")]


def test_a_permanent_failure_is_given_up_at_once(engine: Engine, put: Put, read: Read) -> None:
    job_id = put("paint")

    def refuse(session: Session, job: Job) -> None:
        raise PermanentFailure("there is no such wall")

    Loop(engine, {"paint": refuse}).run_once()

    job = read(job_id)
    assert (job.attempts, job.last_error) == (1, "there is no such wall")
    assert job.dead_at is not None


def test_a_poisoned_job_is_given_up_and_the_queue_moves_on(
        engine: Engine, put: Put, read: Read, clock: Clock) -> None:
    clock.set(clock.now())
    poisoned = put("paint", 1, payload={"colour": "red"})
    without_key, healthy = put("paint", 2), put("paint", 3, payload={"colour": "blue"})
    with engine.begin() as connection:
        column = "payload" if engine.dialect.name == "sqlite" else "payload::text"
        broken = "'{\"colour\": '" if engine.dialect.name == "sqlite" else "'[1, 2]'"
        connection.execute(text(f"UPDATE outbox SET payload = {broken} WHERE id = {poisoned}"))
        assert "red" not in connection.execute(text(f"SELECT {column} FROM outbox WHERE id = {poisoned}")).scalar_one()
    painted: list[object] = []
    loop = Loop(engine, {"paint": lambda _, job: painted.append(job.payload["colour"])}, tries={"paint": 2})

    assert loop.run_once() == 3
    assert painted == ["blue"]
    assert read(healthy).done_at is not None
    clock.advance(seconds=10)
    loop.run_once()
    with Session(engine) as session:
        dead = session.query(Job.id, Job.last_error).where(Job.dead_at.is_not(None)).order_by(Job.id).all()
    assert [row.id for row in dead] == [poisoned, without_key]
    assert dead[1].last_error == "KeyError: 'colour'"


def test_a_job_that_kills_every_worker_is_given_up_without_being_run_again(
        engine: Engine, put: Put, read: Read, clock: Clock) -> None:
    clock.set(clock.now())
    job_id = put("paint")
    for _ in range(3):
        with Session(engine) as session, session.begin():
            assert outbox.claim(session, ["paint"], timedelta(seconds=60)) is not None
        clock.advance(seconds=61)
    seen: list[int] = []

    Loop(engine, {"paint": lambda _, job: seen.append(job.id)}, tries={"paint": 3}).run_once()

    assert seen == []
    assert read(job_id).last_error == GAVE_UP
    assert read(job_id).dead_at is not None


def test_when_the_other_side_is_down_its_topic_rests_and_others_go_on(
        engine: Engine, put: Put, read: Read, clock: Clock) -> None:
    clock.set(clock.now())
    mails = [put("mail", number) for number in range(3)]
    capture = put("capture")

    def call(session: Session, job: Job) -> Effect:
        def act() -> None:
            raise OtherSideDown("nobody answers")

        return Effect(act, lambda *_: None)

    loop = Loop(engine, {"mail": call, "capture": lambda *_: None})
    assert loop.run_once() == 2
    assert read(capture).done_at is not None
    assert [read(mail).attempts for mail in mails] == [1, 0, 0]

    clock.advance(REST)
    assert loop.run_once() == 1
    assert sum(read(mail).attempts for mail in mails) == 2


def test_the_reason_kept_of_a_database_error_holds_no_values(engine: Engine, put: Put, read: Read) -> None:
    job_id = put("paint")

    def stumble(session: Session, job: Job) -> None:
        session.execute(text("SELECT colour FROM nowhere WHERE secret = :secret"), {"secret": "kept-to-ourselves"})

    Loop(engine, {"paint": stumble}).run_once()

    kept = read(job_id).last_error
    assert kept is not None
    assert "nowhere" in kept
    assert "kept-to-ourselves" not in kept
