"""One event as a calendar file (RFC 5545)."""

from datetime import UTC, datetime

from sales_portal.core import clock

_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": " ", "\r": " "})
_FOLD = 75
"""How many octets a line has at most."""


def event(key: str, title: str, at: datetime) -> str:
    """A calendar with one event at the instant `at`; the same `key` again replaces it."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Sales Portal//EN", "BEGIN:VEVENT", f"UID:{key}@sales-portal",
             f"DTSTAMP:{_instant(clock.now())}", f"DTSTART:{_instant(at)}", f"SUMMARY:{title.translate(_ESCAPED)}",
             "END:VEVENT", "END:VCALENDAR"]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> list[str]:
    parts = [""]
    for letter in line:
        if len((parts[-1] + letter).encode()) > _FOLD:
            parts.append(" ")
        parts[-1] += letter
    return parts
