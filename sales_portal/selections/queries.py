"""Finding selections."""

import re
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select, true
from sqlalchemy.orm import Session, defer, joinedload

from sales_portal.accounts import queries as accounts
from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.catalog.models import Variant
from sales_portal.core.db import is_id
from sales_portal.history.events import EventName
from sales_portal.history.models import Event
from sales_portal.selections.models import MAX_LINES, Selection, SelectionLine, SelectionRevision

_NUMBER = re.compile(r"S-(\d{1,12})", re.ASCII | re.IGNORECASE)
ACTS = tuple(name.value for name in EventName if name.value.startswith("selection.") and name not in {
    EventName.SELECTION_CREATED, EventName.SELECTION_WON})
"""What raises a selection's version, once per recorded fact."""

# Built once: every act of the builder asks it, and building it takes longer than running it.
_BY_KEY = (
    select(Selection).where(Selection.id == bindparam("key"))
    .options(joinedload(Selection.agent), joinedload(Selection.site), joinedload(Selection.customer),
             joinedload(Selection.market), joinedload(Selection.pricelist)))


def get_selection(session: Session, number: str | int, *, seen_by: Staff | None = None) -> Selection | None:
    """The selection with this id or number (`S-1042`), with all its page shows but the lines; None if unknown.

    `seen_by` (role and grants loaded) hides what that person may not see.
    """
    key = id_of(number)
    if key is None or not is_id(key):
        return None
    found = _BY_KEY if seen_by is None else _BY_KEY.where(seen(seen_by))
    return session.scalars(found, {"key": key}).one_or_none()


def list_selections(*, seen_by: Staff | None = None, status: str | None = None, agent_id: int | None = None,
                    customer_id: int | None = None) -> Select[Selection]:
    """Selections with agent, customer, market and pricelist, to page by `Selection.id`; narrowed by what is given."""
    query = select(Selection).where(seen(seen_by)).options(
        joinedload(Selection.agent), joinedload(Selection.customer), joinedload(Selection.market),
        joinedload(Selection.pricelist))
    wanted = ((Selection.status, status), (Selection.agent_id, agent_id), (Selection.customer_id, customer_id))
    return query.where(*(column == value for column, value in wanted if value is not None))


def count_items(session: Session, selection_ids: Collection[int]) -> dict[int, int]:
    """How many pieces each of these selections holds; the empty ones are left out."""
    rows = session.execute(
        select(SelectionLine.selection_id, func.sum(SelectionLine.quantity))
        .where(SelectionLine.selection_id.in_(selection_ids)).group_by(SelectionLine.selection_id)).all()
    return {selection_id: int(count) for selection_id, count in rows}


def get_line(session: Session, selection_id: int, line_id: int) -> SelectionLine | None:
    """One line of a selection with its variant and product; None where the selection has no such line."""
    if not is_id(line_id):
        return None
    return session.scalars(
        select(SelectionLine).where(SelectionLine.id == line_id, SelectionLine.selection_id == selection_id)
        .options(joinedload(SelectionLine.variant).joinedload(Variant.product))).one_or_none()


def list_lines(session: Session, selection_id: int) -> Sequence[SelectionLine]:
    """The lines of a selection in order."""
    return session.scalars(
        select(SelectionLine).where(SelectionLine.selection_id == selection_id)
        .order_by(SelectionLine.position)).all()


def lock_selection(session: Session, selection: Selection) -> None:
    """Lock the row of `selection` until the transaction ends, and read its columns anew."""
    columns = [attribute.key for attribute in Selection.__mapper__.column_attrs]
    session.refresh(selection, columns, with_for_update=True)


def list_acts_since(session: Session, selection: Selection, version: int) -> Sequence[Event]:
    """What was done to a selection after it stood at `version`, newest first."""
    return session.scalars(
        select(Event).where(Event.subject_type == Selection.__tablename__, Event.subject_id == selection.id,
                            Event.name.in_(ACTS))
        .order_by(Event.id.desc()).limit(max(selection.version - version, 0))).all()


