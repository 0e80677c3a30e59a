"""A mail server that is slow or away keeps no customer waiting and loses no mail."""

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from sales_portal.messaging.models import Delivery
from tests import make
from tests.harness.app import Client
from tests.harness.mail import SMTPSink
from tests.harness.server import free_port
from tests.harness.time import Clock
from tests.storefront.walking import Customer

AN_HOUR_IN_MINUTES, STEP = 60, 5
SILENT_SECONDS = 10


@pytest.fixture
def customer(client: Client, session: Session, kept_shop: make.Shop) -> Customer:
    """Somebody at a link to a bag."""
    return Customer(client, make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1})))


@pytest.fixture
def mute() -> Iterator[int]:
    """The port of a mail server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_mail_server_that_says_nothing_is_not_waited_for_by_the_customer(
        app: Flask, customer: Customer, mute: int) -> None:
    """C55: a page that asked it would wait for ten seconds."""
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=mute)
    began = time.monotonic()
    assert customer.buy().request.path.endswith("/receipt")
    assert time.monotonic() - began < SILENT_SECONDS


def test_after_an_hour_without_a_mail_server_every_mail_arrives_once(
        app: Flask, customer: Customer, session: Session, smtp: SMTPSink, do_jobs: Callable[[], int],
        clock: Clock) -> None:
    """C54: the order and its money do not wait for it."""
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=free_port(), MAIL_USE_TLS=False)
    customer.buy()
    with capture_logs():
        for _ in range(AN_HOUR_IN_MINUTES // STEP):
            do_jobs()
            clock.advance(minutes=STEP)
        states = set(session.scalars(select(Delivery.state)))
        app.config["MAIL_PORT"] = smtp.port
        for _ in range(AN_HOUR_IN_MINUTES // STEP):
            clock.advance(minutes=STEP)
            do_jobs()
    session.rollback()
    assert states == {"queued"}
    deliveries = session.scalars(select(Delivery)).all()
    assert {delivery.state for delivery in deliveries} == {"sent"}
    assert Counter(letter.message["Message-ID"] for letter in smtp.letters) == {
        delivery.message_id: 1 for delivery in deliveries}
    assert smtp.to("anna@example.com")
