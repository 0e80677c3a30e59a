"""What agents type: quantities, and quantities with a product."""

import re
from typing import NamedTuple

from sales_portal.core.errors import Invalid
from sales_portal.selections.models import MAX_QUANTITY

_WHOLE = re.compile(r"[-−+]?\d+")
_LONGEST = 15
_LARGE = 10**_LONGEST
LONGEST_TEXT = 300
_NUMBER = r"[-−+]?\d+(?:[.,]\d+)?"
# Before a letter only a plain number is one: sizes such as `1.5 x 2` stand in titles.
_BEFORE = re.compile(rf"({_NUMBER}(?=\s*[*×])|\d+(?=\s*[xX]\s))\s*[*×xX]\s*(\S.*)", re.DOTALL)
_AFTER = re.compile(rf"(.*\S)\s*[*×]\s*({_NUMBER})", re.DOTALL)

_CELLS = re.compile(r"([^\t;,]*\S)\s*[\t;,]\s*(\S+)")


class Entry(NamedTuple):
    """How many of what: `3*TSH-0042` is three of `TSH-0042`. `quantity` None: no number was typed."""

    quantity: int | None
    query: str


def parse(text: str) -> Entry:
    """Read `3*SKU`, `3x SKU` or `SKU*3`; without a number all that was typed is the product.

    Raises `Invalid` for a number that is no quantity, such as `1.5*SKU`.
    """
    typed = text.strip()[:LONGEST_TEXT]
    if before := _BEFORE.fullmatch(typed):
        return Entry(read_quantity(before[1]), before[2])
    if after := _AFTER.fullmatch(typed):
        return Entry(read_quantity(after[2]), after[1])
    return Entry(None, typed)


def parse_list(text: str) -> list[Entry]:
    """Read a pasted list, one product a line: `SKU`, `SKU⇥2`, `SKU;2`, `SKU,2`, or as `parse` reads it."""
    entries = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        cells = _CELLS.fullmatch(line[:LONGEST_TEXT])
        entries.append(Entry(read_quantity(cells[2]), cells[1].strip()) if cells else parse(line))
    return entries


def read_quantity(text: str, least: int = 1) -> int:
    """A typed quantity as a number from `least` to 10,000; raises `Invalid` with what to type instead."""
    quantity = read_whole(text)
    if quantity is None:
        raise Invalid("quantity", "Enter a whole number")
    if not least <= quantity <= MAX_QUANTITY:
        raise out_of_range()
    return quantity


def read_whole(text: str) -> int | None:
    """A typed whole number, in the digits of any script; None where it is none. One too long to be meant is only large.
    """
    typed = text.strip()
    if not _WHOLE.fullmatch(typed):
        return None
    return int(typed.replace("−", "-")) if len(typed) <= _LONGEST else _LARGE


def check_quantity(quantity: int) -> int:
    """`quantity` itself where a line may hold it; raises `Invalid` where it may not."""
    if not 1 <= quantity <= MAX_QUANTITY:
        raise out_of_range()
    return quantity


def check_pack(quantity: int, pack_size: int) -> int:
    """`quantity` itself where it is whole packs; raises `Invalid` with the nearest quantities that are."""
    if quantity % pack_size:
        below, above = quantity - quantity % pack_size, whole_packs(quantity, pack_size)
        nearest = [str(one) for one in (below, above) if 1 <= one <= MAX_QUANTITY]
        raise Invalid("quantity", f"{packs(pack_size)}. Enter {' or '.join(nearest)}")
    return quantity


def whole_packs(quantity: int, pack_size: int) -> int:
    """The least that is whole packs and holds `quantity`."""
    return -(-quantity // pack_size) * pack_size


def packs(pack_size: int) -> str:
    """What people are told before they type a quantity."""
    return f"Sold in packs of {pack_size}"


def out_of_range() -> Invalid:
    """The refusal of a number no line may hold."""
    return Invalid("quantity", f"Enter a quantity from 1 to {MAX_QUANTITY}")
