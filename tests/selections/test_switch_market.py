"""Another market or pricelist is tried first, then taken; what changed is said line by line."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid, NotFound
from sales_portal.core.money import Money
from sales_portal.history.models import Event
from sales_portal.markets.models import Market
from sales_portal.pricing.models import Pricelist
from sales_portal.selections import service as selections
from sales_portal.selections import switching
from sales_portal.selections.basket import read_basket
from tests import make
from tests.make import Shop


@pytest.fixture
def norway(session: Session, shop: Shop) -> Market:
    """A market in NOK with two chairs and no bag in its warehouse."""
    return make.norway(session, shop, {shop.chair: 2})


def _vip(session: Session, shop: Shop) -> Pricelist:
    vip = make.pricelist(session, shop.market, "VIP SEK", position=2)
    make.price(session, vip, shop.chair, 90000)
    return vip


def test_a_trial_shows_before_and_after_and_changes_nothing(session: Session, shop: Shop, norway: Market) -> None:
    selection = make.selection(session, shop, {shop.chair: 2, shop.cap: 1})
    before = read_basket(session, selection)
    trial = switching.compare(session, selection, norway.id)
    assert trial.before_total == Money(240000 + 96000 + 5900, "SEK")
    assert trial.after_total == Money(250000 + 9900, "NOK")
    assert [(old.unit_amount, new.unit_amount, new.available) for old, new in trial.rows] == [
        (120000, 125000, 2), (96000, None, 0)]
    assert [row.title for row in trial.without_price] == ["Wool cap"]
    assert trial.after.country == "NO"
    session.expire_all()
    assert (selection.version, selection.currency, selection.market_id) == (1, "SEK", shop.market.id)
    assert read_basket(session, selection).quote == before.quote


def test_a_switch_prices_stocks_ships_and_taxes_as_the_new_market_does(
        session: Session, shop: Shop, norway: Market) -> None:
    selection = make.selection(session, shop, {shop.chair: 2, shop.bag: 1}, for_anyone=True)
    switched = selections.switch_market(session, selection, norway.id, by=shop.agent.actor)
    basket = read_basket(session, selection)
    assert (selection.currency, selection.market.name, selection.pricelist.name) == ("NOK", "Norway", "Retail NOK")
    assert basket.quote == switched.after.quote
    assert basket.quote.total_amount == 250000 + 32000 + 9900
    assert [(check.code, check.text) for check in basket.checks] == [
        ("line.low_stock", "Only 2 left in Norway."), ("line.sold_out", "Sold out in Norway.")]


def test_lines_without_a_price_stay_and_block(session: Session, shop: Shop) -> None:
    vip = _vip(session, shop)
    selection = make.selection(session, shop, {shop.chair: 1, shop.bag: 1})
    switched = selections.switch_market(session, selection, shop.market.id, vip.id, by=shop.agent.actor)
    assert [row.title for row in switched.without_price] == ["Linen bag"]
    assert (switched.before_total.minor, switched.after_total.minor) == (156900, 95900)
    assert [check.text for check in read_basket(session, selection).blocks] == [
        "No price in VIP SEK. Give a special price or remove the line."]


def test_special_prices_stay_while_the_currency_stays(session: Session, shop: Shop) -> None:
    vip = _vip(session, shop)
    selection = make.selection(session, shop)
    line = make.line(session, selection, shop.bag, special_price=25000)
    switched = selections.switch_market(session, selection, shop.market.id, vip.id, by=shop.agent.actor)
    assert switched.special_prices_removed == []
    assert line.special_price_amount == 25000
    assert read_basket(session, selection).quote.items_amount == 25000


def test_special_prices_go_with_the_currency_and_are_named(session: Session, shop: Shop, norway: Market) -> None:
    selection = make.selection(session, shop, for_anyone=True)
    bag = make.line(session, selection, shop.bag, special_price=25000, reason="loyal")
    make.line(session, selection, shop.chair)
    switched = selections.switch_market(session, selection, norway.id, by=shop.agent.actor)
    assert [(row.title, row.unit_amount) for row in switched.special_prices_removed] == [("Linen bag", 25000)]
    session.refresh(bag)
    assert (bag.special_price_amount, bag.special_price_reason) == (None, "")
    assert [row.unit_amount for row in read_basket(session, selection).rows] == [32000, 125000]
    fact = session.scalars(select(Event).where(Event.name == "selection.repriced")).one()
    assert fact.data["special_prices"] == [{"line_id": bag.id, "amount": 25000, "reason": "loyal"}]


def test_special_prices_go_where_tax_is_no_longer_in_the_price(session: Session, shop: Shop) -> None:
    net = make.pricelist(session, shop.market, "Business SEK", position=2, is_tax_included=False)
    make.price(session, net, shop.bag, 24800)
    selection = make.selection(session, shop)
    make.line(session, selection, shop.bag, special_price=25000)
    switched = selections.switch_market(session, selection, shop.market.id, net.id, by=shop.agent.actor)
    assert len(switched.special_prices_removed) == 1
    assert read_basket(session, selection).quote.total_amount == 24800 + 6200 + 5900 + 1475


def test_a_switch_is_recorded_with_both_totals(session: Session, shop: Shop, norway: Market) -> None:
    selection = make.selection(session, shop, {shop.chair: 1}, for_anyone=True)
    selections.switch_market(session, selection, norway.id, by=shop.agent.actor)
    fact = session.scalars(select(Event).where(Event.name == "selection.repriced")).one()
    assert selection.version == fact.data["version"] == 2
    assert {key: fact.data[key] for key in ("market", "pricelist", "currency", "before_total", "before_currency",
                                            "after_total")} == {
        "market": "Norway", "pricelist": "Retail NOK", "currency": "NOK", "before_total": 125900,
        "before_currency": "SEK", "after_total": 134900}


def test_switching_to_where_it_stands_does_nothing(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 1})
    switched = selections.switch_market(session, selection, shop.market.id, shop.pricelist.id, by=shop.agent.actor)
    assert switched.before_total == switched.after_total
    assert selection.version == 1


def test_unknown_markets_and_pricelists_of_others_are_refused(session: Session, shop: Shop, norway: Market) -> None:
    selection = make.selection(session, shop, {shop.chair: 1})
    foreign = session.scalars(select(Pricelist).where(Pricelist.name == "Retail NOK")).one()
    bare = make.market(session, "Nowhere", site=shop.site)
    for market_id in (10**6, 0, 2**63):
        with pytest.raises(NotFound, match=r"^We can't find this market\."):
            selections.switch_market(session, selection, market_id, by=shop.agent.actor)
    with pytest.raises(Invalid, match=r"^This pricelist is not sold in Sweden\. Choose another one\.$"):
        selections.switch_market(session, selection, shop.market.id, foreign.id, by=shop.agent.actor)
    with pytest.raises(Invalid, match=r"^Nowhere has no pricelist yet\.$"):
        selections.switch_market(session, selection, bare.id, by=shop.agent.actor)
    assert selection.version == 1


def test_the_site_follows_the_market(session: Session, shop: Shop) -> None:
    other = make.site(session, "Other house")
    place = make.market(session, "Elsewhere", site=other)
    make.pricelist(session, place, "Elsewhere SEK")
    selection = make.selection(session, shop)
    selections.switch_market(session, selection, place.id, by=shop.agent.actor)
    assert read_basket(session, selection).selection.site.name == "Other house"
