"""The one clock of the portal: every instant is aware UTC and comes from here."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_frozen: datetime | None = None


def now() -> datetime:
    """The current instant, aware and in UTC, at microsecond precision."""
    return _frozen if _frozen is not None else datetime.now(UTC)


def freeze(at: datetime) -> None:
    """Stop the clock at `at` (aware) until `release`, so that a test can stand at an exact instant."""
    global _frozen
    if at.tzinfo is None:
        raise ValueError("the clock is aware: give an instant with a time zone")
    _frozen = at.astimezone(UTC)


def advance(delta: timedelta) -> None:
    """Move a frozen clock by `delta`; freezes it first where it was running."""
    freeze(now() + delta)


def release() -> None:
    """Let the clock run again."""
    global _frozen
    _frozen = None


@contextmanager
def standing(at: datetime) -> Iterator[None]:
    """Stop the clock at `at` within the block; afterwards it runs, or stands, as it did before."""
    global _frozen
    before = _frozen
    freeze(at)
    try:
        yield
    finally:
        _frozen = before
