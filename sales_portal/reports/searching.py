"""What the lists have in common: typed text made safe for a query, and counts that never get dear."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from sales_portal.core.db import is_id

COUNTED = 1000
LONGEST_TEXT = 200


def plain(text: str) -> str:
    """`text` as it can stand in a query: PostgreSQL takes neither NUL nor half of a surrogate pair."""
    return text[:LONGEST_TEXT].replace("\x00", "").encode("utf-8", "ignore").decode().strip()


def holds(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """Whether `column` holds `text` in any case; `%` and `_` mean themselves."""
    # SQLite knows no case beyond A to Z: a text with such letters is looked for as it may stand in a name.
    forms = [text] if text.isascii() else list(dict.fromkeys((text, text.lower(), text.title(), text.upper())))
    return or_(*(column.icontains(form, autoescape=True) for form in forms))


def key_of(text: str, letter: str, offset: int) -> int | None:
    """The id behind a number people say or type: 87 for `L-2087`, `l2087` and `2087` with offset 2000; else None."""
    digits = text.strip().upper().removeprefix(letter).removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 16):
        return None
    key = int(digits) - offset
    return key if is_id(key) else None


def count(session: Session, query: Select[Any], key: InstrumentedAttribute[int]) -> int:
    """How many rows `query` finds, counted up to `COUNTED` + 1."""
    some = query.with_only_columns(key).order_by(None).limit(COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0
