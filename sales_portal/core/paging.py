"""Pages of long lists by a cursor, so that page 4,000 costs what page 1 costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from sales_portal.core.errors import Invalid

SIZE = 50
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page, newest first, and the cursor of the next older page (None at the end)."""

    rows: Sequence[Row]
    older: str | None
    is_first: bool


def read(session: Session, query: Select[Any], by: InstrumentedAttribute[int], cursor: str | None,
         size: int = SIZE) -> Page[Any]:
    """Read one page of `query`, descending by the unique integer column `by`, starting below `cursor`.

    The first selected entity must carry that column. Raises `Invalid` for a cursor that is not a number.
    """
    if cursor is not None:
        if not cursor.isdecimal() or len(cursor) > 18:
            raise Invalid("before", "This page address is damaged. Start from the first page.")
        query = query.where(by < int(cursor))
    rows = session.execute(query.order_by(by.desc()).limit(size + 1)).unique().all()
    more = len(rows) > size
    rows = rows[:size]
    older = str(getattr(rows[-1][0], by.key)) if more else None
    return Page([row[0] if len(row) == 1 else row for row in rows], older, cursor is None)
