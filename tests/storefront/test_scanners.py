"""What opens links before people do: mail scanners, previews, crawlers. None of them uses a link up or counts."""

from collections.abc import Callable
from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.history.models import Event
from sales_portal.inventory.models import Stock
from sales_portal.links.models import CheckoutLink
from tests import make
from tests.harness.app import Client
from tests.make import Linked, Shop
from tests.storefront.walking import Enter

SCANNERS = (
    "Mozilla/5.0 (Windows NT 10.0) Microsoft Office SafeLinks", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com)",
    "WhatsApp/2.23.20.0", "Twitterbot/1.0", "Mozilla/5.0 (compatible; Proofpoint URL Defense)", "Barracuda Sentinel",
    "Mimecast-URL-Scanner", "TelegramBot (like TwitterBot)", "facebookexternalhit/1.1", "Skype-URI-Preview", "curl/8.5",
    "python-requests/2.32", "")
LOOKS: tuple[tuple[str, dict[str, str]], ...] = (("HEAD", {}), ("GET", {}), ("GET", {"Range": "bytes=0-1023"}))
A_BROWSERS_OWN = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"


def standing(session: Session, linked: Linked) -> tuple[str, str, int, int]:
    """Status and progress of the link, its orders, and what of its stock is held."""
    session.rollback()
    link = session.get_one(CheckoutLink, linked.link.id)
    return link.status, link.progress, link.orders_count, sum(session.scalars(select(Stock.held)))


def names(session: Session) -> set[str]:
    session.rollback()
    return set(session.scalars(select(Event.name)))


def test_they_look_again_and_again_and_the_person_after_them_buys(
        session: Session, linked: Linked, open_client: Callable[[], Client], enter: Enter) -> None:
    """T106."""
    session.commit()
    before = standing(session, linked)
    for agent, (method, more) in product(SCANNERS, LOOKS):
        headers = {"User-Agent": agent} | more
        scanner = open_client()
        for _ in range(2):
            answer = scanner.open(linked.path, method=method, headers=headers)
            assert answer.status_code == 200, agent
            assert "Set-Cookie" not in answer.headers
    assert standing(session, linked) == before
    assert "link.opened" not in names(session)
    anna = enter(linked)
    anna.buy()
    assert anna.where == "/receipt"


def test_fifty_looks_and_five_presses_by_bots_leave_the_link_as_it_was(
        session: Session, linked: Linked, open_client: Callable[[], Client]) -> None:
    """C03: Active, uses 0, no "Opened"."""
    bots = {"User-Agent": "Mozilla/5.0 (compatible; Proofpoint URL Defense)"}
    for number in range(50):
        open_client().open(linked.path, method="HEAD" if number % 2 else "GET", headers=bots)
    for _ in range(5):
        bot = open_client()
        token = bot.get(linked.path, headers=bots).one("#offer-form [name=form_token]")["value"]
        assert bot.post(f"{linked.path}/visit", data={"form_token": token}, headers=bots).status_code == 303
    status, _, orders, held = standing(session, linked)
    assert (status, orders, held) == ("active", 0, 0)
    assert "link.opened" not in names(session)


def test_one_that_presses_continue_as_a_browser_would_makes_a_copy_that_harms_nobody(
        session: Session, linked: Linked, open_client: Callable[[], Client], enter: Enter) -> None:
    """T107: it cannot be told from a person; only a purchase uses a link up, and nothing is held for it."""
    scanner = open_client()
    shown = scanner.get(linked.path, headers={"User-Agent": A_BROWSERS_OWN})
    token = shown.one("#offer-form [name=form_token]")["value"]
    there = scanner.post(f"{linked.path}/visit", data={"form_token": token}, headers={"User-Agent": A_BROWSERS_OWN})
    scanner.get(there.location, headers={"User-Agent": A_BROWSERS_OWN})
    assert standing(session, linked)[::2] == ("active", 0)
    anna = enter(linked)
    anna.buy()
    assert anna.where == "/receipt"


def test_a_scanner_at_every_page_of_a_bought_link_changes_nothing(
        session: Session, shop: Shop, linked: Linked, open_client: Callable[[], Client]) -> None:
    session.commit()
    make.order(session, linked)
    before = standing(session, linked)
    for page in ("", "/details", "/delivery", "/payment", "/receipt"):
        assert open_client().get(linked.path + page, headers={"User-Agent": SCANNERS[0]}).status_code in (303, 410)
    assert standing(session, linked) == before
