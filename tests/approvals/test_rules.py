"""Which parts of an offer need another's yes, and what a yes covers."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sales_portal.approvals import rules
from sales_portal.approvals.rules import Limits, Offered, Terms, Whole, Why

CHAIR = Offered(line_id=1, variant_id=7, title="Oak chair", quantity=2, unit_amount=100_000, list_amount=120_000,
                cost_amount=60_000, tax_rate=25_000, currency="SEK", reason="loyal customer")
WHOLE = Whole(list_amount=200_000, asked_amount=170_000, net_amount=136_000, cost_amount=100_000, currency="SEK",
              labels="SUMMER10", digest="lines")
AMOUNTS = st.integers(0, 10**9)
LINES = st.builds(
    Offered, line_id=st.integers(1, 10**6), variant_id=st.none() | st.integers(1, 10**6), title=st.text(max_size=5),
    quantity=st.integers(1, 10_000), unit_amount=AMOUNTS, list_amount=st.none() | AMOUNTS,
    cost_amount=st.none() | AMOUNTS, tax_rate=st.integers(0, 100_000), currency=st.sampled_from(["SEK", "EUR"]))
PERCENT = st.integers(0, 100_000)


@pytest.mark.parametrize(("amount", "limit", "is_over"), [
    (102_000, 15_000, False), (101_999, 15_000, True), (120_000, 0, False), (119_999, 0, True), (0, 100_000, False),
    (130_000, 0, False), (1, None, False)])
def test_a_discount_is_over_the_limit_from_the_first_unit_on(amount: int, limit: int | None, is_over: bool) -> None:
    assert replace(CHAIR, unit_amount=amount).is_over(limit) is is_over


@pytest.mark.parametrize(("amount", "percent", "margin"), [
    (102_000, 15_000, 26_471), (100_000, 16_667, 25_000), (75_000, 37_500, 0), (60_000, 50_000, -25_000),
    (0, 100_000, None)])
def test_percent_and_margin_are_those_a_pocket_calculator_gives(
        amount: int, percent: int, margin: int | None) -> None:
    line = replace(CHAIR, unit_amount=amount)
    assert (line.percent, line.margin) == (percent, margin)


def test_a_margin_is_below_the_minimum_from_the_first_unit_on() -> None:
    assert not replace(CHAIR, unit_amount=100_000).is_below(25_000)
    assert replace(CHAIR, unit_amount=99_999).is_below(25_000)
    assert replace(CHAIR, unit_amount=0).is_below(0)
    assert not replace(CHAIR, unit_amount=1, cost_amount=None).is_below(100_000)


def test_a_price_that_is_not_lowered_never_is_below_the_minimum_margin() -> None:
    dear = replace(CHAIR, unit_amount=120_000, cost_amount=119_000)
    assert rules.reasons_of(dear, Limits(0, 100_000)) == ()


def test_a_product_without_a_list_price_needs_a_yes_from_whoever_has_a_limit() -> None:
    unpriced = replace(CHAIR, list_amount=None, cost_amount=None)
    assert rules.reasons_of(unpriced, Limits(15_000)) == (Why.NO_LIST_PRICE,)
    assert rules.reasons_of(unpriced, Limits(None)) == ()
    assert rules.reasons_of(replace(unpriced, variant_id=None), Limits(15_000)) == ()


@pytest.mark.parametrize(("asked", "limits", "whys"), [
    (170_000, Limits(15_000), []), (169_999, Limits(15_000), [Why.OVER_LIMIT]), (1, Limits(None), []),
    (170_000, Limits(15_000, 26_471), [Why.BELOW_MARGIN]), (170_000, Limits(None, 26_470), [])])
def test_all_lines_together_are_held_against_the_limits_where_a_discount_is_given(
        asked: int, limits: Limits, whys: list[Why]) -> None:
    found = rules.needs((), Terms(), (), limits, whole=replace(WHOLE, asked_amount=asked))
    assert [why for need in found for why in need.whys] == whys
    assert {need.kind for need in found} <= {"whole"}


@pytest.mark.parametrize("edit", [
    {"digest": "others"}, {"asked_amount": 100_001}, {"list_amount": 200_001}, {"currency": "EUR"}])
def test_a_yes_to_the_whole_covers_these_lines_at_this_amount_alone(edit: dict[str, object]) -> None:
    asked = replace(WHOLE, asked_amount=100_000)
    (need,) = rules.needs((), Terms(), (), Limits(15_000), whole=asked)
    assert rules.needs((), Terms(), (), Limits(15_000), [need.fingerprint], whole=asked) == ()
    assert rules.needs((), Terms(), (), Limits(15_000), [need.fingerprint], whole=replace(asked, **edit))


@given(st.permutations([(1, "Chair", 2, 100), (2, "Bag", 1, 50), (None, "Engraving", 1, 5)]))
def test_the_order_of_the_lines_makes_no_other_whole(lines: list[tuple[object, ...]]) -> None:
    assert rules.digest_of(lines) == rules.digest_of(sorted(lines, key=str))
    assert rules.digest_of(lines) != rules.digest_of(lines[1:])


@pytest.mark.parametrize(("terms", "asks_for", "whys"), [
    (Terms(), {"ignore_shipping", "ignore_tax", "multi_use"}, []),
    (Terms(ignores_shipping=True), {"ignore_shipping"}, [Why.IGNORES_SHIPPING]),
    (Terms(ignores_shipping=True, ignores_tax=True), {"ignore_tax"}, [Why.IGNORES_TAX]),
    (Terms(sells_many=True, max_orders=5), {"multi_use"}, [Why.SELLS_MANY]),
    (Terms(True, True, True), set(), [])])
def test_a_site_asks_for_the_terms_it_names(terms: Terms, asks_for: set[str], whys: list[Why]) -> None:
    assert [why for need in rules.needs((), terms, asks_for, Limits()) for why in need.whys] == whys


def test_a_yes_to_five_orders_is_none_to_any_number() -> None:
    five, any_number = (rules.needs((), Terms(sells_many=True, max_orders=most), ["multi_use"], Limits())[0]
                        for most in (5, None))
    assert rules.needs((), Terms(sells_many=True), ["multi_use"], Limits(), [five.fingerprint]) == (any_number,)


@given(LINES, PERCENT, PERCENT)
def test_who_may_go_further_needs_no_more_yeses(line: Offered, limit: int, more: int) -> None:
    assume(more >= limit)
    if line.is_over(more):
        assert line.is_over(limit)
    if line.is_below(limit):
        assert line.is_below(more)


@given(st.lists(LINES, max_size=6), PERCENT, PERCENT)
def test_nothing_is_asked_twice(lines: list[Offered], discount: int, margin: int) -> None:
    limits = Limits(discount, margin)
    first = rules.needs(lines, Terms(), (), limits)
    assert rules.needs(lines, Terms(), (), limits, [need.fingerprint for need in first]) == ()


@given(st.lists(LINES, max_size=6), PERCENT, PERCENT)
def test_what_the_strictest_need_no_yes_for_nobody_does(lines: list[Offered], discount: int, margin: int) -> None:
    if not rules.needs(lines, Terms(), (), rules.STRICTEST):
        assert rules.needs(lines, Terms(), (), Limits(discount, margin)) == ()


@given(LINES, st.sampled_from(["unit_amount", "quantity", "line_id", "currency", "variant_id"]), st.data())
def test_any_edit_is_another_fingerprint(line: Offered, field: str, data: st.DataObject) -> None:
    other = data.draw(LINES)
    assume(getattr(other, field) != getattr(line, field))
    edited = replace(line, **{field: getattr(other, field)})
    assert rules.fingerprint_of_line(edited) != rules.fingerprint_of_line(line)


@given(LINES, st.text(max_size=20))
def test_the_reason_is_no_part_of_the_fingerprint(line: Offered, reason: str) -> None:
    assert rules.fingerprint_of_line(replace(line, reason=reason)) == rules.fingerprint_of_line(line)


@given(LINES, PERCENT)
def test_the_limits_are_kept_without_rounding(line: Offered, limit: int) -> None:
    if line.list_amount:
        exact = 100_000 * (line.list_amount - line.unit_amount)
        assert line.is_over(limit) is (exact > limit * line.list_amount)
        assert line.percent is not None
        assert abs(2 * (line.percent * line.list_amount - exact)) <= line.list_amount
