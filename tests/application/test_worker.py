"""The worker as a process of its own and as a thread beside the web: it works, waits and stops as it should."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from sales_portal.application import migrating, worker
from sales_portal.application.factory import create_app
from sales_portal.core import db, tokens
from sales_portal.history.service import SYSTEM, Reference
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.outbox.models import Job
from tests.harness.databases import Database
from tests.harness.mail import SMTPSink
from tests.harness.server import ROOT
from tests.messaging.conftest import SECRET_URL, link_ready

ALONE = ("-m", "flask", "--app", "app", "worker")
# Ends by itself once nobody writes to it any more.
BESIDE_THE_WEB = ("-c", "import sys, app; sys.stdin.read()")
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(database: Database) -> Iterator[Start]:
    """`start(*arguments)` runs Python on the test's database; what still runs after the test is ended."""
    started: list[subprocess.Popen[str]] = []

    def starting(*arguments: str, **settings: str) -> subprocess.Popen[str]:
        environment = os.environ | {"DATABASE_URL": database.url} | settings
        process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started.append(process)
        return process

    yield starting
    for process in started:
        process.kill()
        process.communicate()


def put_mail(session: Session) -> None:
    messaging.queue_mail(
        session, template="link-ready", to="anna@example.com", to_name="Anna", sender_name="Maria at Nordlight",
        reply_to=None, subject=Reference("checkout_links", 87), context=link_ready(), url=SECRET_URL, by=SYSTEM)
    session.commit()


def wait_for(condition: Callable[[], bool], seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def state_of_the_mail(session: Session) -> str:
    session.rollback()
    return session.scalars(select(Delivery.state)).one()


def error_of_the_job(session: Session) -> str | None:
    session.rollback()
    return session.scalars(select(Job.last_error).where(Job.topic == "mail.send")).one()


@pytest.mark.parametrize(("database", "number"), [("sqlite", signal.SIGINT), ("postgresql", signal.SIGTERM)],
                         indirect=["database"])
def test_the_worker_process_sends_what_waits_and_ends_when_told(
        session: Session, smtp: SMTPSink, start: Start, number: signal.Signals) -> None:
    put_mail(session)

    process = start(*ALONE, MAIL_SERVER="127.0.0.1", MAIL_PORT=str(smtp.port), MAIL_SENDER="sales@nordlight.example")
    wait_for(lambda: state_of_the_mail(session) == "sent")
    process.send_signal(number)

    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "")
    assert [letter.sender for letter in smtp.letters] == ["sales@nordlight.example"]
    assert set(session.scalars(select(Job.topic).where(Job.every_seconds.is_not(None)))) == set(worker.PERIODIC)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_worker_beside_the_web_sends_what_waits_and_lets_its_process_end(session: Session, start: Start) -> None:
    put_mail(session)

    process = start(*BESIDE_THE_WEB, EMBEDDED_WORKER="1")
    wait_for(lambda: state_of_the_mail(session) == "sent")

    said = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, ("", ""))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_goes_wrong_is_logged_without_the_values_of_variables(session: Session, start: Start) -> None:
    put_mail(session)
    session.execute(update(Delivery).values(sealed_url=tokens.seal(SECRET_URL, "of another purpose")))
    session.commit()

    process = start(*ALONE, MAIL_SERVER="127.0.0.1", MAIL_PORT="1")
    wait_for(lambda: error_of_the_job(session) is not None)
    process.terminate()

    _, said = process.communicate(timeout=60)
    (line,) = [json.loads(line) for line in said.splitlines()]
    assert (line["event"], line["level"], line["topic"], line["attempts"]) == ("job.failed", "warning", "mail.send", 1)
    assert "CannotOpen" in line["exception"]
    assert "anna@example.com" not in said


def test_one_thread_works_for_an_app(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app({"SQLALCHEMY_DATABASE_URI": database.url})
    ended: list[Callable[[], None]] = []
    monkeypatch.setattr("atexit.register", ended.append)

    first, second = worker.start_thread(app), worker.start_thread(app)

    assert first is second
    assert first.daemon
    (end,) = ended
    end()
    assert not first.is_alive()
    with app.app_context():
        worker.db.engine.dispose()


def test_a_worker_that_starts_before_the_database_is_ready_waits_for_it(
        empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "SECONDS_BETWEEN_STARTS", 0.05)
    app = create_app({"SQLALCHEMY_DATABASE_URI": empty_database_url})
    stop, engine = threading.Event(), db.engine_for(empty_database_url)
    with capture_logs() as logs:
        thread = threading.Thread(target=worker.work, args=(app, stop))
        thread.start()
        wait_for(lambda: any(entry["event"] == "worker.cannot_start" for entry in logs))
        migrating.upgrade(engine)
        with Session(engine) as session:
            put_mail(session)
            # Who looks again and again must not take the write lock for it: the worker would wait for its turn.
            looking = db.reading.set(True)
            wait_for(lambda: state_of_the_mail(session) == "sent")
            db.reading.reset(looking)
        stop.set()
        thread.join(60)

    assert not thread.is_alive()
    engine.dispose()
    with app.app_context():
        worker.db.engine.dispose()


def test_the_settings_of_mails_come_from_the_configuration(app: Flask) -> None:
    assert worker.mail_settings(app.config) is None
    app.config.update(MAIL_SERVER="smtp.example", MAIL_PORT=2525, MAIL_SENDER="a@b.example", MAIL_USE_TLS=True,
                      MAIL_USERNAME="portal", MAIL_PASSWORD="open sesame")

    settings = worker.mail_settings(app.config)

    assert settings is not None
    assert (settings.server, settings.port, settings.sender, settings.tls, settings.ssl, settings.username,
            settings.password) == ("smtp.example", 2525, "a@b.example", True, False, "portal", "open sesame")
    assert "open sesame" not in repr(settings)


def test_every_topic_that_is_put_somewhere_has_a_handler(app: Flask) -> None:
    put = {"mail.send", "mail.bounced", "order.placed", "order.receipt", "order.agent_paid", "payment.capture",
           "payment.void", "payment.resolve", "provider.event", "alert.raised"}

    assert put | set(worker.PERIODIC) <= set(worker.handlers(app))
