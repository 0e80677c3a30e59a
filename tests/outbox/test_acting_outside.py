"""Effects: no transaction is open while the outside answers, and what happened there is settled once."""

import threading
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from sales_portal.outbox import service as outbox
from sales_portal.outbox.errors import PermanentFailure
from sales_portal.outbox.loop import Effect, Loop
from sales_portal.outbox.models import Job
from tests.harness.time import Clock
from tests.outbox.conftest import Put, Read


def acting(act: Callable[[], object], bury: Callable[[Session, str], None] | None = None) -> Callable[..., Effect]:
    """A handler that acts, and on settling leaves a job named after what the outside answered."""

    def settle(session: Session, outcome: object) -> None:
        outbox.put(session, "settled", ("things", 1), dedupe=str(outcome))

    return lambda session, job: Effect(act, settle, bury)


def marks(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return list(session.scalars(select(Job.dedupe).where(Job.topic == "settled").order_by(Job.id)))


def test_what_the_outside_answered_is_settled_with_the_job(engine: Engine, put: Put, read: Read) -> None:
    job_id = put("call")

    Loop(engine, {"call": acting(lambda: "yes")}).run_once()

    assert marks(engine) == ["yes"]
    assert read(job_id).done_at is not None


def test_no_transaction_is_open_while_the_outside_answers(engine: Engine, put: Put) -> None:
    put("call")
    written = threading.Event()

    def write_meanwhile() -> int:
        # On SQLite an open write transaction would block this, on both engines an open one would hold a connection.
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        put("meanwhile")
        written.set()
        return 1

    Loop(engine, {"call": acting(write_meanwhile)}).run_once()

    assert written.is_set()
    assert marks(engine) == ["1"]


def test_an_answer_that_comes_after_the_lease_is_left_to_the_worker_that_took_over(
        engine: Engine, put: Put, read: Read, clock: Clock) -> None:
    clock.set(clock.now())
    job_id = put("call")
    second = Loop(engine, {"call": acting(lambda: "second")})

    def be_overtaken() -> str:
        clock.advance(seconds=61)
        assert second.run_once() == 1
        return "first"

    Loop(engine, {"call": acting(be_overtaken)}).run_once()

    assert marks(engine) == ["second"]
    assert read(job_id).attempts == 2


def test_an_answer_that_comes_while_another_worker_is_at_it_is_not_settled(
        engine: Engine, put: Put, read: Read, clock: Clock) -> None:
    clock.set(clock.now())
    job_id = put("call")

    def be_overtaken() -> str:
        clock.advance(seconds=61)
        with Session(engine) as session, session.begin():
            assert outbox.claim(session, ["call"], timedelta(seconds=60)) is not None
        return "first"

    Loop(engine, {"call": acting(be_overtaken)}).run_once()

    assert marks(engine) == []
    assert (read(job_id).attempts, read(job_id).done_at) == (2, None)


def test_a_failure_that_comes_after_the_lease_does_not_undo_the_work_of_the_other(
        engine: Engine, put: Put, read: Read, clock: Clock) -> None:
    clock.set(clock.now())
    job_id = put("call")
    second = Loop(engine, {"call": acting(lambda: "second")})

    def be_overtaken() -> str:
        clock.advance(seconds=61)
        assert second.run_once() == 1
        raise PermanentFailure("too slow")

    Loop(engine, {"call": acting(be_overtaken)}).run_once()

    job = read(job_id)
    assert job.done_at is not None
    assert (job.dead_at, job.last_error) == (None, None)


def test_a_worker_that_was_overtaken_while_preparing_does_nothing(
        engine: Engine, put: Put, read: Read, clock: Clock) -> None:
    clock.set(clock.now())
    job_id = put("call")
    loop = Loop(engine, {"call": acting(lambda: "once")})
    claim = loop._claim()
    assert claim is not None
    clock.advance(seconds=61)
    assert loop.run_once() == 1

    loop._do(claim)

    assert marks(engine) == ["once"]
    assert read(job_id).attempts == 2


def test_a_worker_that_slept_past_its_lease_does_not_act(engine: Engine, put: Put, read: Read, clock: Clock) -> None:
    clock.set(clock.now())
    job_id = put("call")
    calls: list[int] = []

    def sleep_while_preparing(session: Session, job: Job) -> Effect:
        clock.advance(seconds=61)
        return Effect(lambda: calls.append(job.attempts), lambda *_: None)

    loop = Loop(engine, {"call": sleep_while_preparing})
    loop.run_once(limit=1)

    assert calls == []
    assert (read(job_id).done_at, read(job_id).dead_at, read(job_id).last_error) == (None, None, None)


def test_what_a_worker_wrote_after_its_lease_is_not_kept_where_another_has_the_job(
        engine: Engine, put: Put, read: Read, clock: Clock) -> None:
    clock.set(clock.now())
    job_id = put("call")
    loop = Loop(engine, {"call": lambda session, _: outbox.put(session, "settled", ("things", 1)) and None})
    claim = loop._claim()
    assert claim is not None
    clock.advance(seconds=61)
    with Session(engine) as session, session.begin():
        assert outbox.claim(session, ["call"], timedelta(seconds=60)) is not None

    loop._do(claim)

    assert marks(engine) == []
    assert read(job_id).done_at is None


def test_a_database_that_stumbles_at_settling_does_not_make_it_happen_twice(
        engine: Engine, put: Put, read: Read) -> None:
    job_id = put("call")
    calls: list[int] = []
    stumbles = iter([True])

    def stumble(connection: object, cursor: object, statement: str, *_: object) -> None:
        if calls and statement.startswith("INSERT INTO outbox") and next(stumbles, False):
            raise OperationalError("INSERT", None, Exception("the server went away"))

    event.listen(engine, "before_cursor_execute", stumble)
    Loop(engine, {"call": acting(lambda: calls.append(1))}).run_once()

    assert calls == [1]
    assert marks(engine) == ["None"]
    assert read(job_id).attempts == 1
    assert next(stumbles, None) is None


def test_giving_up_tells_the_handler_why_in_the_same_transaction(engine: Engine, put: Put, read: Read) -> None:
    job_id = put("call")

    def refuse() -> None:
        raise PermanentFailure("no such number")

    def bury(session: Session, reason: str) -> None:
        outbox.put(session, "settled", ("things", 1), dedupe=reason)

    Loop(engine, {"call": acting(refuse, bury)}).run_once()

    assert marks(engine) == ["no such number"]
    assert read(job_id).dead_at is not None


def test_the_handler_is_not_told_while_there_are_tries_left(engine: Engine, put: Put, clock: Clock) -> None:
    clock.set(clock.now())
    put("call")

    def fail() -> None:
        raise ConnectionResetError("gone")

    def bury(session: Session, reason: str) -> None:
        outbox.put(session, "settled", ("things", 1), dedupe=reason)

    loop = Loop(engine, {"call": acting(fail, bury)}, tries={"call": 2})
    loop.run_once()
    assert marks(engine) == []
    clock.advance(timedelta(seconds=10))
    loop.run_once()
    assert marks(engine) == ["ConnectionResetError: gone"]


def test_a_burial_that_fails_does_not_keep_the_job_alive(engine: Engine, put: Put, read: Read) -> None:
    job_id = put("call")

    def refuse() -> None:
        raise PermanentFailure("no such number")

    def bury(session: Session, reason: str) -> None:
        outbox.put(session, "settled", ("things", 1))
        session.flush()
        raise RuntimeError("and the spade broke")

    Loop(engine, {"call": acting(refuse, bury)}).run_once()

    assert marks(engine) == []
    assert (read(job_id).last_error, read(job_id).done_at) == ("no such number", None)
    assert read(job_id).dead_at is not None
