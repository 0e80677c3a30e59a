"""Every text a customer can read is said in every language: none untranslated, none stale, nothing lost on the way."""

import re
from collections.abc import Callable
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message

from sales_portal.core import translation
from scripts import messages

OTHERS = tuple(language for language in translation.LANGUAGES if language != translation.ENGLISH)
PLACEHOLDER = re.compile(r"\{[a-z_0-9]*\}")
SAME = {
    "de": frozenset({"(optional)", "Name", "Code {code}", "3-D Secure"}),
    "sv": frozenset({"3-D Secure"}),
    "ja": frozenset[str](),
    "ar": frozenset[str](),
}
"""Texts that read in a language as they do in English."""
COUNTS = {"de": (0, 1, 2, 5), "sv": (0, 1, 2, 5), "ja": (0, 1, 2, 5), "ar": (0, 1, 2, 3, 11, 100)}


@cache
def texts() -> Catalog:
    """Every text that is marked where it stands."""
    return messages.collect()


def kept(language: str) -> list[Message]:
    return [message for message in messages.read(language) if message.id]


def english(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[1]


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_every_text_and_no_other(language: str) -> None:
    here, there = ({english(message) for message in found if message.id} for found in (texts(), kept(language)))
    assert len(here) > 300
    assert here - there == set(), "run python -m scripts.messages"
    assert there - here == set(), "run python -m scripts.messages"


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_in_every_form_and_none_is_a_guess(language: str) -> None:
    assert [english(message) for message in kept(language) if message.fuzzy or not all(messages.forms(message))] == []
    plurals = messages.read(language).num_plurals
    assert [english(message) for message in kept(language)
            if not isinstance(message.id, str) and len(messages.forms(message)) != plurals] == []


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_reads_as_in_english_but_what_is_listed(language: str) -> None:
    same = {english(message) for message in kept(language) if english(message) in messages.forms(message)}
    assert {text for text in same if re.search(r"[A-Za-z]{2}", PLACEHOLDER.sub("", text))} == SAME[language]


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_filled_in_is_filled_in_everywhere(language: str) -> None:
    wrong = []
    for message in kept(language):
        wanted = set(PLACEHOLDER.findall(english(message)))
        for said in messages.forms(message):
            named = set(PLACEHOLDER.findall(said))
            # One, none and two are said in words in some languages.
            if named - wanted or (wanted - named) - ({"{count}"} if not isinstance(message.id, str) else set()):
                wrong.append((english(message), said))
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_keeps_its_ends_and_has_no_markup(language: str) -> None:
    wrong = [(english(message), said) for message in kept(language) for said in messages.forms(message)
             if said != said.strip(" ") or "<" in said or "&nbsp;" in said or said.count("{") != said.count("}")]
    assert wrong == []


@pytest.mark.parametrize(("language", "count"), [
    (language, count) for language in OTHERS for count in COUNTS[language]])
def test_every_text_with_a_number_can_be_said_of_any(language: str, count: int) -> None:
    with translation.speaking(language):
        for message in kept(language):
            if not isinstance(message.id, str):
                one, many = message.id
                names = {name[1:-1]: "x" for name in PLACEHOLDER.findall(many)} | {"count": count}
                said = translation._n(one, many, **names)  # type: ignore[arg-type]
                assert said
                assert "{" not in said


def test_arabic_tells_two_from_three_and_german_one_from_none() -> None:
    def forms(language: str, counts: tuple[int, ...]) -> list[int]:
        select: Callable[[int], int] = translation.catalog(language).plural  # type: ignore[attr-defined]
        return [select(count) for count in counts]

    assert forms("ar", (0, 1, 2, 3, 11, 100)) == [0, 1, 2, 3, 4, 5]
    assert forms("de", (0, 1, 2)) == forms("sv", (0, 1, 2)) == [1, 0, 1]
    assert forms("ja", (0, 1, 2)) == [0, 0, 0]
