"""An order that stands tells its customer and its agent, each once."""

import io
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from sales_portal.accounts import service as accounts
from sales_portal.checkout import adding
from sales_portal.core import tokens
from sales_portal.history import queries as history
from sales_portal.history.service import SYSTEM
from sales_portal.messaging import picture_urls
from sales_portal.messaging import service as messaging
from sales_portal.orders import placing
from sales_portal.orders.models import Order
from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import Loop
from sales_portal.outbox.models import Job
from sales_portal.selections.models import SelectionLine
from sales_portal.sites import service as sites
from tests import make
from tests.automation.conftest import BASE_URL, mails
from tests.harness.app import Client
from tests.harness.markup import parse
from tests.harness.statements import FREE, listening

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><path d="M0 0h40v10z"/></svg>'


def buy(session: Session, shop: make.Shop, **details: object) -> tuple[make.Linked, int]:
    """Anna buys two bags and a cap over a link; gives the link and the order's id."""
    linked = make.link(session, make.selection(session, shop, {shop.bag: 2, shop.cap: 1}))
    order = make.order(session, linked, **details)
    key = order.id
    session.commit()
    return linked, key


def test_the_customer_gets_the_receipt_and_the_agent_the_news(
        portal: Session, shop: make.Shop, worker: Loop) -> None:
    linked, key = buy(portal, shop)
    worker.run_once()

    sent = mails(portal)
    assert set(sent) == {"receipt", "agent-paid"}
    receipt, news = sent["receipt"], sent["agent-paid"]
    assert {receipt.state, news.state} == {"sent"}
    assert (receipt.recipient, receipt.recipient_name, receipt.sender_name, receipt.reply_to) == (
        "anna@example.com", "Anna Svensson", "Maria at Nordic Home", "maria@demo.example")
    assert receipt.title == f"Paid: order O-{5000 + key}"
    assert (news.recipient, news.recipient_name, news.sender_name, news.reply_to) == (
        "maria@demo.example", "Maria Lind", "Nordic Home", "anna@example.com")
    assert news.title == f"Anna Svensson paid 1 639,00 kr for {linked.link.number}"


def test_the_receipt_says_what_was_paid_and_where_to_see_it(portal: Session, shop: make.Shop, worker: Loop) -> None:
    _, key = buy(portal, shop)
    worker.run_once()

    text = messaging.display_body(mails(portal)["receipt"]).text.replace("\xa0", " ")
    assert "2 × Linen bag: 620,00 kr" in text
    assert "1 × Wool cap: 960,00 kr" in text
    assert "PostNord to the door: 59,00 kr" in text
    assert "You paid 1 639,00 kr, 327,80 kr of it tax." in text
    (address,) = [line for line in text.splitlines() if line.startswith(f"{BASE_URL}/receipts/")]
    digest = tokens.digest(address.rsplit("/", 1)[-1])
    assert portal.scalar(select(func.count()).select_from(Order)
                         .where(Order.id == key, Order.receipt_token_sha256 == digest)) == 1



def test_the_receipt_says_what_was_asked_of_a_line(portal: Session, shop: make.Shop, worker: Loop) -> None:
    selection = make.selection(portal, shop, {shop.bag: 1})
    portal.scalars(select(SelectionLine).where(SelectionLine.selection_id == selection.id)).one().answers = [
        {"slug": "engraving", "label": "Engraving", "answer": "Anna <3", "unit": 1}]
    portal.flush()
    make.order(portal, make.link(portal, selection))
    portal.commit()
    worker.run_once()

    body = messaging.display_body(mails(portal)["receipt"])
    assert "Linen bag: 310,00 kr\n  Engraving: Anna <3\n" in body.text.replace("\xa0", " ")
    assert "Engraving: Anna &lt;3</span>" in body.html

def test_the_receipt_names_what_the_customer_added(portal: Session, shop: make.Shop, worker: Loop) -> None:
    linked = make.link(portal, make.selection(portal, shop, {shop.bag: 2}), changes="more", may_add_products=True)
    visit = make.visit(portal, linked)
    adding.add(portal, visit, linked.link, shop.cap.id)
    placing.place_order(portal, make.payment(portal, visit), {"test": make.gateway(portal)}, source="customer")
    worker.run_once()

    text = messaging.display_body(mails(portal)["receipt"]).text.replace("\xa0", " ")
    assert "2 × Linen bag: 620,00 kr\n1 × Wool cap: 960,00 kr" in text
    assert "1 639,00 kr" in text


def test_the_agent_is_led_to_the_link(portal: Session, shop: make.Shop, worker: Loop) -> None:
    linked, _ = buy(portal, shop)
    worker.run_once()

    text = messaging.display_body(mails(portal)["agent-paid"]).text
    assert f"{BASE_URL}/links/{linked.link.number}" in text.splitlines()
    assert linked.token not in text


