"""The secret address of a mail stands in the mail, and nowhere else."""

import json

from sqlalchemy import Engine, MetaData
from sqlalchemy.orm import Session

from sales_portal.core.money import Money
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.messaging.rendering import URL_PLACEHOLDER
from tests.harness.mail import SMTPSink
from tests.messaging.conftest import BRAND, SECRET_URL, SIGNATURE, Queue, Read, Work

TOKEN = SECRET_URL.rsplit("/", 1)[-1]


def dump(engine: Engine) -> str:
    """Every value of every table."""
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        rows = [list(row) for table in metadata.sorted_tables for row in connection.execute(table.select())]
    return json.dumps(rows, default=str)


def test_no_table_holds_the_token_before_or_after_sending(
        engine: Engine, smtp: SMTPSink, queue: Queue, work: Work) -> None:
    queue()
    assert TOKEN not in dump(engine)

    work(smtp.port).run_once()

    assert TOKEN in smtp.letters[0].text("plain")
    kept = dump(engine)
    assert TOKEN not in kept
    assert URL_PLACEHOLDER in kept
    assert "anna@example.com" in kept


def test_a_server_that_quotes_the_address_in_its_refusal_makes_nobody_repeat_it(
        engine: Engine, smtp: SMTPSink, queue: Queue, delivery: Read, work: Work,
        logged: list[dict[str, object]]) -> None:
    queue()
    smtp.answer = f"554 Message contains a bad address <{SECRET_URL}>, see https://spam.example/why"

    work(smtp.port).run_once()

    assert TOKEN not in dump(engine)
    assert TOKEN not in json.dumps(logged, default=str)
    assert "https://spam.example/why" in str(delivery().failure)


def test_the_address_is_shown_whole_to_those_who_may_see_the_mail(engine: Engine, queue: Queue) -> None:
    url = "https://other.example/pay?basket=1&hash=s3cret"
    kept = queue(url=url)

    with Session(engine) as session:
        bodies = messaging.display_body(session.get_one(Delivery, kept.id))

    assert url in bodies.text.splitlines()
    assert 'href="https://other.example/pay?basket=1&amp;hash=s3cret"' in bodies.html
    assert URL_PLACEHOLDER not in bodies.text + bodies.html


def test_what_a_person_typed_cannot_bring_an_address_into_a_mail_that_has_none(
        engine: Engine, queue: Queue) -> None:
    kept = queue(template="payment-failed", url=None, context={
        "brand": BRAND, "agent": SIGNATURE, "first_name": URL_PLACEHOLDER, "total": Money(1, "SEK")})

    with Session(engine) as session:
        bodies = messaging.display_body(session.get_one(Delivery, kept.id))

    assert URL_PLACEHOLDER in bodies.text
