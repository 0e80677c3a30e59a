"""Tax of one amount: in the price or on top, rounded once per line."""

from decimal import Decimal

from sales_portal.core.money import half_up

WHOLE = 100_000
"""A rate of 100 % in the portal's unit, thousandths of a percent."""


def tax_in(amount: int, rate: int) -> int:
    """The tax inside `amount` minor units at `rate` thousandths of a percent: 125 at 25 % holds 25."""
    return half_up(Decimal(amount * rate) / (WHOLE + rate))


def tax_on(amount: int, rate: int) -> int:
    """The tax on top of `amount` minor units at `rate` thousandths of a percent: 100 at 25 % asks 25 more."""
    return half_up(Decimal(amount * rate) / WHOLE)
