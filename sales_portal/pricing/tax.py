"""Tax of one amount, in the price or on top, rounded once per line; and when a buyer accounts for it instead."""

import re
from enum import StrEnum

from stdnum.eu import vat

from sales_portal.core.money import ratio

WHOLE = 100_000
"""A rate of 100 % in the portal's unit, thousandths of a percent."""

_UNION = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"})
_LETTERS = (_UNION - {"GR"}) | {"EL"}
_VAT_NUMBER = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,12}")
_BETWEEN = re.compile(r"[\s.\-/]+")


class TaxOnShipping(StrEnum):
    """How the charge for shipping is taxed: at the standard rate, or split over the rates of the goods it brings."""

    STANDARD = "standard"
    PROPORTIONAL = "proportional"


def tax_in(amount: int, rate: int, step: int = 1) -> int:
    """The tax inside `amount` minor units at `rate` thousandths of a percent, in a `step`: 125 at 25 % holds 25."""
    return ratio(amount * rate, WHOLE + rate, step)


def tax_on(amount: int, rate: int, step: int = 1) -> int:
    """The tax on `amount` minor units at `rate` thousandths of a percent, in a `step`: 100 at 25 % asks 25 more."""
    return ratio(amount * rate, WHOLE, step)


def vat_country(vat_number: str) -> str | None:
    """The country of the European Union (ISO code) whose VAT number this is, check digits and all; None where of none.

    It begins with the letters of that country; Greece writes EL, not its ISO code.
    """
    bare = _BETWEEN.sub("", vat_number).upper() if vat_number.isascii() else ""
    country = "GR" if bare[:2] == "EL" else bare[:2] if bare[:2] != "GR" else ""
    return country if country in _UNION and _VAT_NUMBER.fullmatch(bare) and vat.is_valid(bare) else None


def clean_vat_number(typed: str, country: str) -> str:
    """`typed` as it is kept, with the letters of `country` in front where they alone were missing."""
    bare = _BETWEEN.sub("", typed).upper()
    whole = ("EL" if country == "GR" else country) + bare
    return whole if vat_country(bare) is None and vat_country(whole) == country else bare


def is_mistyped(vat_number: str) -> bool:
    """Whether a number begins as one of the European Union and is none; those of other places nobody can check here."""
    bare = _BETWEEN.sub("", vat_number).upper()
    return bare[:2] in _LETTERS and vat_country(bare) is None


def is_reverse_charged(seller_country: str, delivery_country: str, vat_number: str) -> bool:
    """Whether the buyer accounts for the tax: a company registered in, and delivered to, the Union outside our country.

    The country delivered to decides: what stays in the seller's own country is taxed there whoever buys.
    """
    abroad = _UNION - {seller_country}
    return seller_country in _UNION and delivery_country in abroad and vat_country(vat_number) in abroad
