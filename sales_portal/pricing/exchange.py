"""Comparing amounts of two currencies: about how much more one is, at the rate of a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.core.money import Money
from sales_portal.pricing.models import ExchangeRate

EURO = "EUR"
OLDEST = timedelta(days=30)
"""Rates older than this say nothing about today."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more `after` is than `before`, in tenths of a percent, and of which day the rate is."""

    permille: int
    as_of: date


def save_rates(session: Session, as_of: date, per_euro: Mapping[str, Decimal]) -> int:
    """Let these rates (currency → how much of it one euro is worth) take the place of all before; gives how many.

    A rate too small for a millionth is left out. The euro itself needs none.
    """
    rows = [{"currency": currency, "per_euro_millionths": millionths, "as_of": as_of}
            for currency, rate in per_euro.items()
            if currency != EURO and (millionths := int((rate * 10**6).to_integral_value(ROUND_HALF_UP))) > 0]
    session.execute(delete(ExchangeRate))
    if rows:
        session.execute(insert(ExchangeRate), rows)
    return len(rows)


def difference(session: Session, before: Money, after: Money) -> Difference | None:
    """About how much more `after` is than `before`; None without recent rates, for one currency, and from nothing."""
    if before.currency == after.currency or before.minor <= 0:
        return None
    found = {row.currency: row for row in session.scalars(
        select(ExchangeRate).where(ExchangeRate.currency.in_((before.currency, after.currency))))}
    needed = {before.currency, after.currency} - {EURO}
    if needed - found.keys():
        return None
    as_of = min(row.as_of for row in found.values())
    if clock.now().date() - as_of > OLDEST:
        return None
    ratio = Decimal(_in_euro(after, found)) / _in_euro(before, found)
    return Difference(int(((ratio - 1) * 1000).to_integral_value(ROUND_HALF_UP)), as_of)


def _in_euro(amount: Money, rates: Mapping[str, ExchangeRate]) -> Decimal:
    if amount.currency == EURO:
        return amount.major
    return Decimal(amount.major * 10**6) / rates[amount.currency].per_euro_millionths
