"""Links that skip their first page: the GET that makes a copy and leads on, and everyone for whom it does neither."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from limits import parse
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.application.tables import metadata
from sales_portal.checkout.models import CheckoutSession
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink
from sales_portal.storefront.limits import CLAIMS
from sales_portal.web.extensions import limiter
from tests import make
from tests.harness.app import Client
from tests.harness.statements import Counting
from tests.harness.time import Clock
from tests.make import Linked, Shop
from tests.storefront.walking import DETAILS, Enter

NOT_A_VISIT: list[dict[str, Any]] = [
    {"method": "HEAD"}, {"headers": {"User-Agent": "Slackbot-LinkExpanding 1.0"}},
    {"headers": {"User-Agent": "Mozilla/5.0 (compatible; Proofpoint URL scanner)"}}, {"headers": {"User-Agent": ""}},
    {"headers": {"Sec-Purpose": "prefetch"}}, {"headers": {"X-Moz": "prefetch"}}, {"headers": {"Range": "bytes=0-99"}},
    {"headers": {"Sec-Fetch-Dest": "image"}}, {"query_string": {"preview": "1"}}, {"query_string": {"items": "1"}}]


@pytest.fixture
def skipping(session: Session, shop: Shop) -> Linked:
    """A link for anyone, put on a web page."""
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}, for_anyone=True), policy="reusable",
                     skips_landing=True)
    session.commit()
    return made


def counts(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    session.rollback()
    return {table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables}


def copies(session: Session) -> int:
    return counts(session)["checkout_sessions"]


def test_opening_it_makes_a_copy_and_redirects_to_the_first_page_that_asks(
        session: Session, skipping: Linked, client: Client) -> None:
    """P-01, P-14: of all GETs under a link's address the only one that writes, and this is all it writes."""
    before = counts(session)
    answer = client.get(skipping.path)
    assert (answer.status_code, answer.location) == (303, f"{skipping.path}/details")
    assert answer.headers["Cache-Control"] == "no-store"
    after = counts(session)
    assert {name: after[name] - before[name] for name in before if after[name] != before[name]} == {
        "checkout_sessions": 1, "checkout_session_lines": 2, "visitor_sessions": 1, "history": 1}
    assert client.get(answer.location).status_code == 200


def test_everything_filled_in_leads_straight_to_the_payment(session: Session, shop: Shop, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), policy="reusable", skips_landing=True,
                       prefill=DETAILS | {"country": "SE"})
    anna = enter(linked)
    assert "1 259,00" in anna.look().words("#delivery-bar").replace("\u00a0", " ")
    assert anna.where == "/delivery"


def test_the_copy_lives_a_day_and_the_link_goes_on(
        session: Session, skipping: Linked, enter: Enter, clock: Clock) -> None:
    """P-15, P-16: the session dies, the link lives."""
    anna = enter(skipping)
    anna.look()
    visit = session.scalars(select(CheckoutSession)).one()
    assert visit.expires_at - visit.claimed_at == timedelta(hours=24)
    clock.advance(hours=25)
    anna.look()
    assert anna.where == "/details"


def test_a_browser_that_holds_a_copy_goes_on_with_it_and_writes_nothing(
        session: Session, skipping: Linked, enter: Enter, statements: Counting) -> None:
    anna = enter(skipping)
    anna.look()
    assert anna.where == "/details"
    anna.give_details()
    before = counts(session)
    anna.look()
    assert anna.where == "/delivery"
    assert counts(session) == before
    with statements(at_most=1):
        assert anna.client.get(skipping.path).status_code == 303


@pytest.mark.parametrize("settings", NOT_A_VISIT, ids=str)
def test_machines_and_previews_get_the_first_page_and_nothing_is_written(
        session: Session, skipping: Linked, client: Client, settings: dict[str, Any]) -> None:
    before = counts(session)
    answer = client.open(skipping.path, **{"method": "GET", **settings})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert counts(session) == before


