"""What a worker costs does not grow with what was ever done."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import LEASE, Effect, Loop
from tests.harness.statements import FREE, listening
from tests.outbox.conftest import Put

DONE = 3000


@pytest.fixture
def past(engine: Engine) -> None:
    """A past of done jobs, and the statistics a database gathers of them."""
    with Session(engine) as session, session.begin():
        outbox.put_all(session, [("paint", ("things", -number)) for number in range(1, DONE + 1)], is_done=True)
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def plans(engine: Engine, act: Callable[[], Any]) -> list[str]:
    """How the database finds the rows of each statement about jobs that `act` sends."""
    sent: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        if "outbox" in sql and not sql.startswith("INSERT"):
            sent.append((sql, parameters))

    with listening(engine, note):
        act()
    return [_plan(engine, *statement) for statement in sent]


def _plan(engine: Engine, sql: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN (FORMAT JSON) "
    with engine.connect() as connection:
        found = connection.exec_driver_sql(explain + sql, parameters).all()
    return json.dumps([list(map(str, row)) for row in found])


def sent_by(engine: Engine, act: Callable[[], Any]) -> list[str]:
    sent: list[str] = []

    def note(connection: Any, cursor: Any, sql: str, *_: Any) -> None:
        if not sql.startswith(FREE):
            sent.append(sql)

    with listening(engine, note):
        act()
    return sent


@pytest.mark.usefixtures("past")
def test_looking_for_work_goes_through_open_jobs_only(engine: Engine, put: Put) -> None:
    loop = Loop(engine, {"paint": lambda *_: None, "carve": lambda *_: None})
    (idle,) = plans(engine, loop.run_once)
    put("paint")
    looking, claiming, ending, claiming_next = plans(engine, loop.run_once)

    for plan in (idle, looking, claiming, claiming_next):
        assert "ix_outbox_ready" in plan, plan
        assert "uq_outbox" not in plan, plan
    for plan in (idle, looking, claiming, ending, claiming_next):
        assert "SCAN outbox" not in plan, plan
        assert "Seq Scan" not in plan, plan
        assert "autoindex" not in plan, plan


def test_an_idle_worker_asks_one_question(engine: Engine) -> None:
    loop = Loop(engine, {"paint": lambda *_: None})

    assert len(sent_by(engine, loop.run_once)) == 1


def test_each_further_job_costs_its_end_and_the_next_claim(engine: Engine, put: Put) -> None:
    for number in range(5):
        put("paint", number)
    loop = Loop(engine, {"paint": lambda *_: None})

    assert len(sent_by(engine, loop.run_once)) == 1 + 1 + 5 * 2


def test_a_job_that_acts_outside_costs_no_more(engine: Engine, put: Put) -> None:
    for number in range(3):
        put("call", number)
    loop = Loop(engine, {"call": lambda *_: Effect(lambda: None, lambda *_: None)})

    assert len(sent_by(engine, loop.run_once)) == 1 + 1 + 3 * 2


def caller(engine: Engine, needless: int) -> Loop:
    """A worker whose calls leave nothing to paint about one thing."""
    return Loop(engine, {"call": lambda *_: Effect(
        lambda: needless, lambda *_: None, needless=lambda about: ("paint", ("things", about)))})


def test_a_job_that_became_needless_is_done_without_being_run(engine: Engine, put: Put) -> None:
    put("paint", 1)
    put("paint", 2)
    put("call", 1)
    seen: list[int] = []

    assert len(sent_by(engine, caller(engine, 1).run_once)) == 1 + 1 + 2
    Loop(engine, {"paint": lambda _, job: seen.append(job.subject_id)}).run_once()

    assert seen == [2]


def test_a_needless_job_in_a_workers_hands_is_left_to_it(engine: Engine, put: Put) -> None:
    put("paint", 1)
    put("call", 1)
    with Session(engine) as session, session.begin():
        held = outbox.claim(session, ["paint"], LEASE)
    assert held is not None

    assert caller(engine, 1).run_once() == 1

    with Session(engine) as session, session.begin():
        assert outbox.finish(session, held)


@pytest.mark.usefixtures("past")
def test_ending_a_needless_job_too_goes_through_no_more_jobs(engine: Engine, put: Put) -> None:
    put("paint", 1)
    put("call", 1)
    for plan in plans(engine, caller(engine, 1).run_once):
        assert "SCAN outbox" not in plan, plan
        assert "Seq Scan" not in plan, plan
