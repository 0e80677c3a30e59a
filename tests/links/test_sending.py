"""Sending a link by mail, the first time and again."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid
from sales_portal.links import sending, service
from sales_portal.links.addresses import Addresses
from sales_portal.links.errors import LinkEnded
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.messaging.rendering import URL_PLACEHOLDER
from sales_portal.outbox.models import Job
from tests import make

URLS = Addresses("https://pay.example")


def send(session: Session, linked: make.Linked, to: str = "anna@example.com", message: str = "") -> Delivery:
    return sending.send_link(session, linked.link, to=to, to_name="Anna Svensson", message=message, urls=URLS,
                             by=linked.link.agent.actor)


@pytest.fixture
def linked(session: Session) -> make.Linked:
    shop = make.shop(session)
    return make.link(session, make.selection(session, shop, {shop.chair: 2}))


def test_a_sent_link_queues_one_mail_with_the_offer_and_moves_the_progress(
        session: Session, linked: make.Linked) -> None:
    mail = send(session, linked, message="As promised.")
    assert (mail.recipient, mail.sender_name, mail.title) == (
        "anna@example.com", "Maria at Nordic Home", "Your selection from Maria")
    assert "As promised." in mail.body_text
    assert "2\u00a0459,00\u00a0kr" in mail.body_text
    session.refresh(linked.link)
    assert linked.link.progress == "sent"
    assert session.scalars(select(Job.topic)).all() == ["mail.send"]


def test_the_secret_address_is_put_in_only_when_the_mail_is_read(session: Session, linked: make.Linked) -> None:
    mail = send(session, linked)
    assert linked.token not in mail.body_text + mail.body_html + str(mail.sealed_url)
    assert URL_PLACEHOLDER in mail.body_text
    assert f"https://pay.example{linked.path}" in messaging.display_body(mail).text


def test_sending_again_carries_the_same_address(session: Session, linked: make.Linked) -> None:
    first, second = (messaging.unsealed_url(send(session, linked)) for _ in range(2))
    assert first == second


def test_a_dead_link_is_not_sent(session: Session, linked: make.Linked) -> None:
    service.revoke_link(session, linked.link, "", by=linked.link.agent.actor)
    with pytest.raises(LinkEnded):
        send(session, linked)


@pytest.mark.parametrize("address", ["", "anna", "anna@example.com, ben@example.com", "anna@example.com\nBcc: x@y.z"])
def test_only_one_real_address_is_taken(session: Session, linked: make.Linked, address: str) -> None:
    with pytest.raises(Invalid):
        send(session, linked, to=address)
    assert session.scalars(select(Delivery)).all() == []
