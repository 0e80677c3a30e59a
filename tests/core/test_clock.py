"""One clock, aware and in UTC, which a test can stop and move."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sales_portal.core import clock as portal_clock
from tests.harness.time import Clock

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def test_the_running_clock_is_aware_utc_and_goes_on(clock: Clock) -> None:
    first = portal_clock.now()
    assert first.tzinfo is UTC
    assert first <= portal_clock.now()


def test_a_stopped_clock_stands_until_it_is_released(clock: Clock) -> None:
    portal_clock.freeze(NOON)
    assert portal_clock.now() == portal_clock.now() == NOON
    portal_clock.release()
    assert portal_clock.now() != NOON


def test_it_is_stopped_in_utc_wherever_the_instant_came_from(clock: Clock) -> None:
    portal_clock.freeze(NOON.astimezone(timezone(timedelta(hours=9))))
    assert portal_clock.now() == NOON
    assert portal_clock.now().tzinfo is UTC


def test_a_naive_instant_is_refused(clock: Clock) -> None:
    with pytest.raises(ValueError, match="aware"):
        portal_clock.freeze(NOON.replace(tzinfo=None))


def test_it_moves_by_what_is_asked(clock: Clock) -> None:
    portal_clock.freeze(NOON)
    portal_clock.advance(timedelta(days=1))
    assert portal_clock.now() == NOON + timedelta(days=1)
    portal_clock.advance(timedelta(microseconds=-1))
    assert portal_clock.now() == NOON + timedelta(days=1, microseconds=-1)


def test_a_running_clock_stops_where_it_is_moved_to(clock: Clock) -> None:
    before = datetime.now(UTC)
    portal_clock.advance(timedelta(hours=1))
    assert portal_clock.now() == portal_clock.now()
    assert timedelta(0) <= portal_clock.now() - timedelta(hours=1) - before < timedelta(minutes=1)