def test_people_of_the_house_get_the_first_page(session: Session, skipping: Linked, client: Client) -> None:
    client.sign_in("maria@demo.example")
    assert client.get(skipping.path).words("h1") == "Maria picked these for you"
    assert copies(session) == 0


def test_a_look_tells_the_agent_nothing_until_a_person_acts(
        session: Session, skipping: Linked, client: Client) -> None:
    """A scanner that calls itself a browser makes a harmless copy, and nobody is told that a customer came."""
    def told() -> tuple[str, bool]:
        session.rollback()
        names = set(session.scalars(select(Event.name)))
        return session.get_one(CheckoutLink, skipping.link.id).progress, "link.opened" in names

    shown = client.get(client.get(skipping.path).location)
    assert told() == ("not_sent", False)
    client.post(str(shown.one("body")["data-opened-url"]))
    assert told() == ("opened", True)
    client.submit(shown, "#details-form", **DETAILS)
    assert told() == ("checkout_started", True)


def test_details_sent_without_a_script_tell_that_a_person_came(
        session: Session, skipping: Linked, enter: Enter) -> None:
    anna = enter(skipping)
    anna.look()
    anna.give_details()
    session.rollback()
    assert session.get_one(CheckoutLink, skipping.link.id).progress == "checkout_started"
    assert "link.opened" in set(session.scalars(select(Event.name)))


def test_the_items_can_be_looked_at_from_every_step(skipping: Linked, enter: Enter) -> None:
    anna = enter(skipping)
    anna.look()
    anna.give_details()
    items = str(anna.look("/delivery").page.select(".steps a")[0]["href"])
    assert anna.client.get(items).words("h1") == "Maria picked these for you"


def revoke(session: Session, _: Shop, linked: Linked) -> None:
    links.revoke_link(session, linked.link, "", by=SYSTEM)


def pause(session: Session, _: Shop, linked: Linked) -> None:
    links.pause_link(session, linked.link, by=SYSTEM)


def sell_out(session: Session, shop: Shop, _: Linked) -> None:
    inventory.set_on_hand(session, shop.chair.id, shop.warehouse.id, 0, by=SYSTEM)


@pytest.mark.parametrize(("end", "status", "headline"), [
    (revoke, 410, "Maria withdrew this link"), (pause, 200, "This offer is on hold"),
    (sell_out, 200, "These just sold out")])
def test_a_link_nobody_can_buy_from_says_so(
        session: Session, shop: Shop, skipping: Linked, client: Client,
        end: Callable[[Session, Shop, Linked], None], status: int, headline: str) -> None:
    end(session, shop, skipping)
    shown = client.get(skipping.path)
    assert (shown.status_code, shown.words("h1")) == (status, headline)
    assert copies(session) == 0


def test_who_has_to_pick_is_asked_that_first(session: Session, shop: Shop, client: Client) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.bag: 1}, for_anyone=True),
                       policy="reusable", skips_landing=True, changes="pick_one")
    assert client.get(linked.path).page.select("#offer-form [name=line_no]")
    assert copies(session) == 0
    there = client.get(linked.path, query_string={"product_id": shop.bag.product_id, "theme": "dark"})
    assert there.location == f"{linked.path}/details?theme=dark"
    assert client.get(there.location).one("html")["data-theme"] == "dark"
    session.rollback()
    assert session.scalars(select(CheckoutSession)).one().lines[0].title == "Linen bag"


def test_what_the_address_brings_along_is_in_the_copy(session: Session, skipping: Linked, client: Client) -> None:
    client.get(skipping.path, query_string={"customer_email": "bo@example.com", "utm_source": "blog"})
    visit = session.scalars(select(CheckoutSession)).one()
    assert (visit.email, visit.session_metadata) == ("bo@example.com", {"utm_source": "blog"})


def test_a_flood_of_looks_makes_no_more_copies_than_anybody_needs_and_shows_the_first_page(
        session: Session, skipping: Linked, client: Client) -> None:
    limiter.limiter.hit(parse(CLAIMS), "looks", skipping.public_id, cost=600)
    assert client.get(skipping.path).status_code == 200
    assert copies(session) == 0
