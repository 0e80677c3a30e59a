"""Money as whole minor units with a currency; no float ever touches it."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache

from babel import Locale
from babel.numbers import format_currency, get_currency_precision, get_decimal_symbol, list_currencies

from sales_portal.core.errors import Invalid

LARGEST = 2**53 - 1
_SPACES = re.compile(r"[\s\u00a0\u202f']")


class MixedCurrencies(ValueError):
    """Two amounts of different currencies cannot be added or compared."""


@cache
def exponent(currency: str) -> int:
    """Decimals of a currency's minor unit: SEK 2, JPY 0, KWD 3."""
    return get_currency_precision(currency)


@cache
def is_currency(code: str) -> bool:
    """Whether `code` is an ISO 4217 code such as SEK."""
    return code in list_currencies()


@dataclass(frozen=True, order=False, slots=True)
class Money:
    """An amount in minor units of one currency: `Money(330800, "SEK")` is 3 308,00 kr."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    @property
    def major(self) -> Decimal:
        """The amount in major units, exact: 33.08 for 3308 cents."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def format(self, locale: str = "en") -> str:
        """The amount with its currency as people of `locale` write it; amounts never break over lines."""
        return format_currency(self.major, self.currency, locale=locale).replace(" ", "\u00a0")

    def format_amount(self, locale: str = "en") -> str:
        """The amount alone, without the currency sign."""
        text = format_currency(self.major, self.currency, format="#,##0.00", locale=locale)
        return text.replace(" ", "\u00a0")

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency}")
        return other.minor


def parse(text: str, currency: str, locale: str = "en", field: str = "amount") -> Money:
    """Read a typed amount such as `1 080,00` or `1,080.00`; refuses what could be read two ways.

    A group separator must stand before exactly three digits; more decimals than the currency has are refused,
    never rounded away. Raises `Invalid` naming `field`.
    """
    plain = _SPACES.sub("", text)
    decimal = str(get_decimal_symbol(Locale.parse(locale)))
    group = "," if decimal == "." else "."
    if group in plain:
        if not re.fullmatch(rf"[-−]?\d{{1,3}}({re.escape(group)}\d{{3}})+({re.escape(decimal)}\d+)?", plain):
            raise Invalid(field, f"Enter an amount like 1080{decimal}50")
        plain = plain.replace(group, "")
    try:
        major = Decimal(plain.replace(decimal, ".").replace("−", "-"))
    except InvalidOperation:
        raise Invalid(field, f"Enter an amount like 1080{decimal}50") from None
    minor = major.scaleb(exponent(currency))
    if not major.is_finite() or "e" in plain.lower() or minor != minor.to_integral_value():
        raise Invalid(field, f"Enter an amount with at most {exponent(currency)} decimals")
    if abs(minor) > LARGEST:
        raise Invalid(field, "Enter a smaller amount")
    return Money(int(minor), currency)


def half_up(amount: Decimal) -> int:
    """Round to a whole minor unit, halves away from zero: the portal's one rounding rule."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def share(total: int, weights: list[int]) -> list[int]:
    """Split `total` over `weights` so that nothing is lost: largest remainders get the last units.

    1000 over three equal weights is [334, 333, 333]. All-zero weights give everything to the first.
    """
    whole = sum(weights)
    if not weights:
        return []
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    parts = [total * weight // whole for weight in weights]
    rest = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in rest[: total - sum(parts)]:
        parts[i] += 1
    return parts
