"""*No thanks*: no more mails that nobody writes, and the agent reads it. Looking at the page changes nothing."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink
from sales_portal.links.notice_models import LinkNotice
from sales_portal.messaging.models import Delivery
from tests.harness.app import Answer, Client
from tests.make import Linked

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def declined(session: Session) -> list[str]:
    """By whom, as far as it is stored."""
    session.rollback()
    return list(session.scalars(select(LinkNotice.about).where(LinkNotice.kind == "declined")))


def page(client: Client, linked: Linked) -> Answer:
    answer = client.get(f"{linked.path}/no-thanks")
    assert isinstance(answer, Answer)
    assert answer.status_code == 200
    return answer


def test_the_page_asks_and_the_button_does_it(session: Session, linked: Linked, client: Client) -> None:
    """Brief §4.9: one-click "No thanks", which tells the agent politely."""
    shown = page(client, linked)
    assert "Not for you any more?" in shown.words("main")
    assert declined(session) == []
    answer = client.submit(shown, "main form")
    assert (answer.status_code, answer.location) == (303, f"{linked.path}/no-thanks")
    assert "Maria knows, and nothing more comes by itself." in page(client, linked).words("main")
    assert declined(session) == [""]
    mail = session.scalars(select(Delivery)).one()
    assert (mail.template, mail.recipient) == ("agent-customer-declined", "maria@demo.example")
    assert mail.title == f"Anna Svensson says no thanks to {linked.link.number}"


def test_a_mail_program_does_it_with_one_post_and_no_page_before(
        session: Session, linked: Linked, client: Client) -> None:
    """RFC 8058: no cookie, no form token, from anywhere."""
    answer = client.post(f"{linked.path}/no-thanks", data=ONE_CLICK, headers={"User-Agent": "Google-Unsubscribe"})
    assert answer.status_code == 204
    assert declined(session) == [""]


def test_twice_is_once(session: Session, linked: Linked, client: Client) -> None:
    for _ in range(2):
        client.post(f"{linked.path}/no-thanks", data=ONE_CLICK)
    assert declined(session) == [""]
    assert len(session.scalars(select(Delivery)).all()) == 1
    assert session.scalars(select(Event.name)).all().count("link.declined") == 1


def test_the_link_goes_on_working(session: Session, linked: Linked, client: Client) -> None:
    client.post(f"{linked.path}/no-thanks", data=ONE_CLICK)
    assert client.get(linked.path).status_code == 200
    session.rollback()
    assert session.get_one(CheckoutLink, linked.link.id).status == "active"


def test_of_a_dead_link_it_can_be_said_too(session: Session, linked: Linked, client: Client) -> None:
    links.revoke_link(session, linked.link, "", by=SYSTEM)
    client.submit(page(client, linked), "main form")
    assert declined(session) == [""]


@pytest.mark.parametrize("data", [{}, {"form_token": "made up"}, {"List-Unsubscribe": "Two-Clicks"}])
def test_another_page_cannot_say_it(
        session: Session, linked: Linked, client: Client, data: dict[str, str]) -> None:
    assert client.post(f"{linked.path}/no-thanks", data=data).status_code == 400
    assert declined(session) == []


def test_a_machine_that_presses_the_button_says_nothing(
        session: Session, linked: Linked, client: Client) -> None:
    machine = {"User-Agent": "Barracuda Sentinel"}
    shown = page(client, linked)
    client.post(f"{linked.path}/no-thanks", headers=machine,
                data={"form_token": str(shown.one("main [name=form_token]")["value"])})
    assert declined(session) == []


def test_a_wrong_address_says_nothing(
        session: Session, linked: Linked, open_client: Callable[[], Client]) -> None:
    assert open_client().post(f"/selection/{linked.public_id}/{'x' * 43}/no-thanks", data=ONE_CLICK).status_code == 404
    assert declined(session) == []
