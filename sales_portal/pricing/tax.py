"""Tax of one amount, in the price or on top, rounded once per line; and when a buyer accounts for it instead."""

import re
from enum import StrEnum

from sales_portal.core.money import ratio

WHOLE = 100_000
"""A rate of 100 % in the portal's unit, thousandths of a percent."""

_VAT_NUMBERS = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "HR": r"\d{11}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}",
    "DK": r"\d{8}", "EE": r"\d{9}", "FI": r"\d{8}", "FR": r"[0-9A-HJ-NP-Z]{2}\d{9}", "DE": r"\d{9}",
    "GR": r"\d{9}", "HU": r"\d{8}", "IE": r"\d[0-9A-Z+*]\d{5}[A-W][A-IW]?", "IT": r"\d{11}", "LV": r"\d{11}",
    "LT": r"(\d{9}|\d{12})", "LU": r"\d{8}", "MT": r"\d{8}", "NL": r"[0-9A-Z+*]{9}B[0-9A-Z+*]{2}", "PL": r"\d{10}",
    "PT": r"\d{9}", "RO": r"[1-9]\d{1,9}", "SK": r"[1-9]\d{9}", "SI": r"[1-9]\d{7}", "ES": r"[0-9A-Z]\d{7}[0-9A-Z]",
    "SE": r"\d{10}01",
}
"""What follows the two letters of the country; check digits are not computed. Greece writes EL, not its ISO code."""
_BETWEEN = re.compile(r"[\s.\-/]+")


class TaxOnShipping(StrEnum):
    """How the charge for shipping is taxed: at the standard rate, or split over the rates of the goods it brings."""

    STANDARD = "standard"
    PROPORTIONAL = "proportional"


def tax_in(amount: int, rate: int) -> int:
    """The tax inside `amount` minor units at `rate` thousandths of a percent: 125 at 25 % holds 25."""
    return ratio(amount * rate, WHOLE + rate)


def tax_on(amount: int, rate: int) -> int:
    """The tax on top of `amount` minor units at `rate` thousandths of a percent: 100 at 25 % asks 25 more."""
    return ratio(amount * rate, WHOLE)


def vat_country(vat_number: str) -> str | None:
    """The country of the European Union (ISO code) a VAT number is written like one of; None where it is of none."""
    bare = _BETWEEN.sub("", vat_number).upper()
    country = "GR" if bare[:2] == "EL" else bare[:2] if bare[:2] != "GR" else ""
    pattern = _VAT_NUMBERS.get(country)
    return country if pattern is not None and re.fullmatch(pattern, bare[2:], re.ASCII) else None


def is_reverse_charged(seller_country: str, delivery_country: str, vat_number: str) -> bool:
    """Whether the buyer accounts for the tax: a company registered in, and delivered to, the Union outside our country.

    The country delivered to decides: what stays in the seller's own country is taxed there whoever buys.
    """
    abroad = _VAT_NUMBERS.keys() - {seller_country}
    return seller_country in _VAT_NUMBERS and delivery_country in abroad and vat_country(vat_number) in abroad
