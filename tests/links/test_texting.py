"""The short text for a chat: the address is always whole, and it fits two parts of a text message."""

import pytest

from sales_portal.links import texting

URL = "https://pay.nordlight.example/selection/" + "0" * 32 + "/" + "a" * 43


def test_it_greets_names_the_day_and_is_signed() -> None:
    """Brief §8.3."""
    text = texting.short_text(URL, first_name="Anna", agent_name="Maria", until="21 Dec 2026")
    assert text == f"Hi Anna, here is your selection: {URL} (valid until 21 Dec 2026). /Maria"


@pytest.mark.parametrize(("first_name", "agent_name", "until", "url"), [
    ("", "Maria", "", URL), ("A" * 200, "M" * 200, "21 Dec 2026", URL),
    ("Anna", "Maria", "21 Dec 2026", URL + "b" * 130), ("Anna", "Maria", "21 Dec 2026", URL + "b" * 170)])
def test_it_has_at_most_306_characters_and_the_whole_address(
        first_name: str, agent_name: str, until: str, url: str) -> None:
    """Amendment 10."""
    text = texting.short_text(url, first_name=first_name, agent_name=agent_name, until=until)
    assert len(text) <= 306
    assert url in text
    assert "None" not in text
