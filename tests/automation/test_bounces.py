"""A link whose mail does not arrive shows it, unless its customer came all the same."""

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sales_portal.automation import jobs as automation
from sales_portal.links import sending
from sales_portal.links import service as links
from sales_portal.links.addresses import Addresses
from sales_portal.messaging import jobs as mail_jobs
from sales_portal.messaging import service as messaging
from sales_portal.messaging.mail import MailSettings, Smtp
from sales_portal.outbox.loop import Loop
from tests import make
from tests.automation.conftest import BASE_URL, mails
from tests.harness.mail import SMTPSink


@pytest.fixture
def posting(engine: Engine, smtp: SMTPSink) -> Loop:
    """A worker that sends to a real server."""
    transport = Smtp(Flask("mails"), MailSettings("127.0.0.1", "sales@demo.example", smtp.port))
    return Loop(engine, automation.handlers(Addresses(BASE_URL)) | mail_jobs.handlers(transport))


@pytest.fixture
def linked(portal: Session, shop: make.Shop) -> make.Linked:
    """A link sent to Anna."""
    made = make.link(portal, make.selection(portal, shop, {shop.bag: 1}))
    portal.refresh(made.link, ["agent", "site", "market"])
    sending.send_link(portal, made.link, to="anna@example.com", to_name="Anna Svensson", message="",
                      urls=Addresses(BASE_URL), by=shop.agent.actor)
    portal.commit()
    return made


def progress(session: Session, linked: make.Linked) -> str:
    session.refresh(linked.link)
    return linked.link.progress


def test_a_refused_mail_shows_on_the_link(portal: Session, linked: make.Linked, posting: Loop, smtp: SMTPSink) -> None:
    smtp.answer = "550 5.1.1 No such user here"
    assert progress(portal, linked) == "sent"
    portal.rollback()

    posting.run_once()

    assert progress(portal, linked) == "bounced"


def test_the_agent_is_told_of_it_with_the_address_probably_meant(
        portal: Session, shop: make.Shop, posting: Loop, smtp: SMTPSink) -> None:
    """Brief §3.12: Correct and resend, with the likely fix. Of their own mail that bounces nobody is told."""
    made = make.link(portal, make.selection(portal, shop, {shop.bag: 1}, for_anyone=True))
    portal.refresh(made.link, ["agent", "site", "market"])
    sent = sending.send_link(portal, made.link, to="anna@gmial.com", to_name="", urls=Addresses(BASE_URL),
                             by=shop.agent.actor)
    portal.commit()
    smtp.answer = "550 5.1.1 No such user here"
    while posting.run_once():
        pass
    told = mails(portal)["agent-mail-bounced"]
    assert (told.recipient, told.state) == ("maria@demo.example", "failed")
    assert "Did you mean anna@gmail.com?" in told.body_text
    assert messaging.unsealed_url(told) == f"{BASE_URL}/links/{made.link.number}/sending?correct={sent.id}"


def test_one_of_two_recipients_who_is_not_reached_shows_on_the_link(
        portal: Session, linked: make.Linked, posting: Loop, smtp: SMTPSink) -> None:
    posting.run_once()
    smtp.answer = "550 5.1.1 No such user here"
    portal.refresh(linked.link, ["agent", "site", "market"])
    sending.send_link(portal, linked.link, to="bo@example.com", to_name="", urls=Addresses(BASE_URL),
                      by=linked.link.agent.actor)
    portal.commit()
    posting.run_once()
    assert progress(portal, linked) == "bounced"


def test_an_accepted_mail_shows_on_the_link_as_delivered(
        portal: Session, linked: make.Linked, posting: Loop, smtp: SMTPSink) -> None:
    posting.run_once()

    assert progress(portal, linked) == "delivered"
    assert f"{BASE_URL}{linked.path}" in smtp.letters[0].text("plain").splitlines()


def test_a_customer_who_opened_the_link_all_the_same_is_not_forgotten(
        portal: Session, linked: make.Linked, posting: Loop, smtp: SMTPSink) -> None:
    smtp.answer = "550 5.1.1 No such user here"
    links.mark_progress(portal, linked.link, "opened")
    portal.commit()

    posting.run_once()

    assert progress(portal, linked) == "opened"
