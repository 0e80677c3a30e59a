"""The loop as a process lives with it: idle without a lock, through a hiccup, and stopped between two jobs."""

import sqlite3
import threading

from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from sales_portal.outbox.loop import Loop
from sales_portal.outbox.models import Job
from tests.harness.databases import Database
from tests.outbox.conftest import Put, Read


def test_an_idle_worker_takes_no_write_lock(database: Database, engine: Engine) -> None:
    loop = Loop(engine, {"paint": lambda *_: None})
    begins: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _, __, statement, *___: begins.append(statement))
    writer = None
    if database.kind == "sqlite":
        writer = sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")

    assert loop.run_once() == 0

    assert not [sql for sql in begins if "IMMEDIATE" in sql or "UPDATE" in sql]
    if writer is not None:
        writer.close()


def test_it_stops_after_the_job_in_hand(engine: Engine, put: Put, read: Read) -> None:
    first, second = put("paint", 1), put("paint", 2)
    stop = threading.Event()

    def stop_meanwhile(session: Session, job: Job) -> None:
        stop.set()

    Loop(engine, {"paint": stop_meanwhile}).run_forever(stop)

    assert read(first).done_at is not None
    assert read(second).attempts == 0


def test_it_waits_without_work_until_it_is_stopped(engine: Engine, put: Put) -> None:
    stop, seen = threading.Event(), threading.Event()
    loop = Loop(engine, {"paint": lambda *_: seen.set()})
    thread = threading.Thread(target=loop.run_forever, args=(stop,), kwargs={"idle_seconds": 0.01})
    thread.start()
    put("paint")

    assert seen.wait(60)
    stop.set()
    thread.join(60)
    assert not thread.is_alive()


def test_it_goes_on_when_the_database_hiccups(engine: Engine, put: Put, read: Read) -> None:
    job_id = put("paint")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE outbox RENAME TO away"))
    stop, hiccups = threading.Event(), threading.Event()
    loop = Loop(engine, {"paint": lambda *_: stop.set()})
    with capture_logs() as logs:
        thread = threading.Thread(target=loop.run_forever, args=(stop,))
        thread.start()
        while not [entry for entry in logs if entry["event"] == "outbox.hiccup"]:
            hiccups.wait(0.01)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE away RENAME TO outbox"))
        thread.join(60)

    assert read(job_id).done_at is not None
