"""What the customer wants to pay for something: typed as people of the market write amounts, or a suggestion."""

from collections.abc import Mapping

from sales_portal.core import money

PREFIX = "amount-"
SUGGESTED = "suggested-"
"""Before the number of a line whose suggestion was pressed; its value are minor units."""
_LONGEST = 16


def read_amounts(typed: Mapping[str, str], currency: str, locale: str) -> dict[int, int]:
    """Minor units by line number; a suggestion stands above what is typed. Raises `Invalid` naming the field."""
    pressed = {int(name.removeprefix(SUGGESTED)): int(text) for name, text in typed.items()
               if name.startswith(SUGGESTED) and _is_number(name.removeprefix(SUGGESTED)) and _is_number(text)}
    for line_no, minor in pressed.items():
        money.refuse_odd(minor, currency, f"{PREFIX}{line_no}")
    return {int(line_no): money.parse(text, currency, locale, field=PREFIX + line_no).minor
            for line_no, text in _fields(typed) if int(line_no) not in pressed} | pressed


def has_amounts(typed: Mapping[str, str]) -> bool:
    """Whether a form names any price."""
    return any(name.startswith((PREFIX, SUGGESTED)) for name in typed)


def _fields(typed: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name.removeprefix(PREFIX), text) for name, text in typed.items()
            if name.startswith(PREFIX) and _is_number(name.removeprefix(PREFIX))]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST
