"""Reading the demo's tables: one thing a line, its parts between bars."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

FOLDER = Path(__file__).parent / "tables"
_SURCHARGE = re.compile(r"(.+?)(?: \+(\d+))?")


@dataclass(frozen=True, slots=True)
class Article:
    """One variant of an item: its SKU, title, options and price in kronor."""

    sku: str
    title: str
    options: dict[str, str]
    kronor: int


@dataclass(frozen=True, slots=True)
class Item:
    """One product of the demo shop; `department` is the table it stands in."""

    department: str
    vendor: str
    kind: str
    tax_class: str
    first_sku: str
    picture: str
    title: str
    variants: str
    kronor: int
    grams: int
    text: str

    @property
    def slug(self) -> str:
        """Its name in an address."""
        return "-".join(re.findall(r"\w+", self.title.lower().replace("'", "")))

    @property
    def articles(self) -> tuple[Article, ...]:
        """Every combination of its options, numbered on from the first SKU."""
        axes = [_axis(text) for text in self.variants.split(" / ")] if self.variants != "-" else []
        return tuple(
            Article(self.sku(number), " / ".join(value for _, value, _ in chosen),
                    {name: value for name, value, _ in chosen}, self.kronor + sum(more for *_, more in chosen))
            for number, chosen in enumerate(product(*axes)))

    def sku(self, number: int) -> str:
        """The SKU of its variant `number`, counted from 0."""
        prefix, _, first = self.first_sku.rpartition("-")
        return f"{prefix}-{int(first) + number:04}"


def text(name: str) -> str:
    """A text of the shop as it stands."""
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


@cache
def items(department: str) -> tuple[Item, ...]:
    """The products of one table, in its order. A line `@ vendor | kind | tax class` holds for those below it."""
    found = []
    vendor, kind, tax_class = "", "goods", "standard"
    for line in _lines(department):
        if line.startswith("@ "):
            vendor, kind, tax_class = [*line[2:].split(" | "), "goods", "standard"][:3]
            continue
        sku, picture, title, variants, kronor, grams, text = line.split(" | ")
        found.append(Item(department, vendor, kind, tax_class, sku, picture, title, variants, int(kronor), int(grams),
                          text))
    return tuple(found)


def rows(table: str) -> Iterator[list[str]]:
    """The lines of a table as their parts; a dash stands for nothing."""
    for line in _lines(table):
        yield ["" if part == "-" else part for part in line.split(" | ")]


def _lines(table: str) -> list[str]:
    lines = (FOLDER / f"{table}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _axis(text: str) -> list[tuple[str, str, int]]:
    """`Colour: oak, black +200` as its name, values and what each costs more."""
    name, _, values = text.partition(": ")
    return [(name, found[1], int(found[2] or 0)) for value in values.split(", ")
            if (found := _SURCHARGE.fullmatch(value))]
