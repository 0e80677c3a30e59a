"""That a person was there: noted once per visitor, never for machines, staff or a mere look."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink
from sales_portal.storefront import opening
from tests import make
from tests.harness.app import Client, values_of
from tests.harness.time import Clock
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


SAFARI = ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
          "Version/17.5 Mobile/15E148 Safari/604.1")


def test_what_is_kept_of_a_visitor_tells_no_address_and_no_version_of_anything(
        session: Session, linked: Linked, client: Client) -> None:
    """Brief §5.4: form factor and browser family, and no raw IP."""
    beacon(client, linked, environ_overrides={"REMOTE_ADDR": "10.1.1.1"}, headers={"User-Agent": SAFARI})
    session.rollback()
    mark = session.scalars(select(Event.data).where(Event.name == "link.opened")).one()
    assert mark == {"visitor": mark["visitor"], "address": linked.public_id, "device": "phone", "browser": "Safari"}
    assert len(mark["visitor"]) == 16
    assert "10.1" not in mark["visitor"]


@pytest.mark.parametrize(("agent", "device", "browser"), [
    (SAFARI, "phone", "Safari"),
    ("Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/125.0 Mobile Safari/537.36", "phone", "Chrome"),
    ("Mozilla/5.0 (Linux; Android 13; SM-X200) SamsungBrowser/25.0 Chrome/121.0 Safari/537.36", "tablet",
     "Samsung Internet"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/125.0 Safari/537.36 Edg/125.0", "computer", "Edge"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0", "computer", "Firefox"),
    ("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) CriOS/125.0 Mobile/15E148 Safari/604.1", "tablet", "Chrome"),
    ("Something/1.0", "computer", "")])
def test_a_browser_is_known_by_its_family(agent: str, device: str, browser: str) -> None:
    assert (opening.device_of(agent), opening.browser_of(agent)) == (device, browser)


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


@pytest.mark.parametrize("agent", MACHINES)
def test_a_machine_that_presses_continue_moves_nothing(
        session: Session, linked: Linked, client: Client, agent: str) -> None:
    """T106, T107: it gets a harmless copy; the link stays open, and the funnel does not know of it."""
    machine = {"User-Agent": agent}
    shown = client.get(linked.path, headers=machine)
    client.post(f"{linked.path}/visit", data=values_of(shown.one("#offer-form")), headers=machine)
    session.rollback()
    names = session.scalars(select(Event.name).where(Event.subject_type == CheckoutLink.__tablename__)).all()
    assert names.count("link.checked_by_machine") == 1
    assert not {"link.opened", "visit.started"} & set(session.scalars(select(Event.name)))
    link = session.get_one(CheckoutLink, linked.link.id)
    assert (link.progress, link.status) == ("not_sent", "active")
    assert len(session.scalars(select(CheckoutSession)).all()) == 1


def test_automatic_visits_of_one_hour_are_told_once(
        session: Session, linked: Linked, client: Client, clock: Clock) -> None:
    clock.set(clock.now())
    for _ in range(3):
        beacon(client, linked, headers={"User-Agent": MACHINES[0]})
    clock.advance(hours=2)
    beacon(client, linked, headers={"User-Agent": MACHINES[1]})
    session.rollback()
    assert session.scalars(select(Event.name)).all().count("link.checked_by_machine") == 2


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
