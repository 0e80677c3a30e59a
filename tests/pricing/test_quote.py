"""Baskets worked out by hand, part by part."""

from dataclasses import replace

import pytest

from sales_portal.core.money import Money
from sales_portal.pricing import engine
from sales_portal.pricing.discounts import DiscountRule
from sales_portal.pricing.engine import Line, Quote, Rules, Shipping, ShippingOption, ShippingTier
from sales_portal.pricing.quotes import SHIPPING_KEY
from tests.pricing.baskets import AT

SWEDEN = Rules("SEK", is_tax_included=True, tax_rates={"standard": 25000, "reduced": 12000, "zero": 0})
GERMANY = Rules("EUR", is_tax_included=True, tax_rates={"standard": 19000, "reduced": 7000})
NEW_YORK = Rules("USD", is_tax_included=False, tax_rates={"standard": 8875})
JAPAN = Rules("JPY", is_tax_included=True, tax_rates={"standard": 10000, "reduced": 8000})
KUWAIT = Rules("KWD", is_tax_included=False, tax_rates={"standard": 5000})
PARCEL = ShippingOption(1, "Parcel", (ShippingTier(2000, 5900), ShippingTier(30000, 9900, free_over_amount=500000)))
TEN_PERCENT = DiscountRule(1, "Summer", "SUMMER10", percent=10000)


def _quote(rules: Rules, *items: tuple[int, int], **changed: object) -> Quote:
    lines = [Line(key, quantity, unit, unit, weight_grams=500) for key, (quantity, unit) in enumerate(items, 1)]
    return engine.quote(lines, replace(rules, **changed), AT)


def test_the_example_of_the_design_costs_3308_kronor() -> None:
    lines = [Line(1, 2, 120000, 120000), Line(2, 1, 25000, 31000), Line(3, 1, 96000, 96000)]
    quote = engine.quote(lines, replace(SWEDEN, shipping=PARCEL, discounts=(TEN_PERCENT,)), AT)
    assert quote.items_count == 4
    assert quote.items_amount == 361000
    assert quote.discount_amount == 36100
    assert quote.shipping_amount == 5900
    assert quote.taxes == {25000: 66160}
    assert quote.total_amount == 330800
    assert Money(quote.total_amount, quote.currency).format("sv") == "3\u00a0308,00\u00a0kr"


@pytest.mark.parametrize(("rules", "items", "tax", "total"), [
    (SWEDEN, [(1, 125)], 25, 125),
    (SWEDEN, [(1, 1)], 0, 1),
    (SWEDEN, [(1, 2)], 0, 2),
    (SWEDEN, [(1, 3)], 1, 3),
    (GERMANY, [(3, 999)], 479, 2997),
    (NEW_YORK, [(1, 1000)], 89, 1089),
    (NEW_YORK, [(1, 400)], 36, 436),
    (NEW_YORK, [(2, 200)], 36, 436),
    (NEW_YORK, [(1, 200), (1, 200)], 36, 436),
    (JAPAN, [(1, 1080)], 98, 1080),
    (JAPAN, [(1, 5)], 0, 5),
    (KUWAIT, [(1, 1090)], 50, 1140),
    (KUWAIT, [(1, 1100)], 60, 1160),
    (SWEDEN, [], 0, 0),
    (SWEDEN, [(1, 0)], 0, 0),
])
def test_tax_is_rounded_once_per_line_halves_up(
        rules: Rules, items: list[tuple[int, int]], tax: int, total: int) -> None:
    """M160, M162: the rule is per line, never per order."""
    quote = _quote(rules, *items)
    assert (quote.tax_amount, quote.total_amount) == (tax, total)


def test_rounding_is_of_the_line_not_of_the_piece() -> None:
    assert _quote(NEW_YORK, (10, 5)).tax_amount == 4
    assert _quote(NEW_YORK, *[(1, 5)] * 10).tax_amount == 0


def test_several_rates_in_one_basket_are_summed_by_rate_the_highest_first() -> None:
    lines = [Line(1, 1, 11200, 11200, "reduced"), Line(2, 1, 12500, 12500), Line(3, 1, 500, 500, "zero"),
             Line(4, 1, 12500, 12500)]
    quote = engine.quote(lines, SWEDEN, AT)
    assert list(quote.taxes.items()) == [(25000, 5000), (12000, 1200)]
    assert quote.total_amount == 36700


