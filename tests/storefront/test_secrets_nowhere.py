"""Every secret that was given out, looked for afterwards in all the portal keeps and says of itself."""

import json
import logging
import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import Engine, MetaData, select
from sqlalchemy.orm import Session

from sales_portal.links import sending
from sales_portal.links.addresses import Addresses
from sales_portal.orders.models import Order
from tests import make
from tests.harness.mail import SMTPSink
from tests.make import Linked, Shop
from tests.storefront.walking import Customer, Enter

SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def dump(engine: Engine) -> str:
    """Every value of every table, as somebody who got hold of a copy reads it."""
    metadata = MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        rows = [list(row) for table in metadata.sorted_tables for row in connection.execute(table.select())]
    return json.dumps(rows, default=str)


def held_by(customer: Customer) -> set[str]:
    """The tokens in this browser's cookies."""
    return {token for name in ("__Host-visit", "__Host-again") if (token := customer.client.cookie(name)) is not None}


def walk(session: Session, linked: Linked, enter: Enter) -> set[str]:
    """Look, guess, pay once and lose once; gives every secret that came up on the way."""
    anna, bo = enter(linked), enter(linked)
    found = set(linked.path.rsplit("/", 1)[-1:])
    bo.give_details(email="bo@example.com")
    for step in (lambda: anna.look(query_string={"customer_email": "x@"}), anna.go_on,  # type: ignore[arg-type]
                 anna.give_details, anna.pay, lambda: anna.decide("approve"), anna.confirm, anna.look, bo.look):
        shown = step()
        found |= set(SECRET.findall(shown.request.path))
    bo.client.post(f"{linked.path}/payment", data={"form_token": "stale"})
    bo.submit(bo.look(), "#endings-next form")
    bo.client.get(f"/selection/{linked.public_id}/{'A' * 43}")
    return found | held_by(anna) | held_by(bo)


def test_no_secret_stands_in_the_database_the_history_the_mail_log_or_the_log(
        app: Flask, session: Session, shop: Shop, enter: Enter, do_jobs: Callable[[], int], smtp: SMTPSink,
        portals_engine: Engine, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """T101, T102, C08, amendment 13: after a whole purchase with its mails, and after one that came too late."""
    caplog.set_level(logging.DEBUG)
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=smtp.port)
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    sending.send_link(session, linked.link, to="anna@example.com", to_name="Anna", message="Hello",
                      urls=Addresses("http://127.0.0.1"), by=shop.agent.actor)
    do_jobs()
    secrets = walk(session, linked, enter)
    do_jobs()
    session.rollback()
    receipt = Addresses("").receipt_url(session.scalars(select(Order)).one().receipt_token_sealed).rsplit("/", 1)[-1]
    enter(linked).client.get(f"/receipts/{receipt}")
    secrets |= {receipt}

    letters = "\n".join(letter.text("plain") for letter in smtp.letters)
    assert linked.token in letters
    assert receipt in letters
    assert len(secrets) >= 5
    out, err = capfd.readouterr()
    # The mail server that receives the letters logs them too; it is not ours.
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "mail.log")
    places = {"database": dump(portals_engine), "logging": logged, "standard output": out, "standard error": err}
    assert {(name, secret) for name, text in places.items() for secret in secrets if secret in unquote(text)} == set()
