"""Several discounts at once: which ones count, in which order, and what is left for the next."""

from dataclasses import replace

import pytest

from sales_portal.pricing import discounts, engine
from sales_portal.pricing.discounts import DiscountRule, Good, Refused, WhyNot
from sales_portal.pricing.engine import Line, Quote, Rules
from tests.pricing.baskets import AT

CHAIR, BAG = 1, 2
TEN = DiscountRule(1, "Summer", "SUMMER10", percent=10000)
TWENTY = DiscountRule(2, "Autumn", percent=20000)
FIFTY_OFF = DiscountRule(3, "Welcome", "WELCOME", fixed_amount=5000, currency="SEK")
CHAIRS = DiscountRule(4, "Chairs", percent=50000, product_ids=frozenset({CHAIR}))
BAG_OFF = DiscountRule(5, "Bags", fixed_amount=1000, currency="SEK", product_ids=frozenset({BAG}))
ALONE = DiscountRule(6, "VIP", "VIP", percent=30000, is_combinable=False)
ALONE_TOO = DiscountRule(7, "Staff", "STAFF", percent=25000, is_combinable=False)
LINES = [Line(1, 1, 100_000, 100_000, product_id=CHAIR), Line(2, 2, 10_000, 10_000, product_id=BAG)]


def _quote(*rules: DiscountRule, **changed: object) -> Quote:
    return engine.quote(LINES, replace(Rules("SEK", True, {"standard": 25000}, discounts=rules), **changed), AT)


def _taken(quote: Quote) -> dict[int, int]:
    return {one.rule.id: one.amount for one in quote.discounts}


def test_product_discounts_come_first_then_percentages_the_larger_before_then_fixed_amounts() -> None:
    found = discounts.in_order([FIFTY_OFF, TEN, BAG_OFF, TWENTY, CHAIRS, TEN])
    assert [rule.id for rule in found] == [4, 5, 2, 1, 3]


def test_each_discount_is_of_what_those_before_it_left() -> None:
    quote = _quote(FIFTY_OFF, TEN, BAG_OFF, TWENTY, CHAIRS)
    assert list(_taken(quote).items()) == [(4, 50_000), (5, 1000), (2, 13_800), (1, 5520), (3, 5000)]
    assert quote.total_amount == 120_000 - 75_320


def test_a_product_discount_leaves_other_products_alone() -> None:
    quote = _quote(CHAIRS)
    assert [line.discount_amount for line in quote.lines] == [50_000, 0]
    assert quote.discounts[0].parts == {1: 50_000}


def test_a_fixed_product_discount_is_taken_once_and_never_beyond_its_products() -> None:
    assert _taken(_quote(replace(BAG_OFF, fixed_amount=99_999))) == {5: 20_000}
    assert _taken(_quote(BAG_OFF)) == {5: 1000}


def test_one_that_cannot_be_combined_stands_alone_where_that_is_better_for_the_customer() -> None:
    quote = _quote(TEN, TWENTY, ALONE)
    assert _taken(quote) == {6: 36_000}
    assert quote.refused == tuple(Refused(rule, WhyNot.NOT_COMBINABLE, (ALONE,)) for rule in (TWENTY, TEN))


def test_one_that_cannot_be_combined_is_left_out_where_the_others_take_off_more() -> None:
    quote = _quote(ALONE, CHAIRS, TEN)
    assert _taken(quote) == {4: 50_000, 1: 7000}
    assert quote.refused == (Refused(ALONE, WhyNot.NOT_COMBINABLE, (CHAIRS, TEN)),)


def test_of_two_that_stand_alone_the_better_one_is_taken() -> None:
    quote = _quote(ALONE_TOO, ALONE)
    assert _taken(quote) == {6: 36_000}
    assert quote.refused == (Refused(ALONE_TOO, WhyNot.NOT_COMBINABLE, (ALONE,)),)


def test_of_equally_good_ones_those_that_combine_are_taken() -> None:
    quote = _quote(replace(TEN, is_combinable=False, id=9), TEN)
    assert _taken(quote) == {1: 12_000}


def test_one_that_does_not_apply_anyway_pushes_no_other_out() -> None:
    ended = replace(ALONE, ends_at=AT)
    quote = _quote(TEN, ended)
    assert _taken(quote) == {1: 12_000}
    assert quote.refused == (Refused(ended, WhyNot.ENDED),)


def test_what_is_best_counts_the_tax_that_comes_on_top() -> None:
    lines = [Line(1, 1, 10_000, 10_000, "standard", product_id=CHAIR),
             Line(2, 1, 10_000, 10_000, "zero", product_id=BAG)]
    taxed = DiscountRule(1, "a", fixed_amount=1000, currency="USD", product_ids=frozenset({CHAIR}), is_combinable=False)
    untaxed = replace(taxed, id=2, fixed_amount=1100, product_ids=frozenset({BAG}))
    rules = Rules("USD", False, {"standard": 25000, "zero": 0}, discounts=(untaxed, taxed))
    assert _taken(engine.quote(lines, rules, AT)) == {1: 1000}


@pytest.mark.parametrize(("rules", "ways"), [
    ((), [()]), ((TEN,), [(TEN,)]), ((TEN, TWENTY), [(TEN, TWENTY)]), ((ALONE,), [(ALONE,)]),
    ((TEN, ALONE, ALONE_TOO), [(TEN,), (ALONE,), (ALONE_TOO,)])])
def test_discounts_are_taken_together_or_one_alone(
        rules: tuple[DiscountRule, ...], ways: list[tuple[DiscountRule, ...]]) -> None:
    assert discounts.alternatives(rules) == ways


def test_a_minimum_looks_at_prices_before_any_discount() -> None:
    assert _taken(_quote(CHAIRS, replace(TEN, minimum_amount=120_000))) == {4: 50_000, 1: 7000}
    assert _quote(CHAIRS, replace(TEN, minimum_amount=120_001)).refused[0].why is WhyNot.BELOW_MINIMUM


def test_a_line_without_a_product_is_reached_by_discounts_on_the_order_only() -> None:
    goods = [Good(1000, None)]
    assert discounts.why_not(CHAIRS, goods, "SEK", AT) is WhyNot.OTHER_PRODUCTS
    assert discounts.apply((TEN,), goods) == [[100]]
    assert discounts.apply((CHAIRS,), goods) == [[0]]


def test_what_people_call_a_discount_is_its_code_else_its_name() -> None:
    assert (TEN.label, TWENTY.label) == ("SUMMER10", "Autumn")


def test_of_equal_lines_the_higher_taxed_one_carries_the_odd_minor_unit() -> None:
    lines = [Line(1, 1, 100, 100, "zero"), Line(2, 1, 100, 100, "standard")]
    odd = DiscountRule(1, "Odd", fixed_amount=1, currency="SEK")
    rules = Rules("SEK", True, {"standard": 25000, "zero": 0}, discounts=(odd,))
    assert engine.quote(lines, rules, AT).discounts[0].parts == {1: 0, 2: 1}


def test_of_lines_alike_the_one_without_a_product_carries_the_odd_minor_unit() -> None:
    lines = [Line(1, 1, 100, 100, product_id=1), Line(2, 1, 100, 100)]
    odd = DiscountRule(1, "Odd", fixed_amount=1, currency="SEK")
    rules = Rules("SEK", True, {"standard": 25000}, discounts=(odd,))
    assert engine.quote(lines, rules, AT).discounts[0].parts == {1: 0, 2: 1}
