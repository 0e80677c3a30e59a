"""Arithmetic of a price agreed on one line: from a percentage, from the whole line's amount. Integers only.

Percentages are thousandths of a percent: a reduction of 10 % is 10000, a surcharge is below zero.
"""

import re
from functools import cache

from babel import Locale
from babel.numbers import get_decimal_symbol

from sales_portal.core.errors import Invalid
from sales_portal.core.money import ratio
from sales_portal.pricing.tax import WHOLE

_LONGEST = 20
_SPACES = "\u0020\u00a0\u2009\u202f"
_PERCENT = re.compile(rf"(?P<sign>[-−+])?[{_SPACES}]*(?P<whole>\d{{1,7}})?(?:(?P<point>[.,])(?P<decimals>\d+))?"
                      rf"[{_SPACES}]*%?")
_PLACES = 3


def price_at(list_amount: int, percent: int, step: int = 1) -> int:
    """The price `percent` below `list_amount`, half up to a multiple of `step`."""
    return ratio(list_amount * (WHOLE - percent), WHOLE, step)


def percent_off(list_amount: int, amount: int) -> int | None:
    """How far `amount` lies below `list_amount`, half up; None below nothing at all."""
    return ratio((list_amount - amount) * WHOLE, list_amount) if list_amount else None


def each_of(whole_amount: int, quantity: int, step: int = 1) -> int | None:
    """What one of `quantity` pieces costs where all of them cost `whole_amount`; None where that is no whole `step`."""
    each, rest = divmod(whole_amount, quantity * step)
    return each * step if rest == 0 else None


def nearest_wholes(whole_amount: int, quantity: int, step: int = 1) -> tuple[int, int]:
    """The nearest amounts below and above `whole_amount` that `quantity` pieces can cost together."""
    together = quantity * step
    below = whole_amount // together * together
    return below, below + together


def is_percent(text: str) -> bool:
    """Whether somebody typed a percentage where an amount could stand: `-10%`."""
    return text.strip().endswith("%")


def parse_percent(text: str, locale: str = "en", field: str = "percent") -> int:
    """Read a typed reduction such as `10`, `-10%` or `12,5 %`; a plus is a surcharge. Raises `Invalid` naming `field`.

    A point is read where the comma is decimal: no percentage is long enough to be grouped. A comma is not where the
    point is decimal, and more than three decimals are refused, never rounded away.
    """
    found = _PERCENT.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if found is None or not (found["whole"] or found["decimals"]) or found["point"] not in _points(locale):
        raise Invalid(field, f"Enter a percentage like {_example(locale)}")
    decimals = found["decimals"] or ""
    if len(decimals) > _PLACES:
        raise Invalid(field, f"Enter a percentage with at most {_PLACES} decimals")
    percent = int(found["whole"] or "0") * 1000 + int(decimals.ljust(_PLACES, "0"))
    if percent > WHOLE:
        raise Invalid(field, "Enter a percentage from 0 to 100")
    return -percent if found["sign"] == "+" else percent


@cache
def _points(locale: str) -> frozenset[str | None]:
    return frozenset({None, ".", str(get_decimal_symbol(Locale.parse(locale)))})


def _example(locale: str) -> str:
    return f"12{get_decimal_symbol(Locale.parse(locale))}5"
