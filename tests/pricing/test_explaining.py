"""A quote explains itself: every amount is the sum of the steps shown under it."""

from dataclasses import replace

from hypothesis import given

from sales_portal.pricing import engine, explaining
from sales_portal.pricing.discounts import DiscountRule
from sales_portal.pricing.engine import Line, Rules, ShippingOption, ShippingTier
from sales_portal.pricing.explaining import What
from tests.pricing.baskets import AT, line_lists, rule_sets

UNFOLDED = (What.ITEMS, What.PRODUCT_DISCOUNT, What.ORDER_DISCOUNT, What.SHIPPING, What.TAX,
            What.TAX_WAIVED, What.TOTAL)
PARCEL = ShippingOption(1, "Parcel", (ShippingTier(2000, 5900, free_over_amount=500_000),))
CHAIRS = DiscountRule(1, "Chairs", percent=20000, product_ids=frozenset({1}))
TEN = DiscountRule(2, "Summer", "SUMMER10", percent=10000)
SWEDEN = Rules("SEK", True, {"standard": 25000}, shipping=PARCEL, discounts=(TEN, CHAIRS))
LINES = [Line(4, 2, 90_000, 120_000, weight_grams=500, product_id=1), Line(5, 1, 25_000, 25_000, product_id=2)]


@given(line_lists(), rule_sets())
def test_every_row_is_the_sum_of_its_steps_and_the_rows_add_up_to_the_total(lines: list[Line], rules: Rules) -> None:
    quote = engine.quote(lines, rules, AT)
    rows = explaining.explain(quote)
    assert sum(row.amount for row in explaining.adding_up(rows)) == quote.total_amount == rows[-1].amount
    for row in rows:
        assert row.what in UNFOLDED
        assert row.amount == sum(step.amount for step in row.steps)


def test_the_rows_come_in_the_order_people_read_them() -> None:
    rows = explaining.explain(engine.quote(LINES, SWEDEN, AT))
    assert [(row.what, row.amount) for row in rows] == [
        (What.ITEMS, 205_000), (What.PRODUCT_DISCOUNT, -36_000), (What.ORDER_DISCOUNT, -16_900),
        (What.SHIPPING, 5900), (What.TAX, 31_600), (What.TOTAL, 158_000)]


def test_items_unfold_into_quantity_unit_and_list_price() -> None:
    row = explaining.explain(engine.quote(LINES, SWEDEN, AT))[0]
    assert row.values == {"count": 3}
    assert [(step.what, step.amount, step.values) for step in row.steps] == [
        (What.LINE, 180_000, {"key": 4, "quantity": 2, "unit": 90_000, "list": 120_000}),
        (What.LINE, 25_000, {"key": 5, "quantity": 1, "unit": 25_000, "list": 25_000})]


def test_discounts_unfold_into_what_each_line_carries() -> None:
    _, on_products, on_order, *_ = explaining.explain(engine.quote(LINES, SWEDEN, AT))
    assert on_products.values == {"id": 1, "label": "Chairs", "percent": 20000, "fixed": None}
    assert [(step.what, step.values["key"], step.amount) for step in on_products.steps] == [(What.SHARE, 4, -36_000)]
    assert [(step.values["key"], step.amount) for step in on_order.steps] == [(4, -14_400), (5, -2500)]


def test_shipping_unfolds_into_weight_tier_and_threshold() -> None:
    row = explaining.explain(engine.quote(LINES, SWEDEN, AT))[3]
    assert row.values == {"state": "charged", "grams": 1000, "items": 152_100, "method": "Parcel", "saved": 0,
                          "up_to_grams": 2000, "from": 0, "free_over": 500_000, "usual": 5900}
    assert [(step.what, step.amount, step.values) for step in row.steps] == [(What.TIER, 5900, {"rate": 25000})]


def test_shipping_that_cannot_be_priced_says_so_and_none_is_not_mentioned() -> None:
    [row] = [row for row in explaining.explain(engine.quote(LINES, replace(SWEDEN, shipping=None), AT))
             if row.what is What.SHIPPING]
    assert row.values == {"state": "not_chosen", "grams": 1000, "items": 152_100, "method": None, "saved": 0}
    digital = [replace(line, ships=False) for line in LINES]
    assert What.SHIPPING not in [row.what for row in explaining.explain(engine.quote(digital, SWEDEN, AT))]


def test_ignored_shipping_tells_what_is_saved() -> None:
    row = explaining.explain(engine.quote(LINES, replace(SWEDEN, ignores_shipping=True), AT))[3]
    assert (row.amount, row.values["state"], row.values["saved"], row.steps) == (0, "ignored", 5900, ())


def test_tax_unfolds_into_the_lines_of_its_rate_with_shipping_last() -> None:
    row = explaining.explain(engine.quote(LINES, SWEDEN, AT))[4]
    assert row.values == {"rate": 25000, "included": 1}
    assert [(step.what, step.amount, step.values) for step in row.steps] == [
        (What.TAX_OF_LINE, 25_920, {"key": 4, "of": 129_600, "rate": 25000}),
        (What.TAX_OF_LINE, 4500, {"key": 5, "of": 22_500, "rate": 25000}),
        (What.TAX_OF_LINE, 1180, {"key": None, "of": 5900, "rate": 25000})]


def test_tax_not_charged_tells_why_and_what_it_would_have_been() -> None:
    for changed, why in (({"ignores_tax": True}, "ignored"), ({"is_reverse_charged": True}, "reverse_charge")):
        rows = explaining.explain(engine.quote(LINES, replace(SWEDEN, **changed), AT))
        row = rows[-2]
        assert (row.what, row.amount, row.values) == (What.TAX_WAIVED, -31_600, {"why": why})
        assert [step.amount for step in row.steps] == [-25_920, -4500, -1180]


def test_the_total_unfolds_into_every_row_that_is_not_inside_another() -> None:
    total = explaining.explain(engine.quote(LINES, SWEDEN, AT))[-1]
    assert [(step.values["of"], step.amount) for step in total.steps] == [
        ("items", 205_000), ("product_discount", -36_000), ("order_discount", -16_900), ("shipping", 5900)]
    on_top = explaining.explain(engine.quote(LINES, replace(SWEDEN, is_tax_included=False), AT))[-1]
    assert on_top.steps[-1].values["of"] == "tax"
