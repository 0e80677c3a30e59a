"""Typed text as it is stored: everything readable stays, everything else goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as texts

from sales_portal.storefront.forms.delivery import is_phone
from sales_portal.storefront.forms.texts import one_line


@pytest.mark.parametrize(("typed", "stored"), [
    ("  Anna  Svensson ", "Anna Svensson"), ("Anna\r\nBcc: x@y.z", "Anna Bcc: x@y.z"), ("a\x00b", "a b"),
    ("O'Brien", "O'Brien"), ("מרים כהן", "מרים כהן"), ("👩\u200d👩\u200d👧 Åsa", "👩\u200d👩\u200d👧 Åsa"),
    ("Z̸a̷l̴g̵o̶", "Z̸a̷l̴g̵o̶"), ("", ""), (None, ""),
    ("null", "null"), ("Null", "Null"), ("A", "A"), ("Zoe\u0308", "Zoe\u0308"),
    ("Zo\u00eb", "Zo\u00eb"), ("one\u2028two", "one two"),
])
def test_a_line_keeps_what_a_person_reads(typed: str | None, stored: str) -> None:
    """V149."""
    assert one_line(typed) == stored


@given(texts.text())
def test_a_line_is_one_line_and_stays_as_it_is_when_read_again(typed: str) -> None:
    stored = one_line(typed)
    assert not set(stored) & set("\x00\r\n\t")
    assert one_line(stored) == stored


@pytest.mark.parametrize(("text", "callable_"), [
    ("+46 70 123 45 67", True), ("070-123 45 67", True), ("(555) 010-9999", True), ("12345", False), ("", False),
    ("call me", False), ("1" * 30, False), ("+46 70 123 45 67 <script>", False),
])
def test_a_number_a_driver_can_call(text: str, callable_: bool) -> None:
    assert is_phone(text) == callable_