def get_removal(session: Session, selection_id: int, line_id: int) -> Event | None:
    """The fact that this line was last removed from the selection, or None."""
    removals = session.scalars(
        select(Event).where(Event.subject_type == Selection.__tablename__, Event.subject_id == selection_id,
                            Event.name == EventName.SELECTION_LINE_REMOVED.value)
        .order_by(Event.id.desc()).limit(MAX_LINES)).all()
    return next((event for event in removals if event.data["line_id"] == line_id), None)


def get_creation(session: Session, selection_id: int) -> Event | None:
    """The fact that the selection was started, or None."""
    return session.scalars(
        select(Event).where(Event.subject_type == Selection.__tablename__, Event.subject_id == selection_id,
                            Event.name == EventName.SELECTION_CREATED.value).order_by(Event.id).limit(1)).one_or_none()


def get_switch(session: Session, selection_id: int) -> Event | None:
    """The fact that the selection last went to another market or pricelist, or None."""
    return session.scalars(
        select(Event).where(Event.subject_type == Selection.__tablename__, Event.subject_id == selection_id,
                            Event.name == EventName.SELECTION_REPRICED.value)
        .order_by(Event.id.desc()).limit(1)).one_or_none()


def get_archiving(session: Session, selection_id: int) -> Event | None:
    """The fact that the selection was last put away, or None."""
    return session.scalars(
        select(Event).where(Event.subject_type == Selection.__tablename__, Event.subject_id == selection_id,
                            Event.name == EventName.SELECTION_ARCHIVED.value)
        .order_by(Event.id.desc()).limit(1)).one_or_none()


def get_kept_line(session: Session, selection_id: int, line_id: int, version: int) -> dict[str, Any] | None:
    """The columns a line had before the act that made `version` of its selection, or None."""
    before = select(SelectionRevision.previous_version).where(
        SelectionRevision.selection_id == selection_id, SelectionRevision.version == version).scalar_subquery()
    document = session.scalars(select(SelectionRevision.document).where(
        SelectionRevision.selection_id == selection_id, SelectionRevision.version == before)).first()
    rows = document["parts"][SelectionLine.__tablename__] if document is not None else ()
    return next((dict(row) for row in rows if row["id"] == line_id), None)


def get_revision(session: Session, selection_id: int, revision_id: int) -> SelectionRevision | None:
    """One state of a selection; None where it was never in it."""
    if not is_id(revision_id):
        return None
    return session.scalars(select(SelectionRevision).where(
        SelectionRevision.id == revision_id, SelectionRevision.selection_id == selection_id)).one_or_none()


def get_revision_at(session: Session, selection: Selection, version: int | None) -> SelectionRevision:
    """The state a selection was in at a `version` that is known to have one."""
    return session.scalars(select(SelectionRevision).where(
        SelectionRevision.selection_id == selection.id, SelectionRevision.version == version)).one()


def get_document(session: Session, selection_id: int, version: int) -> dict[str, Any] | None:
    """All of a selection as it was at `version`, as `revisions` writes it; None where that was never noted."""
    return session.scalars(select(SelectionRevision.document).where(
        SelectionRevision.selection_id == selection_id, SelectionRevision.version == version)).first()


def get_next_revision(session: Session, selection: Selection) -> SelectionRevision | None:
    """The state that was last made from where `selection` stands: the others belong to ways that were left."""
    return session.scalars(
        select(SelectionRevision)
        .where(SelectionRevision.selection_id == selection.id,
               SelectionRevision.previous_version == selection.stands_at)
        .order_by(SelectionRevision.id.desc()).limit(1)).one_or_none()


def list_revisions(selection_id: int) -> Select[SelectionRevision]:
    """The states of a selection without their documents, to page by `SelectionRevision.id`."""
    return select(SelectionRevision).where(SelectionRevision.selection_id == selection_id).options(
        defer(SelectionRevision.document))


def seen(by: Staff | None) -> ColumnElement[bool]:
    """The condition that `by` may see a selection; everyone's where no person is given."""
    if by is None:
        return true()
    return accounts.is_within(Selection.agent_id, by, by.reach(Permission.SELECTIONS))


def id_of(number: str | int) -> int | None:
    """The id behind the number people say: 42 for `S-1042`; None where it is no such number."""
    if isinstance(number, int):
        return number
    found = _NUMBER.fullmatch(number.strip())
    return int(found[1]) - 1000 if found is not None else None
