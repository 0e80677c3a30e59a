"""The first page of a link: what the customer understands at a glance, and what the page gives nobody."""

import gzip
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts import service as accounts
from sales_portal.accounts.models import Staff
from sales_portal.checkout.models import CheckoutSession
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from tests import make
from tests.harness.app import Client, values_of
from tests.harness.statements import Counting
from tests.harness.time import Clock
from tests.make import Linked, Shop
from tests.storefront.walking import Enter


def test_it_says_who_sent_it_what_is_in_it_what_it_costs_and_until_when(
        session: Session, shop: Shop, client: Client, clock: Clock) -> None:
    clock.set(datetime(2026, 11, 21, 12, tzinfo=UTC))
    selection = make.selection(session, shop, {shop.chair: 2, shop.cap: 1}, discount=make.discount(session, 10000),
                               customer_note="As promised, with the loyal-customer price.")
    make.line(session, selection, shop.bag, special_price=25000)
    linked = make.link(session, selection, expires_at=datetime(2026, 12, 21, 22, 59, tzinfo=UTC))
    shown = client.get(linked.path)
    assert shown.status_code == 200
    assert shown.words("h1") == "Maria picked these for you"
    assert shown.words("#agent").startswith(
        "ML Maria picked these for you Maria Lind, Nordic Home +46 70 123 45 67 until 21 Dec")
    assert shown.words(".agent-note") == "“As promised, with the loyal-customer price.”"
    lines = [" ".join(line.get_text(" ").split()) for line in shown.page.select(".offer-line")]
    assert lines == ["Oak chair, natural 2 × 1 200,00 2 400,00", "Wool cap 1 × 960,00 960,00",
                     "Linen bag 1 × 250,00 (was 310,00 ) 250,00"]
    assert shown.words("#totals") == ("Discount Summer −361,00 Delivery PostNord to the door 59,00 "
                                      "Incl. VAT 25 % 661,60 You pay 3 308,00 kr")
    assert shown.words("#landing-sum").endswith("Valid until 21 Dec 2026, 23:59 (Stockholm)")
    assert shown.words("#continue") == "Continue to payment — 3 308,00 kr"


def test_it_takes_five_statements_whatever_the_number_of_lines(
        session: Session, shop: Shop, client: Client, statements: Counting) -> None:
    many = {make.product(session, f"Thing {number}", prices={shop.pricelist: 1000}, stock={shop.warehouse: 5}): 1
            for number in range(60)}
    linked = make.link(session, make.selection(session, shop, many))
    session.commit()
    with statements(at_most=5):
        assert client.get(linked.path).status_code == 200


def test_it_takes_five_statements_for_a_visitor_who_comes_back_and_for_one_who_bought(
        session: Session, linked: Linked, enter: Enter, statements: Counting) -> None:
    anna = enter(linked)
    anna.give_details()
    with statements(at_most=5):
        anna.look()
    anna.buy()
    with statements(at_most=5):
        assert "already paid" in anna.look().words("h1")


def test_it_stays_small(session: Session, shop: Shop, client: Client) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2, shop.cap: 1, shop.bag: 1}))
    shown = client.get(linked.path)
    assert len(gzip.compress(shown.data, 6)) <= 14_000
    requested = [element for element in shown.page.select("link[href], script[src], img[src]")
                 if element.get("loading") != "lazy"]
    assert len(requested) + 1 <= 10


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_its_headers_keep_it_from_caches_indexes_and_referers(linked: Linked, client: Client, method: str) -> None:
    answer = client.open(linked.path, method=method)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


def test_it_shows_nothing_of_the_customer_but_a_masked_address(
        session: Session, shop: Shop, linked: Linked, client: Client) -> None:
    shown = client.get(linked.path)
    assert "Your receipt goes to a•••@example.com ." in shown.words(".trust")
    assert "anna@" not in shown.text
    assert "Svensson" not in shown.text


def test_a_chat_preview_tells_who_and_which_brand_but_no_amount_and_no_item(linked: Linked, client: Client) -> None:
    """C24."""
    shown = client.get(linked.path, headers={"User-Agent": "WhatsApp/2.23"})
    card = {element["property"]: element["content"] for element in shown.page.select("meta[property]")}
    assert card == {"og:type": "website", "og:site_name": "Nordic Home",
                    "og:title": "Maria at Nordic Home sent you a selection"}
    assert shown.one("title").get_text() == "Maria picked these for you – Nordic Home"


def test_an_agent_who_left_gives_way_to_the_site(session: Session, shop: Shop, linked: Linked, client: Client) -> None:
    session.get_one(Staff, shop.agent.id).is_active = False
    shown = client.get(linked.path)
    assert shown.words("h1") == "Nordic Home picked these for you"
    assert "Maria" not in shown.words()