def test_a_class_without_a_rate_holds_no_tax() -> None:
    quote = engine.quote([Line(1, 1, 10_000_000, 10_000_000, "reduced")], NEW_YORK, AT)
    assert (quote.lines[0].tax_rate, quote.taxes, quote.total_amount) == (0, {}, 10_000_000)


def test_shipping_is_a_line_of_its_own_key_at_its_own_price() -> None:
    [line] = _quote(SWEDEN, (1, 120000), shipping=PARCEL).shipping_lines
    assert (line.key, line.quantity, line.unit_amount, line.list_amount) == (SHIPPING_KEY, 1, 5900, 5900)


def test_shipping_is_taxed_as_the_goods_are() -> None:
    option = ShippingOption(1, "Parcel", (ShippingTier(30000, 1000),))
    quote = _quote(NEW_YORK, (1, 10000), shipping=option)
    assert (quote.shipping_lines[0].tax_amount, quote.total_amount) == (89, 10000 + 888 + 1000 + 89)


def test_ignoring_tax_takes_the_tax_out_of_the_price_and_says_how_much() -> None:
    quote = _quote(SWEDEN, (2, 120000), shipping=PARCEL, ignores_tax=True)
    assert quote.total_amount == 240000 - 48000 + 5900 - 1180
    assert (quote.tax_amount, quote.tax_waived_amount, quote.ignores_tax) == (0, 49180, True)


def test_a_site_may_keep_the_price_when_tax_is_ignored() -> None:
    quote = _quote(SWEDEN, (2, 120000), ignores_tax=True, waives_included_tax=False)
    assert (quote.total_amount, quote.tax_amount, quote.tax_waived_amount) == (240000, 0, 0)


def test_ignoring_tax_that_comes_on_top_leaves_it_out() -> None:
    quote = _quote(NEW_YORK, (1, 1000), ignores_tax=True)
    assert (quote.total_amount, quote.tax_amount, quote.tax_waived_amount) == (1000, 0, 0)


def test_a_discount_is_spread_over_the_lines_to_the_last_minor_unit() -> None:
    ten_off = DiscountRule(1, "Ten", fixed_amount=1000, currency="SEK")
    quote = _quote(SWEDEN, (1, 5000), (1, 5000), (1, 5000), discounts=(ten_off,))
    assert [line.discount_amount for line in quote.lines] == [334, 333, 333]
    assert quote.total_amount == 14000


def test_an_odd_minor_unit_goes_to_the_dearer_line_wherever_it_stands() -> None:
    ten_off = DiscountRule(1, "Ten", fixed_amount=2, currency="USD")
    rules = Rules("USD", is_tax_included=False, tax_rates={"standard": 50000, "zero": 0}, discounts=(ten_off,))
    cheap, dear = Line(1, 1, 1, 1, "zero"), Line(2, 1, 3, 3)
    for lines in ([cheap, dear], [dear, cheap]):
        quote = engine.quote(lines, rules, AT)
        assert {line.key: line.discount_amount for line in quote.lines} == {1: 0, 2: 2}
        assert quote.total_amount == 3


def test_a_special_price_changes_the_amount_and_keeps_the_list_price_beside_it() -> None:
    quote = engine.quote([Line(1, 2, 108000, 120000)], SWEDEN, AT)
    assert (quote.lines[0].unit_amount, quote.lines[0].list_amount, quote.total_amount) == (108000, 120000, 216000)


def test_everything_free_costs_nothing_and_still_ships() -> None:
    all_off = DiscountRule(1, "All", percent=100000)
    quote = _quote(SWEDEN, (1, 120000), discounts=(all_off,), shipping=PARCEL, ignores_shipping=True)
    assert (quote.total_amount, quote.tax_amount, quote.shipping) == (0, 0, Shipping.IGNORED)


def test_the_largest_basket_a_selection_can_hold_is_exact() -> None:
    """M169: all lines at the highest price and quantity."""
    lines = [Line(key, 10_000, 2**53 - 1, 2**53 - 1) for key in range(1, 201)]
    quote = engine.quote(lines, replace(NEW_YORK, discounts=(DiscountRule(1, "x", percent=33333),)), AT)
    whole = 200 * 10_000 * (2**53 - 1)
    assert quote.items_amount == whole
    assert quote.discount_amount == (whole * 33333 * 2 + 100_000) // 200_000
