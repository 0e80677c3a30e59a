"""Money is whole minor units of one currency."""

import re
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from sales_portal.core import money
from sales_portal.core.money import LARGEST, MixedCurrencies, Money

AMOUNTS = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(("currency", "places"), [("SEK", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_each_currency_has_its_own_minor_unit(currency: str, places: int) -> None:
    assert money.exponent(currency) == places
    assert Money(108050, currency).major == Decimal(108050) / 10**places


@pytest.mark.parametrize(("code", "is_one"), [
    ("SEK", True), ("EUR", True), ("sek", False), ("XYZ", False), ("", False)])
def test_a_currency_is_an_iso_code(code: str, is_one: bool) -> None:
    assert money.is_currency(code) is is_one


@pytest.mark.parametrize(("minor", "currency", "locale", "text"), [
    (330800, "SEK", "sv", "3 308,00 kr"),
    (-5900, "SEK", "sv", "−59,00 kr"),
    (123456, "EUR", "de", "1.234,56 €"),
    (123456, "EUR", "en", "€1,234.56"),
    (1080, "JPY", "ja", "￥1,080"),
    (1080, "JPY", "en", "¥1,080"),
    (108500, "KWD", "en", "KWD 108.500"),
    (12345678, "INR", "en_IN", "₹1,23,456.78"),
])
def test_an_amount_is_written_as_the_locale_writes_it(minor: int, currency: str, locale: str, text: str) -> None:
    """M170: each amount as its locale writes it."""
    assert Money(minor, currency).format(locale).replace("\u00a0", " ") == text


@pytest.mark.parametrize(("minor", "currency", "locale", "text"), [
    (330800, "SEK", "sv", "3 308,00"),
    (1080, "JPY", "sv", "1 080"),
    (108500, "KWD", "sv", "108,500"),
    (12345678, "INR", "en_IN", "1,23,456.78"),
])
def test_an_amount_without_its_sign_keeps_the_locales_groups(minor: int, currency: str, locale: str, text: str) -> None:
    assert Money(minor, currency).format_amount(locale).replace("\u00a0", " ") == text


@pytest.mark.parametrize("locale", ["en", "sv", "de_CH", "de_AT", "en_IN", "es", "pl", "fr_CA", "ar", "fa", "ja"])
@pytest.mark.parametrize("currency", ["SEK", "USD", "JPY", "KWD", "CLF"])
def test_an_amount_is_written_as_babel_writes_it_but_with_a_minus_for_its_hyphen(locale: str, currency: str) -> None:
    for minor in (0, 7, 100, -1, 99999, 100000, -123456789, 10**12 + 5, -LARGEST):
        amount = Money(minor, currency)
        wanted = format_currency(amount.major, currency, locale=locale).replace(" ", "\u00a0").replace("-", "−")
        assert re.sub(r"(?<=[A-Za-z])(?=\d)", "\u00a0", wanted) == amount.format(locale)


def test_an_amount_never_breaks_over_lines() -> None:
    assert " " not in Money(123456789, "SEK").format("sv") + Money(123456789, "SEK").format_amount("sv")


def test_two_currencies_are_never_added_or_compared() -> None:
    for act in (lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b):
        with pytest.raises(MixedCurrencies, match="EUR and SEK"):
            act(Money(1, "EUR"), Money(1, "SEK"))
    assert Money(1, "EUR") != Money(1, "SEK")


@given(AMOUNTS, AMOUNTS, st.integers(0, 10_000))
def test_sums_differences_and_multiples_are_those_of_the_minor_units(a: int, b: int, times: int) -> None:
    assert Money(a, "SEK") + Money(b, "SEK") == Money(a + b, "SEK")
    assert Money(a, "SEK") - Money(b, "SEK") == Money(a - b, "SEK")
    assert Money(a, "SEK") * times == Money(a * times, "SEK")
    assert -Money(a, "SEK") == Money(-a, "SEK")
    assert (Money(a, "SEK") < Money(b, "SEK")) is (a < b)
    assert bool(Money(a, "SEK")) is (a != 0)


@pytest.mark.parametrize(("exact", "rounded"), [
    ("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.49", 2), ("2.51", 3), ("-0.5", -1), ("-2.5", -3), ("0", 0), ("7", 7)])
def test_halves_are_rounded_away_from_zero_never_to_the_even_one(exact: str, rounded: int) -> None:
    """M162: .005, .015 and .025 go the same way."""
    assert money.half_up(Decimal(exact)) == rounded


@pytest.mark.parametrize(("above", "below", "rounded"), [
    (1, 2, 1), (3, 2, 2), (5, 2, 3), (249, 100, 2), (251, 100, 3), (-1, 2, -1), (-5, 2, -3), (0, 7, 0), (49, 7, 7),
    (1, 3, 0), (2, 3, 1), (-1, 3, 0)])
def test_a_ratio_is_rounded_by_the_same_rule(above: int, below: int, rounded: int) -> None:
    assert money.ratio(above, below) == rounded


@given(st.integers(-(10**25), 10**25), st.integers(1, 10**9))
def test_a_ratio_is_the_nearest_whole_number_whatever_its_size(above: int, below: int) -> None:
    rounded = money.ratio(above, below)
    assert 2 * abs(above - rounded * below) <= below
    assert money.ratio(-above, below) == -rounded


@pytest.mark.parametrize(("total", "weights", "parts"), [
    (1000, [1, 1, 1], [334, 333, 333]),
    (100, [2, 1], [67, 33]),
    (7, [7, 4], [4, 3]),
    (5, [0, 1], [0, 5]),
    (5, [0, 0], [5, 0]),
    (0, [3, 4], [0, 0]),
    (7, [], []),
    (2, [1, 1, 1], [1, 1, 0]),
])
def test_a_total_is_split_by_the_largest_remainders(total: int, weights: list[int], parts: list[int]) -> None:
    """M164: 10,00 over three lines is 3,34 + 3,33 + 3,33."""
    assert money.share(total, weights) == parts


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**12), min_size=1, max_size=100))
def test_splitting_loses_no_minor_unit_and_stays_within_one_of_the_exact_share(total: int, weights: list[int]) -> None:
    """M164: what is shared out adds up."""
    parts = money.share(total, weights)
    assert sum(parts) == total
    assert all(part >= 0 for part in parts)
    if whole := sum(weights):
        exact = [Fraction(total * weight, whole) for weight in weights]
        assert all(floor(share) <= part <= floor(share) + 1 for part, share in zip(parts, exact, strict=True))
        assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)