def test_the_agents_photo_stands_beside_their_words(
        session: Session, shop: Shop, linked: Linked, client: Client) -> None:
    assert client.get(linked.path).words("#agent .avatar") == "ML"
    accounts.set_photo(session, shop.agent, make.picture())
    session.commit()
    address = client.get(linked.path).one("#agent .avatar img")["src"]
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert "immutable" in answer.headers["Cache-Control"]
    assert len(answer.data) < 12_000


def test_where_an_agent_left_stands_their_team_with_the_successors_face_and_addresses(
        session: Session, shop: Shop, linked: Linked, client: Client, statements: Counting) -> None:
    """C23."""
    shop.agent.team_id = make.team(session, "Showroom").id
    erik = make.staff(session, "Erik Holm", site=shop.site, phone="+46 70 999 00 11")
    accounts.set_photo(session, erik, make.picture())
    accounts.leave(session, shop.agent, erik, by=SYSTEM)
    session.commit()
    with statements(at_most=5):
        shown = client.get(linked.path)
    assert shown.words("h1") == "Showroom picked these for you"
    assert shown.one("#agent .avatar img")["src"].endswith(erik.photo or "")
    assert "+46 70 999 00 11" in shown.words("#agent")
    assert "Maria" not in shown.words()
    assert "Erik" not in shown.words()


def test_every_amount_stands_in_one_piece(linked: Linked, client: Client) -> None:
    shown = client.get(linked.path)
    amounts = [element.get_text() for element in shown.page.select(".money")]
    assert amounts
    assert not [amount for amount in amounts if " " in amount]


def test_more_than_four_lines_fold_on_phones_and_unfold_by_a_link(
        session: Session, shop: Shop, client: Client) -> None:
    many = {make.product(session, f"Thing {number}", prices={shop.pricelist: 1000}, stock={shop.warehouse: 5}): 1
            for number in range(8)}
    linked = make.link(session, make.selection(session, shop, many))
    shown = client.get(linked.path)
    more = shown.one(".offer-collapsed .offer-more a")
    assert more.get_text() == "and 5 more"
    assert not client.get(str(more["href"])).page.select(".offer-collapsed")


def test_a_preview_cannot_go_on_and_counts_nothing(linked: Linked, client: Client) -> None:
    shown = client.get(linked.path, query_string={"preview": "1"})
    assert shown.words("#preview") == "Preview — payments are off and nothing is counted."
    assert not shown.page.select("[form=offer-form]")
    assert not shown.one("body").has_attr("data-opened-url")


def test_whatever_is_pressed_in_a_preview_makes_no_visit(session: Session, shop: Shop, client: Client) -> None:
    """B24: quantities can be tried there, and nothing enters the funnel."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), changes="more",
                       may_change_quantities=True)
    shown = client.get(linked.path, query_string={"preview": "1"})
    for path in ("/visit", "/lines/1/quantity", "/choice"):
        answer = client.post(linked.path + path, data=values_of(shown.one("#offer-form")))
        assert (answer.status_code, answer.location) == (303, f"{linked.path}?preview=1")
    session.rollback()
    assert session.scalars(select(CheckoutSession)).all() == []
    assert not {"visit.started", "link.opened"} & set(session.scalars(select(Event.name)))
    for page in ("/details", "/delivery", "/payment"):
        assert client.get(linked.path + page).location == f"{linked.path}?ended=1"


@pytest.mark.parametrize(("currency", "locale", "country", "included", "rate", "expected"), [
    ("EUR", "de_DE", "DE", True, 19000, "Incl. VAT 19 %"),
    ("USD", "en_US", "US", False, 8875, "Tax 8.875 %"),
    ("JPY", "ja_JP", "JP", True, 10000, "Incl. tax 10 %"),
])
def test_tax_is_named_and_added_as_the_market_does(
        session: Session, shop: Shop, client: Client, currency: str, locale: str, country: str, included: bool,
        rate: int, expected: str) -> None:
    market = make.market(session, country, site=shop.site, currency=currency, locale=locale, countries=[country],
                         warehouses=[shop.warehouse])
    prices = make.pricelist(session, market, is_tax_included=included)
    make.tax_rate(session, country, rate)
    make.shipping(session, market, {country: 500})
    make.price(session, prices, shop.chair, 10000)
    selection = make.selection(session, shop, {shop.chair: 1}, market=market, pricelist=prices)
    shown = client.get(make.link(session, selection).path)
    assert expected in shown.words("#totals").replace("\u00a0", " ")
