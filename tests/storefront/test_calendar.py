"""The calendar file of a link that opens later."""

from datetime import UTC, datetime

import pytest

from sales_portal.storefront import calendar


@pytest.mark.parametrize("title", [
    "Your selection from Maria Lind opens " * 4, "محمد العربي " * 20, "髙橋さんのお見積り" * 12])
def test_no_line_is_longer_than_75_octets_and_nothing_of_the_title_is_lost(title: str) -> None:
    text = calendar.event("L-1", title, datetime(2026, 12, 21, 8, tzinfo=UTC))

    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert f"SUMMARY:{title}\r\n" in text.replace("\r\n ", "")
