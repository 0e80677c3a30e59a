"""Putting rows in: flushed, so that they have their ids, and never committed."""

from itertools import count
from typing import TypeVar

from sqlalchemy.orm import Session

from sales_portal.core.db import Base

numbers = count(1)
"""Names count up, so that a test may make as many things as it likes."""
Row = TypeVar("Row", bound=Base)


def add(session: Session, row: Row) -> Row:
    """`row`, written and with its id."""
    session.add(row)
    session.flush()
    return row
