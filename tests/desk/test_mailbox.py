"""The mailbox: every mail the portal sent, shown without letting one of them act."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.links import sending
from sales_portal.links.addresses import Addresses
from sales_portal.messaging.models import Delivery
from tests import make
from tests.harness.app import Answer, Client
from tests.make import Linked, Shop

HOSTILE = '<script>alert("x")</script> & <img src=x onerror=1>'


@pytest.fixture
def manager(signed_in: Callable[[Staff], Client], session: Session, shop: Shop) -> Client:
    """A manager's browser."""
    return signed_in(make.staff(session, "Erik Berg", site=shop.site, role="manager"))


@pytest.fixture
def sent(session: Session, shop: Shop) -> Linked:
    """A link that was mailed to Anna."""
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    sending.send_link(session, made.link, to="anna@example.com", to_name="Anna", message=HOSTILE,
                      urls=Addresses("http://localhost"), by=shop.agent.actor)
    return made


def mail(session: Session) -> str:
    """The address of the one mail there is."""
    return f"/mailbox/{session.scalars(select(Delivery.id)).one()}"


def titles(answer: Answer) -> list[str]:
    """The subjects of the listed mails."""
    return [link.get_text() for link in answer.page.select("#mailbox-list a.row-main")]


def test_a_mail_is_listed_with_recipient_and_state(manager: Client, sent: Linked) -> None:
    words = manager.get("/mailbox").words("#mailbox-list tbody tr")
    assert "anna@example.com" in words
    assert "Queued" in words


def test_state_and_words_narrow_the_list(manager: Client, sent: Linked) -> None:
    for query, number in (("status=queued", 1), ("status=failed", 0), ("q=anna", 1), ("q=bo", 0), ("status=x", 1)):
        assert len(titles(manager.get(f"/mailbox?{query}"))) == number, query


def test_an_empty_mailbox_says_when_it_will_fill(manager: Client) -> None:
    assert manager.get("/mailbox").words("#mailbox-list").startswith("No mails yet.")


def test_the_text_stands_in_the_page_with_the_address_as_the_recipient_reads_it(
        manager: Client, session: Session, sent: Linked) -> None:
    answer = manager.get(mail(session))
    assert f"http://localhost{sent.path}" in answer.words("pre")
    assert HOSTILE in answer.words("pre")
    assert answer.page.select("pre *, iframe") == []


def test_the_html_part_is_a_page_that_can_do_nothing(manager: Client, session: Session, sent: Linked) -> None:
    answer = manager.get(f"{mail(session)}/html")
    assert answer.mimetype == "text/html"
    policy = answer.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox"
    assert sent.token in answer.get_data(as_text=True)
    assert answer.page.select("script, img[onerror]") == []


def test_a_real_portal_keeps_the_address_to_the_recipient(
        app: Flask, manager: Client, session: Session, sent: Linked) -> None:
    app.config["DEMO"] = False
    page, part = manager.get(mail(session)), manager.get(f"{mail(session)}/html")
    assert sent.token not in page.get_data(as_text=True)
    assert sent.token not in part.get_data(as_text=True)
    assert "Its secret address is kept to the recipient." in page.words("#mail-text")


@pytest.mark.parametrize("key", ["0", "77", "9" * 30, "x", "-1"])
def test_an_unknown_mail_is_not_found(manager: Client, key: str) -> None:
    assert manager.get(f"/mailbox/{key}").status_code == 404
    assert manager.get(f"/mailbox/{key}/html").status_code == 404


def test_an_agent_may_not_read_the_mailbox(maria: Client, session: Session, sent: Linked) -> None:
    for path in ("/mailbox", mail(session), f"{mail(session)}/html"):
        answer = maria.get(path)
        assert answer.status_code == 403
        assert "It needs the permission mailbox" in answer.words()
