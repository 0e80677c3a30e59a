"""Who else has a selection open, and which acts were done for a browser before."""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.core import clock
from sales_portal.core.writing import count_touched
from sales_portal.selections.models import Selection, SelectionPresence, SelectionRequest

STAYS = timedelta(seconds=50)
"""A browser tells that it is there every 20 seconds."""

REMEMBERED = timedelta(days=2)
"""No browser sends an act again after that; the keys go when somebody new opens the selection."""


def note_presence(session: Session, selection: Selection, staff_id: int) -> None:
    """Remember that this person has `selection` open now."""
    table, keys = cast(Table, SelectionPresence.__table__), {"selection_id": selection.id, "staff_id": staff_id}
    seen = session.execute(
        update(table).where(table.c.selection_id == selection.id, table.c.staff_id == staff_id)
        .values(seen_at=clock.now()))
    if count_touched(seen) == 0:
        _forget_requests(session, selection)
        session.execute(insert(table), keys | {"seen_at": clock.now()})


def list_others(session: Session, selection: Selection, staff_id: int) -> Sequence[Staff]:
    """Who else has `selection` open now, by name."""
    return session.scalars(
        select(Staff).join(SelectionPresence, SelectionPresence.staff_id == Staff.id)
        .where(SelectionPresence.selection_id == selection.id, SelectionPresence.staff_id != staff_id,
               SelectionPresence.seen_at > clock.now() - STAYS)
        .order_by(Staff.name, Staff.id)).all()


def was_done(session: Session, selection: Selection, key: str) -> bool:
    """Whether the act with this key was done before; remembers it where it was not."""
    table = cast(Table, SelectionRequest.__table__)
    if session.get(SelectionRequest, (selection.id, key)) is not None:
        return True
    session.execute(insert(table), {"selection_id": selection.id, "key": key, "at": clock.now()})
    return False


def _forget_requests(session: Session, selection: Selection) -> None:
    table = cast(Table, SelectionRequest.__table__)
    session.execute(
        delete(table).where(table.c.selection_id == selection.id, table.c.at < clock.now() - REMEMBERED))
