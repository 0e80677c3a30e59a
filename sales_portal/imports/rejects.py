"""The file of rows that were not taken in, to be mended and imported again."""

import csv
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from sales_portal.imports.reading import BadRow

COLUMN = "Problem"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class RejectFile:
    """Writes bad rows with the columns they came in and what is wrong; no file where there is none.

    UTF-8 with a byte order mark, so that spreadsheets read it right, and no cell that they would compute.
    """

    def __init__(self, path: Path, header: Sequence[str], delimiter: str) -> None:
        self.path = path
        self.count = 0
        self._header = [name for name in header if name.strip() != COLUMN]
        self._kept = [index for index, name in enumerate(header) if name.strip() != COLUMN]
        self._delimiter = delimiter
        self._open = ExitStack()

    def __enter__(self) -> "RejectFile":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._open.close()

    def write(self, bad: BadRow) -> None:
        """Add a row."""
        if not self.count:
            file = self._open.enter_context(self.path.open("w", encoding="utf-8-sig", newline=""))
            self._writer = csv.writer(file, delimiter=self._delimiter)
            self._writer.writerow([*self._header, COLUMN])
        cells = [bad.row.cells[index] if index < len(bad.row.cells) else "" for index in self._kept]
        self._writer.writerow([defused(cell) for cell in [*cells, f"Line {bad.row.line}: {bad.problem}"]])
        self.count += 1


def defused(cell: str) -> str:
    """`cell` so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
