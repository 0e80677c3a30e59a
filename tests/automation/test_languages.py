"""A customer reads mails in the language of the link, whoever of the house or of the customers brings them about;
the agent reads English."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.automation import reminding
from sales_portal.core import translation
from sales_portal.links import asking, saving, sending
from sales_portal.links.addresses import Addresses
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import REMINDER, Delivery
from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import Loop
from sales_portal.outbox.models import Job
from tests import make
from tests.automation.conftest import BASE_URL, mails
from tests.harness.speech import teach
from tests.harness.time import Clock

AT = datetime(2026, 12, 21, 13, 0, tzinfo=UTC)
URLS = Addresses(BASE_URL)
SWEDISH: dict[str | tuple[str, int], str] = {
    "{agent} at {site}": "{agent} på {site}", "Paid: order {number}": "Betalt: order {number}",
    "Order {number}, {moment}": "Order {number}, {moment}",
    "You paid {total}, {tax} of it tax.": "Du betalade {total}, varav {tax} moms.",
    "Your selection from {agent}": "Ditt urval från {agent}", "Hello {name},": "Hej {name}!",
    "It works until {moment}.": "Gäller till {moment}.", "You pay {total}": "Du betalar {total}",
    "delivery is not charged, tax included": "fri frakt, moms ingår", "See and pay": "Se och betala",
    "Your selection ends on {day}": "Ditt urval gäller till {day}", "Not for you any more?": "Inget för dig längre?",
    "Your payment didn’t go through": "Betalningen gick inte igenom", "Hello,": "Hej!",
    "Your link from {site}": "Din länk från {site}"}


@pytest.fixture(autouse=True)
def _swedish(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    teach(monkeypatch, "sv", SWEDISH)
    clock.set(AT)


@pytest.fixture
def shop(shop: make.Shop, portal: Session) -> make.Shop:
    """A site that speaks English first and Swedish to Sweden."""
    shop.site.languages = "en sv"
    portal.flush()
    return shop


def linked(portal: Session, shop: make.Shop, **terms: object) -> make.Linked:
    made = make.link(portal, make.selection(portal, shop, {shop.bag: 2}), **terms)
    portal.refresh(made.link, ["agent", "site", "market", "customer"])
    return made


def send(portal: Session, made: make.Linked) -> Delivery:
    return sending.send_link(portal, made.link, to="anna@example.com", to_name="Anna Svensson", message="As promised.",
                             urls=URLS, by=made.link.agent.actor)


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def secret_free(text: str) -> str:
    """Without the addresses, which the first mail to somebody makes."""
    return re.sub(r"https://[^\s<\"]+", "", text)


def test_the_receipt_is_swedish_and_the_agents_mail_english(portal: Session, shop: make.Shop, worker: Loop) -> None:
    key = make.order(portal, linked(portal, shop)).id
    portal.commit()
    worker.run_once()

    sent = mails(portal)
    receipt, news = sent["receipt"], sent["agent-paid"]
    assert (receipt.title, receipt.sender_name) == (f"Betalt: order O-{5000 + key}", "Maria på Nordic Home")
    assert f"Order O-{5000 + key}, mån 21 dec., 14:00" in receipt.body_text
    assert "Du betalade 679,00 kr, varav 135,80 kr moms." in plain(receipt.body_text)
    assert '<html lang="sv" dir="ltr">' in receipt.body_html
    assert news.title.startswith("Anna Svensson paid 679,00")
    assert "See the link:" in news.body_text
    assert '<html lang="en" dir="ltr">' in news.body_html


def test_a_sent_link_is_swedish_around_what_the_agent_says(portal: Session, shop: make.Shop) -> None:
    mail = send(portal, linked(portal, shop, ignores_shipping=True, expires_at=AT + timedelta(days=7)))
    assert (mail.title, mail.sender_name) == ("Ditt urval från Maria", "Maria på Nordic Home")
    text = plain(mail.body_text)
    for said in ("Hej Anna!\n\nAs promised.", "Du betalar 620,00 kr, fri frakt, moms ingår.", "Se och betala:",
                 "Gäller till mån 28 dec., 14:00."):
        assert said in text


@pytest.mark.parametrize("template", ["link-ready", REMINDER])
def test_the_preview_is_the_mail_that_is_sent(portal: Session, shop: make.Shop, template: str) -> None:
    made = linked(portal, shop)
    shown = sending.preview(portal, made.link, to="anna@example.com", to_name="Anna Svensson", message="As promised.",
                            template=template, urls=URLS)
    mail = sending.send_link(portal, made.link, to="anna@example.com", to_name="Anna Svensson", template=template,
                             message="As promised.", urls=URLS, by=made.link.agent.actor)
    assert (shown.text.splitlines()[0], shown.title) == ("Hej Anna!", mail.title)
    assert secret_free(shown.text) == secret_free(messaging.display_body(mail).text)
    assert secret_free(shown.html) == secret_free(messaging.display_body(mail).html)
    assert translation.language() == "en"


def test_the_language_the_agent_chose_goes_before_that_of_the_market(portal: Session, shop: make.Shop) -> None:
    made = linked(portal, shop)
    made.link.language = "en"
    assert send(portal, made).title == "Your selection from Maria"


def test_a_site_that_speaks_only_english_writes_english(portal: Session, shop: make.Shop) -> None:
    shop.site.languages = "en"
    assert send(portal, linked(portal, shop)).sender_name == "Maria at Nordic Home"


def test_what_time_says_is_swedish_to_the_customer_and_english_to_the_agent(
        portal: Session, shop: make.Shop, worker: Loop, clock: Clock) -> None:
    shop.site.reminds_days_before = 3
    made = linked(portal, shop, expires_at=AT + timedelta(days=10))
    send(portal, made)
    for topic, seconds in reminding.PERIODIC.items():
        outbox.ensure_periodic(portal, topic, seconds)
    portal.commit()
    worker.run_once()
    clock.advance(days=9, hours=12)
    worker.run_once()

    sent = mails(portal)
    assert sent["link-expiring"].title == "Ditt urval gäller till tors 31 dec."
    assert "Inget för dig längre?" in sent["link-expiring"].body_text
    assert sent["agent-link-expiring"].title == f"{made.link.number} ends on Thu, 31 Dec"


def test_a_failed_payment_is_told_in_swedish(portal: Session, shop: make.Shop, worker: Loop) -> None:
    made = linked(portal, shop)
    payment_id = make.payment(portal, make.visit(portal, made), decision="decline")
    outbox.put(portal, "payment.failed", ("payments", payment_id))
    portal.commit()
    worker.run_once()
    assert mails(portal)["payment-failed"].title == "Betalningen gick inte igenom"


def test_what_a_swedish_visitor_asks_for_reaches_them_in_swedish_and_the_agent_in_english(
        portal: Session, shop: make.Shop) -> None:
    made = linked(portal, shop)
    with translation.speaking("sv"):
        saving.mail_to_customer(portal, made.link, to="anna@example.com", url=f"{BASE_URL}/x")
        asking.ask_agent(portal, made.link, asking.Wish.NEW_LINK, desk_url=BASE_URL)
    saved, asked = portal.scalars(select(Delivery).order_by(Delivery.id)).all()
    assert saved.title == "Din länk från Nordic Home"
    assert saved.body_text.startswith("Hej!\n")
    assert asked.title == "Anna Svensson asks for a new link"
    assert '<html lang="en" dir="ltr">' in asked.body_html


def test_why_no_mail_can_go_to_an_address_is_said_to_the_house_in_english(
        portal: Session, shop: make.Shop, worker: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    teach(monkeypatch, "sv", SWEDISH | {"Enter an e-mail address like name@example.com": "Skriv en e-postadress"})
    order = make.order(portal, linked(portal, shop))
    order.email = "anna@localhost"
    portal.commit()
    worker.run_once()
    dead = portal.scalars(select(Job).where(Job.dead_at.is_not(None))).one()
    assert dead.last_error == "No mail can go to that address: Enter an e-mail address like name@example.com"
