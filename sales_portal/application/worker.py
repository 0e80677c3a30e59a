"""The worker: every topic with its handler, as a thread beside the web or as a process of its own."""

import atexit
import gc
import signal
import threading
from collections.abc import Mapping
from types import FrameType
from typing import Any

import structlog
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.application import logs
from sales_portal.automation import alerts, approvals, undo_asking, undoing
from sales_portal.automation import jobs as automation
from sales_portal.automation import webhooks as following_webhooks
from sales_portal.core.direct import Direct
from sales_portal.messaging import jobs as messaging
from sales_portal.messaging import webhooks
from sales_portal.messaging.mail import MailSettings, Smtp
from sales_portal.orders import inbox, watching
from sales_portal.orders import jobs as orders
from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import Handler, Loop
from sales_portal.web.extensions import db

PERIODIC: Mapping[str, int] = {**automation.PERIODIC, **watching.PERIODIC, **following_webhooks.PERIODIC}
"""Topics done again and again: how many seconds apart."""
IN_A_LANE_OF_THEIR_OWN = (webhooks.DELIVER,)
"""Topics whose other side is anybody: it may take its time, and neither captures nor mails wait for it."""
SECONDS_TO_STOP = 5.0
SECONDS_BETWEEN_STARTS = 2.0
SECONDS_BETWEEN_SLOW_ONES = 2.0

log = structlog.get_logger()


def run(app: Flask) -> None:
    """Work until SIGTERM or SIGINT, which both end it after the job in hand."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    # What the start made stays to the end: looking through it for garbage costs more than many jobs.
    gc.collect()
    gc.freeze()
    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        work(app, stop)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def start_thread(app: Flask) -> threading.Thread:
    """Start the one worker thread of `app`; it ends with the process, after the job in hand."""
    running: threading.Thread | None = app.extensions.get("worker")
    if running is not None and running.is_alive():
        return running
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(app, stop), name="worker", daemon=True)

    def end() -> None:
        stop.set()
        thread.join(SECONDS_TO_STOP)

    atexit.register(end)
    app.extensions["worker"] = thread
    thread.start()
    return thread


def work(app: Flask, stop: threading.Event) -> None:
    """Do jobs until `stop` is set; a database that is not there yet is waited for."""
    logs.configure()
    sessions = _sessions(app)
    while not stop.is_set():
        try:
            _ensure_periodic(sessions)
            break
        except Exception:
            log.exception("worker.cannot_start")
            stop.wait(SECONDS_BETWEEN_STARTS)
    every = handlers(app)
    slow = Loop(sessions, {topic: every.pop(topic) for topic in IN_A_LANE_OF_THEIR_OWN})
    beside = threading.Thread(target=slow.run_forever, args=(stop, SECONDS_BETWEEN_SLOW_ONES), name="slow", daemon=True)
    beside.start()
    Loop(sessions, every).run_forever(stop)
    beside.join(SECONDS_TO_STOP)


def handlers(app: Flask) -> dict[str, Handler]:
    """Every topic of the portal. A rung that has jobs adds its own here."""
    return {
        **messaging.handlers(_transport(app)),
        **orders.handlers(_sessions(app), app.extensions["gateways"]),
        **automation.handlers(app.extensions["addresses"]),
        **inbox.handlers(_sessions(app), app.extensions["gateways"]),
        **watching.handlers(_sessions(app), app.extensions["gateways"]),
        **alerts.handlers(app.extensions["addresses"]),
        **approvals.handlers(app.extensions["addresses"]),
        **undoing.handlers(app.extensions["addresses"]),
        **undo_asking.handlers(app.extensions["addresses"]),
        **following_webhooks.handlers(),
        **webhooks.handlers(app.extensions["receivers"]),
    }


def mail_settings(config: Mapping[str, Any]) -> MailSettings | None:
    """Where mails are handed over; None where no server is named, and mails stay in the portal's mailbox."""
    if not config["MAIL_SERVER"]:
        return None
    return MailSettings(
        server=config["MAIL_SERVER"], port=config["MAIL_PORT"], sender=config["MAIL_SENDER"],
        tls=config["MAIL_USE_TLS"], ssl=config["MAIL_USE_SSL"], username=config["MAIL_USERNAME"],
        password=config["MAIL_PASSWORD"])


def _transport(app: Flask) -> Smtp | None:
    settings = mail_settings(app.config)
    return Smtp(app, settings) if settings is not None else None


def _sessions(app: Flask) -> sessionmaker[Session]:
    # The app's own engine: on SQLite its threads queue for the write lock instead of racing for it.
    with app.app_context():
        return sessionmaker(db.engine, class_=Direct)


def _ensure_periodic(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        for topic, seconds in PERIODIC.items():
            outbox.ensure_periodic(session, topic, seconds)
