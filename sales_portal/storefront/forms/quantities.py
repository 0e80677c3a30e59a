"""How many of what."""

from collections.abc import Mapping

from sales_portal.core.errors import Invalid

PREFIX = "quantity-"
_LONGEST = 12


def read_quantities(typed: Mapping[str, str]) -> dict[int, int]:
    """Quantities by line number, from fields named `quantity-3`; raises `Invalid` naming the field."""
    found = {name.removeprefix(PREFIX): text for name, text in typed.items() if name.startswith(PREFIX)}
    return {int(line_no): _whole(PREFIX + line_no, text) for line_no, text in found.items() if line_no.isdecimal()}


def _whole(field: str, text: str) -> int:
    plain = text.strip()
    digits = plain.removeprefix("-").removeprefix("−")
    if not digits.isdecimal():
        raise Invalid(field, "Enter a whole number")
    size = int(digits[:_LONGEST])
    return -size if len(digits) < len(plain) else size
