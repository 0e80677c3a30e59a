"""V151: until when a link works, on days that have no or two of an hour, and in years with a day more."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_portal.core.errors import Invalid
from sales_portal.desk.forms.link_dialog import _instant
from sales_portal.links import spans
from sales_portal.sites.models import Site

ZONES = ("Europe/Stockholm", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "Asia/Kathmandu")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("begun", "days", "ends"), [
    ("2026-03-28T12:00", 1, "2026-03-29T21:59"), ("2026-10-24T12:00", 1, "2026-10-25T22:59"),
    ("2026-10-25T00:30", 1, "2026-10-26T22:59"), ("2028-02-28T12:00", 1, "2028-02-29T22:59"),
    ("2027-02-28T12:00", 1, "2027-03-01T22:59"), ("2026-12-31T22:59", 0, "2026-12-31T22:59"),
    ("2026-12-31T23:00", 0, "2027-01-01T22:59"), ("2026-06-01T12:00", 3650, "2036-05-29T21:59")])
def test_a_link_ends_with_the_last_minute_of_a_day_where_its_site_is(begun: str, days: int, ends: str) -> None:
    site = Site(time_zone="Europe/Stockholm", max_link_days=None)
    assert spans.end_of(at(begun), days, site) == at(ends)


@given(st.integers(1_577_836_800, 2_208_988_800), st.integers(1, 3650), st.sampled_from(ZONES))
def test_an_end_is_a_minute_of_that_day_whatever_the_clocks_do(second: int, days: int, zone: str) -> None:
    begun = datetime.fromtimestamp(second, UTC)
    end = spans.end_of(begun, days, Site(time_zone=zone, max_link_days=None))
    local = end.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute, local.second) == (23, 59, 0)
    assert local.date() - begun.astimezone(ZoneInfo(zone)).date() == timedelta(days=days)
    assert end.tzinfo == UTC
    assert end > begun


@pytest.mark.parametrize(("typed", "stored"), [
    ("2026-03-29T02:30", "2026-03-29T01:30"), ("2026-10-25T02:30", "2026-10-25T00:30"),
    ("2028-02-29T23:59", "2028-02-29T22:59"), ("2026-12-31T23:59:60", "2026-12-31T22:59")])
def test_a_moment_typed_by_the_clock_on_the_wall_is_stored_as_one_instant(typed: str, stored: str) -> None:
    """An hour there is not is the one after it, and of an hour there is twice the first."""
    assert _instant(typed, ZoneInfo("Europe/Stockholm"), "ends_on") == at(stored)


@pytest.mark.parametrize("typed", ["2027-02-29T12:00", "2026-13-01T00:00", "2026-12-31T24:00", "tomorrow", "", None])
def test_a_day_there_is_not_is_refused_by_its_field(typed: str | None) -> None:
    with pytest.raises(Invalid, match=r"^Enter a date and time like 2026-12-21 23:59$") as refused:
        _instant(typed, ZoneInfo("Europe/Stockholm"), "ends_on")
    assert refused.value.field == "ends_on"
