"""Shipping by weight, free above an amount, and what became of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sales_portal.pricing import engine
from sales_portal.pricing.discounts import DiscountRule
from sales_portal.pricing.engine import Line, Rules, Shipping, ShippingOption, ShippingTier
from sales_portal.pricing.queries import CountryTerms
from tests.pricing.baskets import AT

TIERS = (ShippingTier(30000, 9900, free_over_amount=100000), ShippingTier(2000, 5900))
PARCEL = ShippingOption(1, "Parcel", TIERS)
RULES = Rules("SEK", True, {"standard": 25000}, shipping=PARCEL)


@pytest.mark.parametrize(("grams", "items_amount", "price"), [
    (0, 0, 5900),
    (2000, 0, 5900),
    (2001, 0, 9900),
    (30000, 99999, 9900),
    (30000, 100000, 0),
    (30001, 100000, None),
    (2000, 100000, 5900),
])
def test_the_lightest_tier_that_carries_the_parcel_prices_it(grams: int, items_amount: int, price: int | None) -> None:
    assert PARCEL.price(grams, items_amount) == price


def test_only_what_ships_is_weighed() -> None:
    lines = [Line(1, 3, 100, 100, weight_grams=700), Line(2, 5, 100, 100, ships=False, weight_grams=90000)]
    assert engine.parcel(lines, RULES, AT).grams == 2100
    assert engine.quote(lines, RULES, AT).shipping_amount == 9900


def test_an_option_chosen_on_the_way_is_that_of_the_parcel_after_discounts() -> None:
    express = ShippingOption(2, "Express", (ShippingTier(30000, 19900),))
    rules = replace(RULES, discounts=(DiscountRule(1, "x", percent=10000),))
    lines = [Line(1, 2, 100, 100, weight_grams=700)]
    asked: list[tuple[int, int]] = []

    def choose(grams: int, items_amount: int) -> ShippingOption:
        asked.append((grams, items_amount))
        return express

    chosen = engine.quote(lines, rules, AT, choose=choose)
    assert asked == [(1400, 180)]
    assert chosen == engine.quote(lines, replace(rules, shipping=express), AT)
    assert chosen.shipping_amount == 19900


def test_a_parcel_is_of_the_instant_asked_for() -> None:
    begun = DiscountRule(1, "x", percent=10000, starts_at=AT)
    rules = replace(RULES, discounts=(begun,))
    line = Line(1, 1, 100, 100)
    before = AT - timedelta(microseconds=1)
    assert [engine.parcel([line], rules, at).items_amount for at in (before, AT)] == [100, 90]


def test_free_shipping_looks_at_the_items_after_the_discount() -> None:
    line = Line(1, 1, 100000, 100000, weight_grams=5000)
    assert engine.quote([line], RULES, AT).shipping is Shipping.FREE
    quote = engine.quote([line], replace(RULES, discounts=(DiscountRule(1, "x", percent=1),)), AT)
    assert (quote.shipping, quote.shipping_amount) == (Shipping.CHARGED, 9900)


@pytest.mark.parametrize(("line", "rules", "state", "charged", "ignored"), [
    (Line(1, 1, 100, 100), RULES, Shipping.CHARGED, 5900, 0),
    (Line(1, 1, 100, 100, ships=False), RULES, Shipping.NOT_NEEDED, 0, 0),
    (Line(1, 1, 100, 100), replace(RULES, ignores_shipping=True), Shipping.IGNORED, 0, 5900),
    (Line(1, 1, 100, 100), replace(RULES, shipping=None), Shipping.NOT_CHOSEN, 0, 0),
    (Line(1, 1, 100, 100), replace(RULES, shipping=None, ignores_shipping=True), Shipping.IGNORED, 0, 0),
    (Line(1, 1, 100, 100, weight_grams=30001), RULES, Shipping.NOT_CHOSEN, 0, 0),
])
def test_a_quote_says_what_became_of_shipping(
        line: Line, rules: Rules, state: Shipping, charged: int, ignored: int) -> None:
    quote = engine.quote([line], rules, AT)
    assert (quote.shipping, quote.shipping_amount, quote.shipping_ignored_amount) == (state, charged, ignored)
    assert bool(quote.shipping_lines) is (state is Shipping.CHARGED)


def test_the_cheapest_option_that_carries_the_parcel_is_found_the_first_of_equals() -> None:
    letter = ShippingOption(2, "Letter", (ShippingTier(500, 1500),))
    van = ShippingOption(3, "Van", (ShippingTier(90000, 9900),))
    terms = CountryTerms("SE", {}, (PARCEL, letter, van))
    found = [terms.cheapest(grams, 0) for grams in (500, 501, 2001, 30001, 90001)]
    assert found == [letter, PARCEL, PARCEL, van, None]
    assert terms.option(3) is van
    assert terms.option(9) is None
    assert CountryTerms("SE", {}, ()).cheapest(1, 1) is None


@pytest.mark.parametrize(("items_amount", "price"), [
    (0, 5900), (49999, 5900), (50000, 2900), (99999, 2900), (100000, 0)])
def test_a_tier_may_cost_less_from_an_amount_of_items(items_amount: int, price: int) -> None:
    by_worth = ShippingOption(1, "Parcel", (
        ShippingTier(2000, 5900), ShippingTier(2000, 2900, free_over_amount=100000, from_amount=50000),
        ShippingTier(9000, 1, from_amount=100000)))
    assert by_worth.price(500, items_amount) == price


def test_a_method_for_valuable_items_only_carries_no_others() -> None:
    insured = ShippingOption(1, "Insured", (ShippingTier(2000, 9900, from_amount=50000),))
    assert (insured.price(1, 49999), insured.price(1, 50000)) == (None, 9900)