def test_each_mail_is_written_once_however_often_the_worker_looks(
        portal: Session, shop: make.Shop, worker: Loop) -> None:
    buy(portal, shop)
    for _ in range(3):
        worker.run_once()

    assert set(mails(portal)) == {"receipt", "agent-paid"}
    topics = portal.scalars(select(Job.topic).where(Job.subject_type == "orders")).all()
    assert sorted(topics) == ["order.agent_paid", "order.placed", "order.receipt"]


def test_the_mails_stand_on_the_timeline_of_the_link(portal: Session, shop: make.Shop, worker: Loop) -> None:
    linked, _ = buy(portal, shop)
    worker.run_once()

    facts = portal.scalars(history.list_timeline(linked.link)).all()
    titles = [(fact.name, fact.data["to"]) for fact in facts if fact.name.startswith("mail.")]
    assert sorted(titles) == [
        ("mail.queued", "anna@example.com"), ("mail.queued", "maria@demo.example"),
        ("mail.sent", "anna@example.com"), ("mail.sent", "maria@demo.example")]


def test_an_address_no_mail_can_go_to_keeps_the_agent_informed(
        portal: Session, shop: make.Shop, worker: Loop) -> None:
    _, key = buy(portal, shop)
    portal.get_one(Order, key).email = "anna@localhost"
    portal.commit()

    worker.run_once()

    assert set(mails(portal)) == {"agent-paid"}
    assert mails(portal)["agent-paid"].reply_to is None
    dead = portal.scalars(select(Job).where(Job.dead_at.is_not(None))).one()
    assert dead.topic == "order.receipt"
    assert dead.last_error == "No mail can go to that address: Enter an e-mail address like name@example.com"


def test_where_the_agent_has_left_the_site_takes_over(portal: Session, shop: make.Shop, worker: Loop) -> None:
    buy(portal, shop)
    shop.agent.is_active = False
    portal.commit()

    worker.run_once()

    sent = mails(portal)
    assert (sent["receipt"].sender_name, sent["receipt"].reply_to) == ("Nordic Home", "hello@demo.example")
    assert sent["agent-paid"].recipient == "hello@demo.example"


def test_where_the_agent_has_left_their_successor_signs_and_reads_the_answers(
        portal: Session, shop: make.Shop, worker: Loop) -> None:
    buy(portal, shop)
    erik = make.staff(portal, "Erik Holm", site=shop.site, email="erik@demo.example")
    accounts.leave(portal, shop.agent, erik, by=SYSTEM)
    portal.commit()

    worker.run_once()

    sent = mails(portal)
    assert (sent["receipt"].sender_name, sent["receipt"].reply_to) == ("Erik at Nordic Home", "erik@demo.example")
    assert (sent["agent-paid"].recipient, sent["agent-paid"].recipient_name) == ("erik@demo.example", "Erik Holm")


def test_mails_show_the_logo_and_the_photo_of_whoever_signs(
        portal: Session, shop: make.Shop, worker: Loop, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_urls, "_base_url", BASE_URL)
    accounts.set_photo(portal, shop.agent, make.picture())
    sites.set_logo(portal, shop.site, "light", LOGO, by=SYSTEM)
    buy(portal, shop)
    portal.commit()

    worker.run_once()

    shown = parse(mails(portal)["receipt"].body_html).select("img")
    assert [(picture["alt"], picture["height"]) for picture in shown] == [("Nordic Home", "32"), ("", "44")]
    assert {"/".join(picture["src"].split("/")[:3]) for picture in shown} == {BASE_URL}
    sizes = []
    for picture in shown:
        answer = client.get(urlsplit(picture["src"]).path)
        assert answer.status_code == 200
        sizes.append(Image.open(io.BytesIO(answer.data)).size)
    assert sizes == [(256, 64), (168, 168)]


def test_an_order_that_is_gone_is_given_up(portal: Session, worker: Loop) -> None:
    outbox.put(portal, "order.receipt", ("orders", 10**6))
    portal.commit()

    worker.run_once()

    assert portal.scalars(select(Job.last_error)).one() == "The order does not exist any more"


def test_telling_both_reads_the_order_once(engine: Engine, portal: Session, shop: make.Shop, worker: Loop) -> None:
    buy(portal, shop)
    sent: list[str] = []

    def note(connection: Any, cursor: Any, sql: str, *_: Any) -> None:
        sent.append(sql)

    with listening(engine, note):
        worker.run_once()

    assert len([sql for sql in sent if "FROM orders" in sql]) == 1
    assert len([sql for sql in sent if not sql.startswith(FREE)]) <= 20, "\n".join(sent)
