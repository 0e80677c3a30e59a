"""Money as whole minor units with a currency; no float ever touches it."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.numbers import (
    format_currency,
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
    list_currencies,
)

from sales_portal.core.errors import Invalid
from sales_portal.core.translation import _, _n

LARGEST = 2**53 - 1
_LONGEST = 60
_SPACES = "\u0020\u00a0\u2009\u202f'’"
_MARKS = re.compile("[\u061c\u200e\u200f]")
_LETTERS_BESIDE_DIGITS = re.compile(r"(?<=[A-Za-z])(?=\d)")
"""Where a code such as SEK touches its amount; CLDR puts a space there, Babel does not."""
_POINTED = re.compile(rf"(?P<whole>\d*(?=\.\d\d?$)|\d{{1,3}}(?P<same>[{_SPACES},])\d{{3}}(?:(?P=same)\d{{3}})*)"
                      r"\.(?P<decimals>\d+)")
"""An amount with a decimal point: after bare digits three decimals would look like a group."""


class MixedCurrencies(ValueError):
    """Two amounts of different currencies cannot be added or compared."""


@cache
def exponent(currency: str) -> int:
    """Decimals of a currency's minor unit: SEK 2, JPY 0, KWD 3."""
    return get_currency_precision(currency)


@cache
def increment(currency: str) -> int:
    """The smallest sum there is, in minor units: SEK 1, KWD 10, for providers take no odd thousandths."""
    return 10 if exponent(currency) == 3 else 1


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
        return _text(self.minor, self.currency, locale)

    def format_amount(self, locale: str = "en") -> str:
        """The amount alone, without the currency sign."""
        return _text(self.minor, self.currency, locale, without_sign=True)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency}")
        return other.minor


# Writing an amount costs more than a row of the database, and a page shows the same ones again and again.
@lru_cache(maxsize=4096)
def _text(minor: int, currency: str, locale: str, *, without_sign: bool = False) -> str:
    signs = _signs(currency, locale, without_sign, minor < 0)
    if signs is None:
        return _by_babel(minor, currency, locale, without_sign)
    before, group, point, after = signs
    whole, decimals = divmod(abs(minor), 10**exponent(currency))
    grouped = f"{whole:,}".replace(",", group)
    return f"{before}{grouped}{point}{decimals:0{exponent(currency)}}{after}" if point else f"{before}{grouped}{after}"


@cache
def _signs(currency: str, locale: str, without_sign: bool, is_negative: bool) -> tuple[str, str, str, str] | None:
    """What stands before, between the groups, between the decimals and after an amount, seen in one Babel wrote; None
    where groups are not of three digits."""
    decimals = "8901"[:exponent(currency)]
    sample = int("1234567" + decimals)
    text = _by_babel(-sample if is_negative else sample, currency, locale, without_sign)
    point = rf"(?P<point>\D+){decimals}" if decimals else "(?P<point>)"
    found = re.fullmatch(rf"(?P<before>\D*)1(?P<group>\D*)234(?P=group)567{point}(?P<after>\D*)", text)
    return (found["before"], found["group"], found["point"], found["after"]) if found is not None else None


def _by_babel(minor: int, currency: str, locale: str, without_sign: bool) -> str:
    pattern = _plain_pattern(locale) if without_sign else None
    text = format_currency(Money(minor, currency).major, currency, pattern, locale)
    # The minus stands beside percentages too, where Babel's hyphen would look like another sign.
    return _LETTERS_BESIDE_DIGITS.sub("\u00a0", text.replace(" ", "\u00a0").replace("-", "\u2212"))


@cache
def _plain_pattern(locale: str) -> str:
    return re.sub(r"[¤\s]", "", Locale.parse(locale).currency_formats["standard"].pattern)


