"""Every state a link can be in: its own headline, its status, a person to turn to and one next step."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core import clock as portal_clock
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.models import Order
from tests import make
from tests.harness.app import Client
from tests.harness.time import Clock
from tests.make import Linked, Shop
from tests.storefront.walking import Enter


def revoke(session: Session, linked: Linked) -> None:
    links.revoke_link(session, linked.link, "Wrong price", by=SYSTEM)


def pause(session: Session, linked: Linked) -> None:
    links.pause_link(session, linked.link, by=SYSTEM)


def buy(session: Session, linked: Linked) -> None:
    session.commit()
    make.order(session, linked)
    session.commit()


STATES = [
    (revoke, 410, "Maria withdrew this link", "Ask why, or get a new one.", "Ask Maria for a new link"),
    (pause, 200, "This offer is on hold", "Maria can tell you more.", "Ask Maria"),
    (buy, 410, "This link has already been used", "If that wasn't you, tell Maria.", "Tell Maria"),
]


@pytest.mark.parametrize(("end", "status", "headline", "hope", "button"), STATES)
def test_an_ended_link_says_so_names_a_person_and_one_step(
        session: Session, linked: Linked, client: Client, end: Callable[[Session, Linked], None], status: int,
        headline: str, hope: str, button: str) -> None:
    end(session, linked)
    shown = client.get(linked.path)
    assert shown.status_code == status
    assert shown.words("h1") == headline
    assert hope in shown.words("#agent")
    assert shown.words("#endings-next .button") == button
    assert "Or call +46 70 123 45 67 ." in shown.words("#endings-next")
    assert not shown.page.select("#continue, .offer-line, .money")
    assert "anna@" not in shown.text


def test_an_expired_link_lists_its_items_without_prices(
        session: Session, linked: Linked, client: Client, clock: Clock) -> None:
    session.commit()
    clock.set(linked.link.expires_at or portal_clock.now())
    shown = client.get(linked.path)
    assert shown.status_code == 410
    assert shown.words("h1").startswith("This link ended on ")
    assert "Maria can send you a new one." in shown.words("#agent")
    assert shown.words("#endings-next .button") == "Ask Maria for a new link"
    assert [line.get_text(" ", strip=True) for line in shown.page.select(".offer-line")] == [
        "Oak chair, natural 2", "Wool cap 1", "Linen bag 1"]
    assert not shown.page.select(".money")


def test_the_end_itself_is_already_outside(session: Session, linked: Linked, client: Client, clock: Clock) -> None:
    session.commit()
    assert linked.link.expires_at is not None
    clock.set(linked.link.expires_at - timedelta(milliseconds=1))
    assert client.get(linked.path).status_code == 200
    clock.advance(milliseconds=1)
    assert client.get(linked.path).status_code == 410


def test_a_scheduled_link_shows_its_items_total_and_day_but_no_way_to_pay(
        session: Session, shop: Shop, client: Client, clock: Clock) -> None:
    clock.set(datetime(2026, 11, 21, 12, tzinfo=UTC))
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}),
                       starts_at=datetime(2026, 11, 24, 13, tzinfo=UTC))
    shown = client.get(linked.path)
    assert shown.status_code == 200
    assert shown.words("h1") == "This opens on Tue, 24 Nov at 14:00"
    assert "You pay 1 259,00 kr" in shown.words("#totals").replace("\u00a0", " ")
    assert not shown.page.select("#continue")
    saved = client.get(str(shown.one("#endings-next a.button")["href"]))
    assert saved.mimetype == "text/calendar"
    assert "DTSTART:20261124T130000Z\r\n" in saved.text
    assert all(len(line) <= 75 for line in saved.text.split("\r\n"))


def test_a_link_that_waits_for_stock_opens_when_it_is_back_and_takes_a_wish(
        session: Session, linked: Linked, client: Client) -> None:
    session.get_one(CheckoutLink, linked.link.id).waits_for_stock = True
    session.commit()
    shown = client.get(linked.path)
    assert (shown.status_code, shown.words("h1")) == (200, "This opens when everything is back in stock")
    assert shown.page.select(".offer-line")
    assert not shown.page.select("#continue, a[href$=calendar]")
    assert shown.words("#endings-next .button") == "Tell me when it is back"
    asked = client.submit(shown, "#endings-next form")
    assert "We write to you once as soon as it is back." in client.get(str(asked.location)).words("main")


def test_only_a_scheduled_link_has_a_calendar_entry(linked: Linked, client: Client) -> None:
    assert client.get(f"{linked.path}/calendar").status_code == 404


@pytest.mark.parametrize(("most", "headline"), [(1, "The only place is taken"), (2, "All 2 places are taken")])
def test_a_used_up_link_says_how_many_places_there_were(
        session: Session, shop: Shop, client: Client, most: int, headline: str) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), policy="reusable", max_orders=most)
    for _ in range(most):
        buy(session, linked)
    shown = client.get(linked.path)
    assert (shown.status_code, shown.words("h1")) == (410, headline)
    assert shown.words("#endings-next .button") == "Ask Maria for another"


@pytest.mark.parametrize("is_same_customer", [True, False])
def test_a_replaced_link_leads_to_the_newer_one_only_for_the_same_customer(
        session: Session, shop: Shop, linked: Linked, client: Client, is_same_customer: bool) -> None:
    other = shop.customer if is_same_customer else make.customer(session, "Bo Berg")
    newer = make.link(session, make.selection(session, shop, {shop.chair: 1}, customer=other))
    link = session.get_one(CheckoutLink, linked.link.id)
    link.status, link.revoked_at, link.replaced_by_id = "revoked", portal_clock.now(), newer.link.id
    shown = client.get(linked.path)
    assert (shown.status_code, shown.words("h1")) == (410, "There is a newer version of this offer")
    assert shown.words("#endings-next .button") == ("Open it" if is_same_customer else "Ask Maria for a new link")
    assert (newer.token in shown.text) == is_same_customer


def test_the_buyer_reads_their_order_and_anyone_else_no_word_of_it(
        session: Session, linked: Linked, enter: Enter) -> None:
    anna, bo = enter(linked), enter(linked)
    anna.buy()
    order = session.scalars(select(Order)).one()
    hers = anna.look()
    assert hers.status_code == 200
    assert hers.words("h1") == "You've already paid. Thank you, Anna."
    assert order.number in hers.words()
    his = bo.look()
    assert (his.status_code, his.words("h1")) == (410, "This link has already been used")
    for secret in (order.number, "Anna", "Storgatan 1, 111", "anna@example.com"):
        assert secret not in his.text


def test_a_sold_out_line_is_marked_and_leads_to_the_agent(
        session: Session, shop: Shop, linked: Linked, client: Client) -> None:
    inventory.set_on_hand(session, shop.cap.id, shop.warehouse.id, 0, by=SYSTEM)
    shown = client.get(linked.path)
    assert shown.status_code == 200
    assert shown.words("h1") == "Maria picked these for you"
    assert "Wool cap 1 × 960,00 Sold out just now" in shown.words(".offer").replace("\u00a0", " ")
    assert shown.words("#sold-out .field-hint") == "Wool cap just sold out. Maria can suggest something else."
    assert [button.get_text(strip=True) for button in shown.page.select("#sold-out button")] == [
        "Ask Maria for an alternative"]


def test_everything_sold_out_offers_word_when_it_is_back(session: Session, shop: Shop, client: Client) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.cap: 1}))
    inventory.set_on_hand(session, shop.cap.id, shop.warehouse.id, 0, by=SYSTEM)
    shown = client.get(linked.path)
    assert (shown.status_code, shown.words("h1")) == (200, "These just sold out")
    assert shown.words("#sold-out .field-hint") == (
        "These just sold out. We can tell you when they're back, or Maria can suggest something else.")
    assert [button.get_text(strip=True) for button in shown.page.select("#sold-out button")] == [
        "Ask Maria for an alternative", "Tell me when they're back"]


def test_too_little_left_is_said_with_its_number(session: Session, shop: Shop, linked: Linked, client: Client) -> None:
    inventory.set_on_hand(session, shop.chair.id, shop.warehouse.id, 1, by=SYSTEM)
    assert "Only 1 left" in client.get(linked.path).words(".offer")
