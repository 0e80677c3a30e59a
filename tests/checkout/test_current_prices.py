"""A link whose prices follow the pricelist takes those of the moment a customer goes on; special prices stay."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock as portal_clock
from sales_portal.pricing.models import Price
from tests import make
from tests.harness.app import Answer, Client
from tests.harness.time import Clock


@pytest.fixture
def shop(kept_shop: make.Shop) -> make.Shop:
    return kept_shop


def reprice(session: Session, shop: make.Shop, amount: int) -> None:
    """The chair costs this from now on."""
    session.get_one(Price, (shop.pricelist.id, shop.chair.id)).amount = amount
    session.flush()


def units(visit: CheckoutSession) -> list[int]:
    """The unit amounts of the products."""
    return [line.unit_amount for line in visit.lines if line.kind == "item"]


@pytest.mark.parametrize(("mode", "charged"), [("frozen", 120000), ("current", 99900)])
def test_a_claim_takes_the_price_its_link_promises(
        session: Session, shop: make.Shop, mode: str, charged: int) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2}), price_mode=mode)
    reprice(session, shop, 99900)
    visit = make.claim(session, linked).visit
    assert units(visit) == [charged]
    assert visit.total_amount == 2 * charged + 5900


def test_a_special_price_and_a_price_that_is_gone_stay(session: Session, shop: make.Shop) -> None:
    selection = make.selection(session, shop, {shop.bag: 1})
    make.line(session, selection, shop.chair, special_price=100000)
    linked = make.link(session, selection, price_mode="current")
    reprice(session, shop, 1)
    session.delete(session.get_one(Price, (shop.pricelist.id, shop.bag.id)))
    session.flush()
    assert units(make.claim(session, linked).visit) == [31000, 100000]


def test_the_copy_keeps_its_price_until_it_wears_out(session: Session, shop: make.Shop, clock: Clock) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), price_mode="current")
    first = make.claim(session, linked)
    reprice(session, shop, 99900)
    assert units(make.claim(session, linked, first.visitor_token).visit) == [120000]
    clock.set(portal_clock.now() + timedelta(hours=25))
    again = make.claim(session, linked, first.visitor_token).visit
    assert (units(again), again.total_amount) == ([99900], 105800)


def test_the_first_page_shows_what_will_be_charged_and_stores_nothing(
        client: Client, session: Session, shop: make.Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), price_mode="current")
    reprice(session, shop, 99900)
    shown = client.get(linked.path)
    assert isinstance(shown, Answer)
    assert shown.words("#continue").replace("\u00a0", " ") == "Continue to payment — 1 058,00 kr"
    assert session.scalars(select(CheckoutSession)).all() == []


def test_the_preselected_product_is_the_one_that_is_copied(
        client: Client, session: Session, shop: make.Shop) -> None:
    """P-07."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.bag: 1}), changes="pick_one",
                       preselected_line=2)
    assert units(make.claim(session, linked).visit) == [31000]
    assert units(make.claim(session, linked).visit) == [31000]
    shown = client.get(linked.path)
    assert isinstance(shown, Answer)
    assert [field["value"] for field in shown.page.select("[name=line_no][checked]")] == ["2"]
    assert "369,00" in shown.words("#continue")
