"""Status changes that cannot be lost: a conditional update decides, never a value read before."""

from functools import cache
from typing import cast

from sqlalchemy import Table, Update, bindparam, update
from sqlalchemy.orm import Session

from sales_portal.core.db import Base
from sales_portal.core.writing import count_touched


def move(session: Session, model: type[Base], key: int, old: str | tuple[str, ...], new: str, **values: object) -> bool:
    """Set `status` from `old` to `new` where the row still stands at `old`; False where somebody was quicker.

    `values` are written in the same statement. The caller decides what a False means.
    """
    allowed = (old,) if isinstance(old, str) else old
    given = {f"new_{name}": value for name, value in ({"status": new} | values).items()}
    # A list of one is compiled anew each time, as every list is.
    is_one = len(allowed) == 1
    moved = session.execute(_move(model, ("status", *values), is_one),
                            {"key": key, "allowed": allowed[0] if is_one else allowed} | given)
    return count_touched(moved) == 1


@cache
def _move(model: type[Base], names: tuple[str, ...], is_from_one: bool) -> Update:
    """The statement that writes these columns; a row is moved so often that building it each time would show."""
    # The table, not the entity: nobody's row in a session is brought up to date by it.
    table = cast(Table, model.__table__)
    columns = table.c
    stands = (columns.status == bindparam("allowed") if is_from_one
              else columns.status.in_(bindparam("allowed", expanding=True)))
    return (
        update(table).where(columns.id == bindparam("key"), stands)
        .values({name: bindparam(f"new_{name}") for name in names}))
