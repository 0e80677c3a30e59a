"""Status changes that cannot be lost: a conditional update decides, never a value read before."""

from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from sales_portal.core.db import Base


def move(session: Session, model: type[Base], key: int, old: str | tuple[str, ...], new: str, **values: object) -> bool:
    """Set `status` from `old` to `new` where the row still stands at `old`; False where somebody was quicker.

    `values` are written in the same statement. The caller decides what a False means.
    """
    allowed = (old,) if isinstance(old, str) else old
    table = model.__table__
    statement = (
        update(model)
        .where(table.c.id == key, table.c.status.in_(allowed))
        .values(status=new, **values)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], session.execute(statement)).rowcount == 1
