"""A price agreed on a line: percent and amount are one thing, and a line's amount is never split unevenly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_portal.core.errors import Invalid
from sales_portal.pricing import special


@pytest.mark.parametrize(("list_amount", "percent", "amount"), [
    (120000, 10_000, 108000), (120000, 0, 120000), (120000, 100_000, 0), (31000, 19_355, 25000), (999, 50_000, 500),
    (1, 50_000, 1), (1, 50_001, 0), (120000, -5_000, 126000), (0, 10_000, 0), (333, 33_333, 222)])
def test_a_percentage_gives_the_price_half_up(list_amount: int, percent: int, amount: int) -> None:
    assert special.price_at(list_amount, percent) == amount


@pytest.mark.parametrize(("list_amount", "amount", "percent"), [
    (120000, 108000, 10_000), (31000, 25000, 19_355), (120000, 120000, 0), (120000, 0, 100_000), (100, 105, -5_000),
    (0, 100, None), (3, 2, 33_333), (3, 1, 66_667), (200000, 199999, 1), (400000, 399999, 0)])
def test_a_price_gives_the_percentage_half_up(list_amount: int, amount: int, percent: int | None) -> None:
    assert special.percent_off(list_amount, amount) == percent


@given(st.integers(1, 10**12), st.integers(0, 100_000))
def test_percent_to_price_and_back_stays_within_one_minor_unit(list_amount: int, percent: int) -> None:
    amount = special.price_at(list_amount, percent)
    back = special.percent_off(list_amount, amount)
    assert back is not None
    assert abs(special.price_at(list_amount, back) - amount) <= list_amount // 200_000 + 1


@pytest.mark.parametrize(("whole", "quantity", "each", "nearest"), [
    (216000, 2, 108000, (216000, 216002)), (10000, 3, None, (9999, 10002)), (1, 2, None, (0, 2)), (0, 5, 0, (0, 5)),
    (10, 3, None, (9, 12)), (9999, 10000, None, (0, 10000))])
def test_a_whole_line_is_split_evenly_or_not_at_all(
        whole: int, quantity: int, each: int | None, nearest: tuple[int, int]) -> None:
    assert special.each_of(whole, quantity) == each
    assert special.nearest_wholes(whole, quantity) == nearest


@given(st.integers(0, 10**12), st.integers(1, 10_000))
def test_the_nearest_amounts_divide_and_lie_around_the_one_asked_for(whole: int, quantity: int) -> None:
    below, above = special.nearest_wholes(whole, quantity)
    assert special.each_of(below, quantity) is not None
    assert special.each_of(above, quantity) is not None
    assert below <= whole < above == below + quantity


@pytest.mark.parametrize(("typed", "locale", "percent"), [
    ("10", "sv_SE", 10_000), ("10%", "sv_SE", 10_000), ("-10%", "sv_SE", 10_000), ("−10 %", "sv_SE", 10_000),
    (" - 12,5 % ", "sv_SE", 12_500), ("12.5", "sv_SE", 12_500), ("12.5", "en", 12_500), ("0", "en", 0),
    ("100", "en", 100_000), ("+5 %", "en", -5_000), (",5", "sv_SE", 500), ("16,667\u00a0%", "en_SE", 16_667),
    ("１２", "sv_SE", 12_000), ("12".rjust(20), "en", 12_000)])
def test_percentages_are_read_as_people_type_them(typed: str, locale: str, percent: int) -> None:
    assert special.parse_percent(typed, locale) == percent


@pytest.mark.parametrize(("typed", "locale", "said"), [
    ("", "en", "Enter a percentage like 12.5"), ("ten", "sv_SE", "Enter a percentage like 12,5"),
    ("%", "en", "Enter a percentage like 12.5"), ("1,5", "en", "Enter a percentage like 12.5"),
    ("--10", "en", "Enter a percentage like 12.5"), ("10%%", "en", "Enter a percentage like 12.5"),
    ("1 0", "en", "Enter a percentage like 12.5"), ("9" * 30, "en", "Enter a percentage like 12.5"),
    ("12".rjust(21), "en", "Enter a percentage like 12.5"),
    ("12.3456", "en", "Enter a percentage with at most 3 decimals"), ("101", "en", "Enter a percentage from 0 to 100"),
    ("100.001", "en", "Enter a percentage from 0 to 100")])
def test_what_is_no_percentage_is_refused_with_the_field_named(typed: str, locale: str, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        special.parse_percent(typed, locale, "discount")
    assert (refusal.value.text, refusal.value.field) == (said, "discount")


def test_a_percentage_is_read_in_english_and_named_so_where_nothing_else_is_said() -> None:
    assert special.parse_percent("12.5") == 12_500
    with pytest.raises(Invalid) as refusal:
        special.parse_percent("12,5")
    assert refusal.value.field == "percent"


@pytest.mark.parametrize(("typed", "answer"), [("-10%", True), ("10 % ", True), ("1 080,00", False), ("", False)])
def test_a_percentage_is_told_from_an_amount(typed: str, answer: bool) -> None:
    assert special.is_percent(typed) is answer
