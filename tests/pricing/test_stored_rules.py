"""The rules the engine takes, read from the database."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.pricing import documents, queries
from sales_portal.pricing.discounts import DiscountRule
from sales_portal.pricing.engine import ShippingOption, ShippingTier
from sales_portal.pricing.models import ShippingRate
from tests import make

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_country_has_its_tax_by_class_and_the_markets_ways_to_ship_in_order(session: Session) -> None:
    shop = make.shop(session)
    make.tax_rate(session, "SE", 12000, "reduced")
    make.tax_rate(session, "NO", 25000)
    express = make.shipping(session, shop.market, {"SE": 14900, "NO": 24900}, name="Express", position=2, min_days=0,
                            max_days=1, needs_phone=True)
    session.add(ShippingRate(method_id=express.id, country="SE", up_to_grams=2000, amount=9900, free_over_amount=50000))
    elsewhere = make.market(session, "Norway", site=shop.site, currency="NOK", countries=["NO"])
    make.shipping(session, elsewhere, {"SE": 1})
    session.flush()
    terms = queries.get_country_terms(session, shop.market.id, "SE")
    assert terms.tax_rates == {"standard": 25000, "reduced": 12000}
    tiers = (ShippingTier(2000, 9900, 50000), ShippingTier(30000, 14900))
    assert terms.shipping == (
        ShippingOption(shop.shipping.id, "PostNord to the door", (ShippingTier(30000, 5900),), 1, 3),
        ShippingOption(express.id, "Express", tiers, 0, 1, needs_phone=True))


def test_a_country_nobody_ships_to_has_no_way_to_ship(session: Session) -> None:
    shop = make.shop(session)
    terms = queries.get_country_terms(session, shop.market.id, "JP")
    assert (terms.country, terms.tax_rates, terms.shipping) == ("JP", {}, ())


def test_the_countries_of_a_market_are_those_something_is_shipped_to(session: Session) -> None:
    shop = make.shop(session)
    make.shipping(session, shop.market, {"FI": 1, "DK": 1, "SE": 1})
    assert list(queries.list_delivery_countries(session, shop.market.id)) == ["DK", "FI", "SE"]


def test_pricelists_of_a_market_come_in_its_order(session: Session) -> None:
    shop = make.shop(session)
    vip = make.pricelist(session, shop.market, "VIP SEK", position=3)
    outlet = make.pricelist(session, shop.market, "Outlet SEK", position=2)
    other = make.market(session, "Norway", site=shop.site, currency="NOK")
    make.pricelist(session, other, "Retail NOK")
    assert list(queries.list_pricelists(session, shop.market.id)) == [shop.pricelist, outlet, vip]


@pytest.mark.parametrize(("starts", "ends", "is_in_force"), [
    (None, None, True), (0, None, True), (1, None, False), (None, 1, True), (None, 0, False), (-1, 1, True)])
def test_a_pricelist_is_in_force_from_its_start_to_just_before_its_end(
        session: Session, starts: int | None, ends: int | None, is_in_force: bool) -> None:
    shop = make.shop(session)
    instants = {name: AT + timedelta(seconds=seconds)
                for name, seconds in (("starts_at", starts), ("ends_at", ends)) if seconds is not None}
    made = make.pricelist(session, shop.market, **instants)
    assert made.is_in_force(AT) is is_in_force


def test_a_price_is_found_in_its_own_pricelist(session: Session) -> None:
    shop = make.shop(session)
    vip = make.pricelist(session, shop.market, "VIP SEK", position=2)
    found = queries.get_price(session, shop.pricelist.id, shop.chair.id)
    assert found is not None
    assert found.amount == 120000
    assert queries.get_price(session, vip.id, shop.chair.id) is None


@pytest.mark.parametrize("typed", ["SUMMER10", "summer10", " Summer10 "])
def test_a_discount_is_found_by_its_code_in_any_case(session: Session, typed: str) -> None:
    made = make.discount(session, code="SUMMER10")
    make.discount(session, code="SUMMER1")
    assert queries.get_discount_by_code(session, typed) is made


@pytest.mark.parametrize("typed", [
    "", "SUMMER", "%", "SUMMER1_", "SUMMER10\x00x", "🪑", pytest.param("x" * 100_000, id="long")])
def test_a_text_that_is_no_code_finds_no_discount(session: Session, typed: str) -> None:
    make.discount(session, code="SUMMER10")
    make.discount(session, code=None)
    assert queries.get_discount_by_code(session, typed) is None


def test_a_stored_discount_becomes_a_rule_with_all_it_says(session: Session) -> None:
    until = clock.now() + timedelta(days=1)
    made = make.discount(session, name="Ten", code="TEN", fixed_amount=1000, currency="SEK", minimum_amount=5000,
                         starts_at=AT, ends_at=until, usage_limit=9, uses_count=2)
    rule = DiscountRule(
        made.id, "Ten", "TEN", fixed_amount=1000, currency="SEK", minimum_amount=5000, starts_at=AT, ends_at=until,
        usage_limit=9, uses_count=2)
    assert queries.rule_of(made) == rule
    assert documents.read(json.loads(json.dumps(documents.write(rule))), uses_count=2) == rule


def test_a_discount_on_products_becomes_a_rule_that_names_them(session: Session) -> None:
    shop = make.shop(session)
    plain = make.discount(session, name="All", is_combinable=False)
    some = make.discount(session, name="Some", on=[shop.chair, shop.bag])
    rows = session.execute(queries.with_products(queries.list_discounts()))
    found = {rule.name: rule for rule in queries.rules_of(rows)}
    assert found["All"].product_ids is None
    assert not found["All"].is_combinable
    assert found["Some"].product_ids == {shop.chair.product_id, shop.bag.product_id}
    assert [found["All"].id, found["Some"].id] == [plain.id, some.id]
    assert documents.read(json.loads(json.dumps(documents.write(found["Some"])))) == found["Some"]
    assert queries.rule_of(some).product_ids == frozenset()
