"""When a parcel arrives, as people say it."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_interval, format_skeleton

_SATURDAY = 5


def arrival(ordered_at: datetime, zone: str, min_days: int, max_days: int, locale: str) -> str:
    """The days something ordered at `ordered_at` may arrive, counting working days: `Tue 24 – Thu 26 Nov`."""
    start = ordered_at.astimezone(ZoneInfo(zone)).date()
    first, last = after_working_days(start, min_days), after_working_days(start, max_days)
    return _days(first, last, locale)


@lru_cache(1024)
def _days(first: date, last: date, locale: str) -> str:
    if first == last:
        return format_skeleton("MMMEd", first, locale=locale)
    return str(format_interval(first, last, "MMMEd", locale=locale))


def after_working_days(start: date, count: int) -> date:
    """The day `count` working days after `start`; a weekend counts for nothing."""
    day = start
    for _ in range(count):
        day += timedelta(days=1)
        while day.weekday() >= _SATURDAY:
            day += timedelta(days=1)
    return day
