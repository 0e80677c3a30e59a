"""What a selection was after each act, as a document that can be put back.

A document holds every column of the selection that is not bookkeeping and every row of the tables that are part of
it, taken from the tables themselves: a new column or part is carried without a word here.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Executable, Table, and_, bindparam, delete, insert, literal_column, select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.core import clock
from sales_portal.core.db import Base
from sales_portal.history.service import Actor
from sales_portal.pricing.models import Price
from sales_portal.selections.models import Selection, SelectionLine, SelectionRevision

BOOKKEEPING = frozenset({
    "id", "agent_id", "status", "version", "stands_at", "steps_back", "steps_ahead", "has_changed_currency",
    "created_at", "changed_at"})
"""What no step back takes back: whose it is, how far it has come, that it once had another currency, its versions."""

MARKS = ("selection_revisions", "selection_presences", "selection_requests")
"""Tables about a selection that are no part of it."""

NOTED = {"selection_discounts": "has_discounts"}
"""Parts of which the selection itself knows whether it has any, so that none takes no statement."""

MOST_STEPS = 50
STARTED = "Started"
HEADER = tuple(column.name for column in Selection.__table__.columns if column.name not in BOOKKEEPING)
LINES = SelectionLine.__tablename__
PARTS: Mapping[str, Table] = {
    name: table for name, table in Base.metadata.tables.items()
    if name.startswith("selection_") and name not in MARKS}

RELATED = tuple(link.key for link in Selection.__mapper__.relationships if link.key != "agent")

SAME_FIELD = {"special_price_amount": "special_price", "special_price_reason": "special_price",
              "market_id": "market", "pricelist_id": "market"}
"""The names acts give to what they change, where a column is called otherwise."""

Document = dict[str, Any]

# Built once: every act of the builder writes one.
_APPENDED = insert(cast(Table, SelectionRevision.__table__))
_READ = {
    name: select(table).where(table.c.selection_id == bindparam("selection_id"))
    .order_by(*table.primary_key) for name, table in PARTS.items() if name != LINES}
_LINES = (
    select(SelectionLine.__table__, Price.amount.label("listed"))
    .outerjoin(Price, and_(Price.variant_id == SelectionLine.variant_id,
                           Price.pricelist_id == bindparam("pricelist_id")))
    .where(SelectionLine.selection_id == bindparam("selection_id")).order_by(SelectionLine.position))
# The column by its name: what an insert returns is no query to SQLAlchemy, so a select in it would not be of its row.
_LISTED = select(Price.amount).where(
    Price.variant_id == literal_column(f"{LINES}.variant_id"), Price.pricelist_id == bindparam("listed_in"),
).scalar_subquery()
_FIRST = ("position", "variant_id", "quantity", "special_price_reason")


def read_document(session: Session, selection: Selection) -> Document:
    """All of `selection` that can be put back, and what its lines cost by the pricelist, in a statement per table."""
    keys = {"selection_id": selection.id}
    lines = session.execute(_LINES, keys | {"pricelist_id": selection.pricelist_id}).mappings().all()
    return _document(selection, lines, {
        name: [_row(row) for row in session.execute(query, keys).mappings()] for name, query in _READ.items()
        if name not in NOTED or getattr(selection, NOTED[name])})


def record(session: Session, selection: Selection, label: str, *, by: Actor) -> None:
    """Append what `selection` is now, after what it was, and let it stand there; flush what is pending first."""
    _append(session, selection, label, read_document(session, selection), previous=selection.stands_at, by=by)
    selection.stands_at = selection.version
    selection.steps_back, selection.steps_ahead = min(selection.steps_back + 1, MOST_STEPS), 0


def record_first(session: Session, selection: Selection) -> None:
    """Append what `selection` was when its agent started it, where that was never noted."""
    if selection.stands_at is None:
        record(session, selection, STARTED, by=session.get_one(Staff, selection.agent_id).actor)
        selection.steps_back = 0
        session.flush()


def start(session: Session, selection: Selection, lines: Sequence[Document], *, by: Actor) -> None:
    """Insert the first `lines` of a new selection that has nothing else, and append what it then is.

    It takes two statements: the database tells what it wrote, and the selection said itself that it stands at its
    first version.
    """
    values = {f"{name}_{number}": line[name] for number, line in enumerate(lines) for name in _FIRST}
    keys = {"of_selection": selection.id, "listed_in": selection.pricelist_id}
    rows = session.execute(_starting(len(lines)), keys | values).mappings().all() if lines else ()
    nothing: dict[str, list[Document]] = {name: [] for name in _READ if name not in NOTED}
    _append(session, selection, STARTED,
            _document(selection, sorted(rows, key=lambda row: row["position"]), nothing), previous=None, by=by)


@lru_cache(20)
def _starting(lines: int) -> Executable:
    """Inserts so many first lines, and tells of each what it costs by the pricelist.

    One statement for any number is sent as many, which SQLAlchemy arranges anew each time.
    """
    return insert(cast(Table, SelectionLine.__table__)).values([
        {"selection_id": bindparam("of_selection")} | {name: bindparam(f"{name}_{number}") for name in _FIRST}
        for number in range(lines)]).returning(SelectionLine.__table__, _LISTED.label("listed"))


def put_back(session: Session, selection: Selection, document: Document) -> None:
    """Make `selection` what `document` says, rows and their ids included, in two statements per table."""
    for name, value in document["header"].items():
        if name in HEADER:
            setattr(selection, name, value)
    session.flush()
    for name, table in PARTS.items():
        session.execute(delete(table).where(table.c.selection_id == selection.id))
        rows = [_known(table, row, selection) for row in document["parts"].get(name, ())]
        if rows:
            session.execute(insert(table), rows)
    _forget(session, selection)


def copy_into(session: Session, selection: Selection, document: Document) -> None:
    """Give the empty `selection` new rows like those of `document`, in a statement per table."""
    for name, table in PARTS.items():
        rows = [_known(table, row, selection) for row in document["parts"].get(name, ())]
        for row in rows:
            row.pop("id", None)
        if rows:
            session.execute(insert(table), rows)


def differences(before: Document, after: Document) -> Document:
    """What an event says of a step: `fields` of the selection, and `lines` (id → fields) that are not the same."""
    fields = [name for name in HEADER if before["header"].get(name) != after["header"].get(name)]
    old, new = ({str(row["id"]): row for row in document["parts"][LINES]} for document in (before, after))
    others = [name for name in PARTS if name != LINES and before["parts"].get(name) != after["parts"].get(name)]
    return {"fields": _named([*fields, *others]),
            "lines": {key: _named(_changed(old.get(key), new.get(key)))
                      for key in sorted({*old, *new}) if old.get(key) != new.get(key)}}


def _document(selection: Selection, lines: Sequence[Mapping[Any, Any]], parts: dict[str, list[Document]]) -> Document:
    return {"header": {name: getattr(selection, name) for name in HEADER},
            "parts": parts | {LINES: [_row(row) for row in lines]},
            "listed": {str(row["id"]): row["listed"] for row in lines}}


def _append(session: Session, selection: Selection, label: str, document: Document, *, previous: int | None,
            by: Actor) -> None:
    session.execute(_APPENDED, {
        "selection_id": selection.id, "version": selection.version, "previous_version": previous,
        "at": clock.now(), "actor_kind": by.kind, "actor_id": by.id, "actor_name": by.name, "label": label[:400],
        "document": document})


def _forget(session: Session, selection: Selection) -> None:
    for thing in list(session.identity_map.values()):
        if isinstance(thing, SelectionLine) and thing.selection_id == selection.id:
            session.expunge(thing)
    session.expire(selection, RELATED)


def _row(row: Mapping[Any, Any]) -> Document:
    return {name: value for name, value in row.items() if name not in ("selection_id", "listed")}


def _known(table: Table, row: Document, selection: Selection) -> Document:
    return {name: value for name, value in row.items() if name in table.c} | {"selection_id": selection.id}


def _changed(old: Document | None, new: Document | None) -> list[str]:
    if old is None or new is None:
        return ["line", *(new or old or {})]
    return [name for name, value in new.items() if old.get(name) != value]


def _named(names: list[str]) -> list[str]:
    return sorted({SAME_FIELD.get(name, name) for name in names})
