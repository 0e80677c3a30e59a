"""How many of what."""

from collections.abc import Mapping

from sales_portal.core.errors import Invalid
from sales_portal.core.translation import _

PREFIX = "quantity-"
ADDED = "added-"
"""Before the variant of what the customer added: line numbers of removed lines are given out again."""
_LONGEST = 12


def read_quantities(typed: Mapping[str, str], prefix: str = PREFIX) -> dict[int, int]:
    """Quantities by line number, from fields named `quantity-3`, or by variant; raises `Invalid` naming the field."""
    found = {name.removeprefix(prefix): text for name, text in typed.items() if name.startswith(prefix)}
    return {int(key): _whole(prefix + key, text) for key, text in found.items()
            if key.isdecimal() and len(key) <= _LONGEST}


def _whole(field: str, text: str) -> int:
    plain = text.strip()
    digits = plain.removeprefix("-").removeprefix("−")
    if not digits.isdecimal():
        raise Invalid(field, _("Enter a whole number"))
    size = int(digits[:_LONGEST])
    return -size if len(digits) < len(plain) else size
