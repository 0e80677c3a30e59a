"""Addresses as each country writes them."""

import pytest
from babel import Locale

from sales_portal.core import translation
from sales_portal.storefront.forms import address
from sales_portal.web import postal


@pytest.mark.parametrize(("country", "lines"), [
    ("SE", ["Delivery address", "Postcode", "Town or city"]),
    ("US", ["Delivery address", "City", "State", "ZIP code"]),
    ("GB", ["Delivery address", "Town or city", "Postcode"]),
    ("JP", ["Postcode", "Prefecture", "Delivery address"]),
    ("IE", ["Delivery address", "City", "County", "Eircode"]),
    ("AE", ["Delivery address", "Emirate"]),
    ("DE", ["Delivery address", "Postcode", "City"]),
])
def test_lines_stand_in_the_countrys_order_under_its_words(country: str, lines: list[str]) -> None:
    assert [line.label for line in address.fields_of(country)] == lines


@pytest.mark.parametrize(("country", "optional"), [("IE", {"region", "postcode"}), ("SE", set()), ("US", set())])
def test_what_a_country_can_do_without_is_optional(country: str, optional: set[str]) -> None:
    assert {line.name for line in address.fields_of(country) if not line.is_required} == optional


def test_every_line_tells_the_browser_what_it_is() -> None:
    for country in ("SE", "US", "GB", "JP", "IE", "AE"):
        tokens = [line.autocomplete for line in address.fields_of(country)]
        assert all(token.startswith("shipping ") for token in tokens)
        assert len(set(tokens)) == len(tokens)


@pytest.mark.parametrize(("country", "keyboard"), [("SE", "numeric"), ("US", "numeric"), ("GB", None), ("NL", None)])
def test_only_postcodes_of_digits_ask_for_the_number_keyboard(country: str, keyboard: str | None) -> None:
    assert next(line.inputmode for line in address.fields_of(country) if line.name == "postcode") == keyboard


@pytest.mark.parametrize(("country", "typed", "read"), [
    ("SE", "111 22", "111 22"), ("SE", "11122", "11122"), ("SE", "SE-11122", "11122"), ("SE", "1 1122", "11122"),
    ("SE", "12", None), ("SE", "111 222", None), ("GB", "ec1a1hq", "EC1A1HQ"), ("GB", "EC1A  1HQ", "EC1A 1HQ"),
    ("GB", "12345", None), ("US", "95014-1234", "95014-1234"), ("US", "9501", None), ("JP", "1540023", "1540023"),
    ("PL", "00123", "00-123"), ("NL", "1234ab", "1234AB"), ("IE", "a65f4e2", "A65F4E2"), ("CA", "k1a 0b1", "K1A 0B1"),
    ("AE", "anything", "ANYTHING"), ("SE", "1" * 100_000, None),
])
def test_a_postcode_is_read_in_any_case_and_spacing(country: str, typed: str, read: str | None) -> None:
    assert address.read_postcode(country, typed) == read


@pytest.mark.parametrize(("country", "lines"), [
    ("SE", ["Storgatan 1", "c/o Berg", "111 22 Stockholm", "Sweden"]),
    ("US", ["Storgatan 1", "c/o Berg", "Stockholm, CA 111 22", "United States"]),
    ("GB", ["Storgatan 1", "c/o Berg", "Stockholm", "111 22", "United Kingdom"]),
    ("DE", ["Storgatan 1", "c/o Berg", "111 22 Stockholm", "Germany"]),
])
def test_an_envelope_reads_as_in_the_country(country: str, lines: list[str]) -> None:
    assert postal.lines_of({"street": "Storgatan 1", "street_2": "c/o Berg", "postcode": "111 22",
                             "city": "Stockholm", "region": "CA", "country": country}) == lines


def test_missing_lines_leave_no_gap() -> None:
    assert postal.lines_of({"street": "Storgatan 1", "city": "Stockholm", "country": "SE"}) == [
        "Storgatan 1", "Stockholm", "Sweden"]
    assert postal.lines_of({}) == []


def test_regions_are_stored_readable_for_those_who_pack() -> None:
    emirates = next(line.choices for line in address.fields_of("AE") if line.name == "region")
    assert ("Dubai", "Dubai") in emirates
    assert all(stored.isascii() for stored, _ in emirates)


@pytest.mark.parametrize(("language", "country", "stored", "shown"), [
    ("ja", "JP", "Hokkaido", "北海道"), ("ar", "AE", "Dubai", "دبي"), ("ja", "HK", "Kowloon", "九龍"),
    ("de", "JP", "Hokkaido", "Hokkaido"), ("ar", "JP", "Hokkaido", "Hokkaido"), ("ja", "US", "CA", "California"),
    ("ja", "BR", "AP", "Amapá")])
def test_a_region_is_read_in_the_letters_of_the_language_and_stored_in_latin_ones(
        language: str, country: str, stored: str, shown: str) -> None:
    with translation.speaking(language):
        choices = next(line.choices for line in address.fields_of(country) if line.name == "region")
        assert (stored, shown) in choices
        where = " ".join(postal.lines_of({"street": "1", "city": "X", "region": stored, "country": country}))
        assert (shown if shown not in ("California", "Amapá") else stored) in where


@pytest.mark.parametrize(("language", "names"), [
    ("en", ["Austria", "Denmark", "Poland", "Åland Islands"]),
    ("de", ["Ålandinseln", "Dänemark", "Österreich", "Polen"]),
    ("sv", ["Danmark", "Polen", "Åland", "Österrike"]),
])
def test_countries_stand_as_the_alphabet_of_the_language_has_them(language: str, names: list[str]) -> None:
    with translation.speaking(language):
        assert [name for country, name in address.by_name(["PL", "AX", "DK", "AT"])] == names


def test_an_address_ends_with_the_country_in_the_language_that_is_spoken() -> None:
    with translation.speaking("de"):
        assert postal.lines_of({"street": "Storgatan 1", "city": "Stockholm", "country": "SE"})[-1] == "Schweden"


def test_every_countrys_own_postcodes_are_read_and_where_there_is_none_none_is_asked() -> None:
    """V150: no country's rule is another's."""
    counted = 0
    for country in filter(str.isalpha, Locale("en").territories):
        if len(country) != 2 or not _is_known(country):
            continue
        rules = postal.rules_of(country)
        for example in rules.postal_code_examples:
            assert address.read_postcode(country, example.lower()) is not None, (country, example)
            counted += 1
        if "postal_code" not in rules.allowed_fields:
            assert not address.asks_for(country, "postcode"), country
            assert not address.is_required(country, "postcode"), country
    assert counted > 300


def _is_known(country: str) -> bool:
    try:
        postal.rules_of(country)
    except ValueError:
        return False
    return True
