"""When an order discount applies, and what it takes off."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sales_portal.pricing import discounts, engine
from sales_portal.pricing.discounts import DiscountRule, Good, Refused, WhyNot
from sales_portal.pricing.engine import Line, Rules
from sales_portal.pricing.quotes import Taken
from tests.pricing.baskets import AT

RULE = DiscountRule(1, "Summer", "SUMMER10", percent=10000)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(("changed", "why"), [
    ({}, None),
    ({"starts_at": AT}, None),
    ({"starts_at": AT + TICK}, WhyNot.NOT_YET),
    ({"ends_at": AT + TICK}, None),
    ({"ends_at": AT}, WhyNot.ENDED),
    ({"usage_limit": 3, "uses_count": 2}, None),
    ({"usage_limit": 3, "uses_count": 3}, WhyNot.USED_UP),
    ({"usage_limit": 0}, WhyNot.USED_UP),
    ({"percent": None, "fixed_amount": 500, "currency": "SEK"}, None),
    ({"percent": None, "fixed_amount": 500, "currency": "EUR"}, WhyNot.OTHER_CURRENCY),
    ({"minimum_amount": 10000}, None),
    ({"minimum_amount": 10001}, WhyNot.BELOW_MINIMUM),
    ({"product_ids": frozenset({7})}, None),
    ({"product_ids": frozenset({8})}, WhyNot.OTHER_PRODUCTS),
    ({"product_ids": frozenset()}, WhyNot.OTHER_PRODUCTS),
    ({"product_ids": frozenset({7}), "minimum_amount": 4000}, None),
    ({"product_ids": frozenset({7}), "minimum_amount": 4001}, WhyNot.BELOW_MINIMUM),
    ({"ends_at": AT, "usage_limit": 0, "product_ids": frozenset()}, WhyNot.ENDED),
])
def test_a_discount_applies_within_its_limits_only(changed: dict[str, object], why: WhyNot | None) -> None:
    assert discounts.why_not(replace(RULE, **changed), [Good(4000, 7), Good(6000, None)], "SEK", AT) is why


def test_a_refused_discount_takes_nothing_off_and_says_why() -> None:
    rules = Rules("SEK", True, {"standard": 25000}, discounts=(replace(RULE, ends_at=AT),))
    quote = engine.quote([Line(1, 1, 10000, 10000)], rules, AT)
    assert (quote.discounts, quote.discount_amount) == ((), 0)
    assert quote.refused == (Refused(replace(RULE, ends_at=AT), WhyNot.ENDED),)
    assert quote.total_amount == 10000


def test_one_that_applies_is_named_in_the_quote() -> None:
    rules = Rules("SEK", True, {"standard": 25000}, discounts=(RULE,))
    quote = engine.quote([Line(1, 1, 10000, 10000)], rules, AT)
    assert (quote.discounts, quote.refused, quote.discount_amount) == ((Taken(RULE, {1: 1000}),), (), 1000)


@pytest.mark.parametrize(("rule", "amounts", "off"), [
    (RULE, [1000, 2000], [100, 200]),
    (RULE, [5], [1]),
    (RULE, [4], [0]),
    (RULE, [], []),
    (RULE, [0, 0], [0, 0]),
    (RULE, [0, 50], [0, 5]),
    (replace(RULE, percent=100000), [333, 667], [333, 667]),
    (replace(RULE, percent=33333), [100], [33]),
    (replace(RULE, percent=None, fixed_amount=1000), [5000, 5000, 5000], [334, 333, 333]),
    (replace(RULE, percent=None, fixed_amount=1000), [300, 200], [300, 200]),
    (replace(RULE, percent=None, fixed_amount=0), [300], [0]),
])
def test_what_is_taken_off_is_whole_and_never_more_than_the_line(
        rule: DiscountRule, amounts: list[int], off: list[int]) -> None:
    assert discounts.take_off(rule, amounts) == off