def parse(text: str, currency: str, locale: str = "en", field: str = "amount") -> Money:
    """Read a typed amount such as `1 080,00` or `1,080.00`; refuses what could be read two ways.

    The currency's own sign or code may stand beside it. Groups are of three digits and written one way throughout;
    a separator that is not the locale's groups only where a decimal part follows (`1.080,00` in Swedish). Where the
    comma is decimal, so is a point that cannot be a group's (`1080.50`, `1,080.50`): keypads have no comma. More
    decimals than the currency has are refused, never rounded away, and so are odd thousandths. Raises
    `Invalid` naming `field`.
    """
    is_negative, bare = _signed(_MARKS.sub("", text[:_LONGEST + 1]), currency, locale)
    ways = _ways(locale) if len(text) <= _LONGEST else ()
    found = next(filter(None, (way.fullmatch(bare) for way in ways)), None)
    if found is None:
        raise Invalid(field, _("Enter an amount like {example}", example=_example(currency, locale)))
    whole, decimals = re.sub(r"\D", "", found["whole"]), found["decimals"] or ""
    places = exponent(currency)
    if len(decimals) > places:
        raise Invalid(field, _too_precise(places))
    minor = int(whole or "0") * 10**places + int(decimals.ljust(places, "0") or "0")
    if minor > LARGEST:
        raise Invalid(field, _("Enter a smaller amount"))
    refuse_odd(minor, currency, field)
    return Money(-minor if is_negative else minor, currency)


def refuse_odd(minor: int, currency: str, field: str) -> None:
    """Refuse with `Invalid` naming `field` what nobody can pay: thousandths that are no hundredth."""
    if minor % increment(currency):
        raise Invalid(field, _("Enter an amount whose last digit is 0"))


def _too_precise(places: int) -> str:
    if not places:
        return _("Enter an amount without decimals")
    return _n("Enter an amount with at most {count} decimal", "Enter an amount with at most {count} decimals", places)


@cache
def _ways(locale: str) -> tuple[re.Pattern[str], ...]:
    """The locale's own way of writing an amount, and the one with a point where that is another."""
    own = _written(locale)
    return (own,) if get_decimal_symbol(Locale.parse(locale)) == "." else (own, _POINTED)


@cache
def _written(locale: str) -> re.Pattern[str]:
    found = Locale.parse(locale)
    decimal, group = str(get_decimal_symbol(found)), str(get_group_symbol(found))
    own = f"[{_SPACES}{re.escape(group)}]"
    shapes = [r"\d*", rf"\d{{1,3}}(?P<same>{own})\d{{3}}(?:(?P=same)\d{{3}})*"]
    if found.decimal_formats[None].grouping == (3, 2):
        shapes.append(rf"\d{{1,2}}(?:{own}\d{{2}})*{own}\d{{3}}")
    shapes += [rf"\d{{1,3}}(?:\{other}\d{{3}})+(?={re.escape(decimal)})" for other in {",", "."} - {decimal, group}]
    return re.compile(rf"(?=.*\d)(?P<whole>{'|'.join(shapes)})(?:{re.escape(decimal)}(?P<decimals>\d+))?")


def _signed(text: str, currency: str, locale: str) -> tuple[bool, str]:
    bare, is_negative = text.strip(), False
    for sign in (get_currency_symbol(currency, locale), currency):
        bare, is_negative = _without_minus(bare, is_negative)
        bare = bare.removeprefix(sign).removesuffix(sign).strip()
    bare, is_negative = _without_minus(bare, is_negative)
    return is_negative, bare


def _without_minus(text: str, is_negative: bool) -> tuple[str, bool]:
    if not is_negative and text.startswith(("-", "−")):
        return text[1:].strip(), True
    return text, is_negative


def _example(currency: str, locale: str) -> str:
    decimals = "500"[:exponent(currency)].ljust(exponent(currency), "0")
    return f"1080{get_decimal_symbol(Locale.parse(locale))}{decimals}" if decimals else "1080"


def half_up(amount: Decimal) -> int:
    """Round to a whole minor unit, halves away from zero: the portal's one rounding rule."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def ratio(above: int, below: int, step: int = 1) -> int:
    """`above / below` rounded by the same rule to a multiple of `step`, in whole numbers; `below` is above zero."""
    below *= step
    rounded = (2 * abs(above) + below) // (2 * below) * step
    return rounded if above >= 0 else -rounded


def share(total: int, weights: list[int], step: int = 1) -> list[int]:
    """Split `total` over `weights` so that nothing is lost: largest remainders get the last units.

    1000 over three equal weights is [334, 333, 333]; in a step of 10, which has to divide it, [340, 330, 330]. All-zero
    weights give everything to the first.
    """
    if step > 1:
        return [part * step for part in share(total // step, weights)]
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
