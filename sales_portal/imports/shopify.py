"""Reading the table of products that Shopify exports: checked as a whole first, then product by product."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sales_portal.imports.errors import NotReadable

REQUIRED = ("Handle", "Title", "Variant SKU", "Variant Price")
DELIMITERS = (",", ";", "\t")
LONGEST_CELL = 16 * 1024 * 1024
_BYTE_ORDER_OF_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_DEFUSED = re.compile(r"'(?=[=+\-@\t\r])")

# One setting for the whole process: a long description is a bad row, not a broken file.
csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the file, from the line it begins in; `cells` are as they stand there.

    `is_too_long` where it has more cells than the file has columns.
    """

    line: int
    cells: tuple[str, ...]
    columns: dict[str, int]
    is_too_long: bool = False

    def has(self, column: str) -> bool:
        """Whether the file has this column."""
        return column.casefold() in self.columns

    def get(self, column: str) -> str:
        """The cell of a column, empty where there is none; an apostrophe that defuses a formula is taken off."""
        index = self.columns.get(column.casefold())
        text = self.cells[index] if index is not None and index < len(self.cells) else ""
        return _DEFUSED.sub("", text, count=1) if text.startswith("'") else text


@dataclass(frozen=True, slots=True)
class Table:
    """A readable file: its columns as written, and what separates its cells."""

    path: Path
    header: tuple[str, ...]
    delimiter: str

    def groups(self) -> Iterator[list[Row]]:
        """The rows of each product, which stand together; one product is in memory at a time."""
        for _, rows in groupby(self.rows(), key=lambda row: row.get("Handle").strip()):
            yield list(rows)

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank."""
        columns = {name.strip().casefold(): index for index, name in enumerate(self.header)}
        records = _records(self.path, self.delimiter)
        next(records)
        for line, cells in records:
            if any(cell.strip() for cell in cells):
                rest = cells[len(self.header):]
                yield Row(line, cells[:len(self.header)], columns, any(cell.strip() for cell in rest))


def open_table(path: Path) -> Table:
    """The table in `path`: UTF-8 with or without a byte order mark; commas, semicolons or tabs; quoted line breaks.

    Reads the whole file once. Raises `NotReadable` where a part of it cannot be read, so that nothing is taken from
    a file that breaks in the middle.
    """
    _check_encoding(path)
    delimiter, header = _find_header(path)
    names = [name.strip().casefold() for name in header]
    for name, key in zip(header, names, strict=True):
        if key and names.count(key) > 1:
            raise NotReadable(why=f"The column “{name.strip()[:80]}” stands twice.")
    for _ in _records(path, delimiter):
        pass
    return Table(path, header, delimiter)


def _check_encoding(path: Path) -> None:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if number == 1 and line.startswith(_BYTE_ORDER_OF_UTF16):
                raise NotReadable(why="The file is UTF-16, not UTF-8. Save it as “CSV UTF-8” and try again.")
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                raise NotReadable(why=f"The file is not UTF-8: line {number} holds letters of another encoding, "
                                      "such as Latin-1. Save it as “CSV UTF-8” and try again.") from None


def _find_header(path: Path) -> tuple[str, tuple[str, ...]]:
    found: list[tuple[list[str], str, tuple[str, ...]]] = []
    for delimiter in DELIMITERS:
        _, header = next(_records(path, delimiter), (0, ()))
        names = {name.strip().casefold() for name in header}
        missing = [name for name in REQUIRED if name.casefold() not in names]
        found.append((missing, delimiter, header))
    missing, delimiter, header = min(found, key=lambda one: len(one[0]))
    if not any(header):
        raise NotReadable(why="The file is empty.")
    if missing:
        raise NotReadable(why=f"The column “{missing[0]}” is missing. The first line must name the columns as "
                              "Shopify exports them.")
    return delimiter, header


def _records(path: Path, delimiter: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        line = 1
        try:
            for cells in reader:
                yield line, tuple(cells)
                line = reader.line_num + 1
        except csv.Error as error:
            raise NotReadable(why=f"The quotation marks of the row in line {line} don't match ({error}).") from None
