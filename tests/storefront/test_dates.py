"""When a parcel arrives."""

from datetime import UTC, date, datetime

import pytest

from sales_portal.storefront import dates


@pytest.mark.parametrize(("start", "days", "arrives"), [
    (date(2026, 11, 20), 0, date(2026, 11, 20)), (date(2026, 11, 20), 1, date(2026, 11, 23)),
    (date(2026, 11, 21), 1, date(2026, 11, 23)), (date(2026, 11, 23), 5, date(2026, 11, 30)),
])
def test_weekends_count_for_nothing(start: date, days: int, arrives: date) -> None:
    assert dates.after_working_days(start, days) == arrives


@pytest.mark.parametrize(("first", "last", "locale", "said"), [
    (2, 4, "en_SE", "Tue 24 – Thu 26 Nov"), (1, 1, "en_SE", "Mon, 23 Nov"),
    (2, 8, "en_SE", "Tue 24 Nov – Wed 2 Dec"), (2, 4, "en_US", "Tue, Nov 24 – Thu, Nov 26"),
])
def test_the_range_is_said_in_days_of_the_shops_own_time_zone(first: int, last: int, locale: str, said: str) -> None:
    late_on_thursday = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    shown = dates.arrival(late_on_thursday, "Europe/Stockholm", first, last, locale)
    assert shown.replace("\u2009", " ") == said
