"""That a person was there: noted once per visitor, never for machines, staff or a mere look."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink
from tests import make
from tests.harness.app import Client
from tests.make import Linked, Shop

MACHINES = ("Mozilla/5.0 (compatible; Googlebot/2.1)", "Slackbot-LinkExpanding 1.0", "WhatsApp/2.23", "curl/8.5",
            "TelegramBot (like TwitterBot)", "facebookexternalhit/1.1", "Microsoft Office SafeLinks", "")


def opened(session: Session) -> int:
    session.rollback()
    return len(session.scalars(select(Event).where(Event.name == "link.opened")).all())


def beacon(client: Client, linked: Linked, **settings: object) -> int:
    url = client.get(linked.path).one("body")["data-opened-url"]
    return client.post(url, **settings).status_code


def test_a_touched_page_is_opened_once_however_often_it_says_so(
        session: Session, linked: Linked, client: Client) -> None:
    assert [beacon(client, linked) for _ in range(3)] == [204, 204, 204]
    assert opened(session) == 1
    assert session.get_one(CheckoutLink, linked.link.id).progress == "opened"


def test_another_visitor_counts_again(session: Session, linked: Linked, client: Client) -> None:
    beacon(client, linked)
    beacon(client, linked, headers={"User-Agent": "Another/1.0"})
    beacon(client, linked, environ_overrides={"REMOTE_ADDR": "10.1.1.1"})
    assert opened(session) == 3


def test_the_mark_of_a_visitor_holds_no_address_and_no_browser(
        session: Session, linked: Linked, client: Client) -> None:
    beacon(client, linked, environ_overrides={"REMOTE_ADDR": "10.1.1.1"})
    session.rollback()
    mark = session.scalars(select(Event.data).where(Event.name == "link.opened")).one()
    assert set(mark) == {"visitor"}
    assert len(mark["visitor"]) == 16
    assert "10.1" not in mark["visitor"]


def test_continue_counts_as_opened_and_is_the_same_visitor(session: Session, linked: Linked, client: Client) -> None:
    beacon(client, linked)
    client.submit(client.get(linked.path), "#offer-form")
    assert opened(session) == 1
    assert session.get_one(CheckoutLink, linked.link.id).progress == "checkout_started"


def test_continue_alone_counts_too(session: Session, linked: Linked, client: Client) -> None:
    client.submit(client.get(linked.path), "#offer-form")
    assert opened(session) == 1


@pytest.mark.parametrize("agent", MACHINES)
def test_a_machine_never_counts(session: Session, linked: Linked, client: Client, agent: str) -> None:
    assert beacon(client, linked, headers={"User-Agent": agent}) == 204
    assert opened(session) == 0


def test_staff_who_look_at_their_own_link_do_not_count(
        session: Session, shop: Shop, linked: Linked, client: Client) -> None:
    client.sign_in("maria@demo.example")
    beacon(client, linked)
    assert opened(session) == 0


def test_a_link_that_ended_is_not_opened_any_more(session: Session, linked: Linked, client: Client) -> None:
    links.revoke_link(session, linked.link, "", by=SYSTEM)
    assert client.post(f"{linked.path}/opened").status_code == 204
    assert opened(session) == 0


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_site_cannot_say_it(
        session: Session, linked: Linked, client: Client, headers: dict[str, str]) -> None:
    assert beacon(client, linked, headers=headers) == 400
    assert opened(session) == 0


def test_looking_alone_is_not_opening(session: Session, shop: Shop, open_client: Callable[[], Client]) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    for _ in range(10):
        open_client().get(linked.path)
        open_client().head(linked.path)
    assert opened(session) == 0
    assert session.get_one(CheckoutLink, linked.link.id).progress == "not_sent"
