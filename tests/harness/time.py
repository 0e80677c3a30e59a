"""The clock in a test's hands."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from sales_portal.core import clock as portal_clock


class Clock:
    """Sets and moves the portal's one clock; it runs again after the test."""

    def set(self, at: datetime) -> datetime:
        """Stop the clock at `at` (aware)."""
        portal_clock.freeze(at)
        return portal_clock.now()

    def advance(self, delta: timedelta | None = None, **parts: float) -> datetime:
        """Move the clock by `delta`, or by `days=`, `hours=`, `minutes=`, `seconds=`; stops it where it ran."""
        portal_clock.advance(delta or timedelta(**parts))
        return portal_clock.now()

    def now(self) -> datetime:
        """The instant the portal sees."""
        return portal_clock.now()


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The portal's clock, running until the test sets or moves it."""
    yield Clock()
    portal_clock.release()
