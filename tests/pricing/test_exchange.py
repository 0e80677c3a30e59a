"""Comparing totals of two currencies: about how much more one is, at the rate of a day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from sales_portal.core.money import Money
from sales_portal.pricing import exchange
from sales_portal.pricing.exchange import Difference
from tests.harness.time import Clock

TODAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def _rates(session: Session, clock: Clock) -> None:
    clock.set(datetime(2026, 11, 27, 12, tzinfo=UTC))
    exchange.save_rates(session, TODAY, {"SEK": Decimal("11.42"), "JPY": Decimal("163.1"), "KWD": Decimal("0.333")})


@pytest.mark.parametrize(("before", "after", "permille"), [
    (Money(114_200, "SEK"), Money(10_000, "EUR"), 0),
    (Money(114_200, "SEK"), Money(10_290, "EUR"), 29),
    (Money(10_000, "EUR"), Money(111_358, "SEK"), -25),
    (Money(114_200, "SEK"), Money(16_310, "JPY"), 0),
    (Money(16_310, "JPY"), Money(34_965, "KWD"), 50),
    (Money(100, "EUR"), Money(0, "SEK"), -1000),
])
def test_totals_are_compared_in_whole_currency_units(
        session: Session, before: Money, after: Money, permille: int) -> None:
    assert exchange.difference(session, before, after) == Difference(permille, TODAY)


@pytest.mark.parametrize(("before", "after"), [
    (Money(100, "SEK"), Money(200, "SEK")), (Money(0, "SEK"), Money(100, "EUR")),
    (Money(100, "SEK"), Money(100, "USD")), (Money(100, "USD"), Money(100, "EUR"))])
def test_without_two_currencies_an_amount_or_a_rate_nothing_is_said(
        session: Session, before: Money, after: Money) -> None:
    assert exchange.difference(session, before, after) is None


@pytest.mark.parametrize(("days", "is_said"), [(30, True), (31, False)])
def test_a_rate_of_long_ago_says_nothing_about_today(session: Session, clock: Clock, days: int, is_said: bool) -> None:
    clock.advance(hours=24 * days)
    found = exchange.difference(session, Money(11_420, "SEK"), Money(1_000, "EUR"))
    assert (found is not None) == is_said


def test_new_rates_take_the_place_of_all_before(session: Session) -> None:
    assert exchange.save_rates(session, TODAY + timedelta(days=1), {
        "USD": Decimal("1.08"), "EUR": Decimal(1), "VND": Decimal("0.0000001")}) == 1
    assert exchange.difference(session, Money(100, "SEK"), Money(100, "EUR")) is None
    assert exchange.difference(session, Money(108, "USD"), Money(100, "EUR")) == Difference(
        0, TODAY + timedelta(days=1))
