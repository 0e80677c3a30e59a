"""Rows written and changed without a flush: it finds out what depends on what, which is most of what a request costs.

For the steps of a sale, which know that themselves; elsewhere the session's own unit of work is right.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import CursorResult, Executable, Insert, Result, Table, Update, bindparam, insert, inspect, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_state, manager_of_class, set_committed_value

from sales_portal.core.answers import Answer
from sales_portal.core.db import Base

Row = TypeVar("Row", bound=Base)
_UNREAD = object()


def fresh(model: type[Row], **values: Any) -> Row:
    """A new row for `write`, by attribute: without the constructor's look at each value, which nothing here needs."""
    made: Row = manager_of_class(model).new_instance()
    made.__dict__.update(values)
    return made


def write(session: Session, *rows: Base) -> None:
    """Insert new rows of one table at once, and what hangs on them, and keep all in `session` as if they had been read.

    It spares the work a flush does to find out what depends on what, which is most of what a request costs. So what the
    rows refer to is in the database already, and they have the ids of it set as columns.
    """
    statement, columns, key, hanging, is_numbered = _writing(type(rows[0]))
    for row in rows:
        _fill(row)
    # What is None in every row is left out: JSON would store the word null.
    said = {name for row in rows for name, value in row.__dict__.items() if value is not None}
    used = [(column, name) for column, name in columns.items() if name in said]
    values = [{column: row.__dict__[name] for column, name in used} for row in rows]
    if not is_numbered:
        session.execute(statement, values)
    for row, value in zip(rows, values, strict=True):
        if is_numbered:
            row.__dict__["id"] = session.execute(statement, value).scalar_one()
        for name in [name for name in hanging if name in row.__dict__]:
            _hang(session, row, name, hanging[name])
        keep(session, row, tuple(row.__dict__[name] for name in key))


def add_once(session: Session, row: Base) -> bool:
    """Add a row unless a unique index knows the like already, perhaps from another transaction; whether it is new."""
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return False
    return True


def _fill(row: Base) -> None:
    """Give a new row what stands where nothing is set."""
    constants, makers = _defaults(type(row))
    held = row.__dict__
    held.update(constants | held)
    for name in makers.keys() - held.keys():
        held[name] = makers[name](None)


def _hang(session: Session, row: Base, name: str, keys: Mapping[str, str]) -> None:
    # A session takes in what hangs on a row to insert it at the next flush, so that is written before.
    held = row.__dict__.pop(name)
    for part in held:
        part.__dict__.update((theirs, row.__dict__[ours]) for theirs, ours in keys.items())
    if held:
        write(session, *held)
    set_committed_value(row, name, held)


def keep(session: Session, row: Base, identity: tuple[Any, ...]) -> None:
    """Have `session` hold a row that stands in the database under this primary key, as if it had been read.

    `session.add` goes through all that may hang on a row, one attribute after the other.
    """
    state = instance_state(row)
    if state.modified:
        make_transient_to_detached(row)
    else:
        state.key = (type(row), identity, None)
    state.session_id = session.hash_key
    session.identity_map.add(state)


def know(row: Base, **values: Any) -> None:
    """Let attributes of a row hold `values` as if they had been read with it; not for what holds several rows."""
    if instance_state(row).modified:
        for name, value in values.items():
            set_committed_value(row, name, value)
    else:
        # There is nothing to forget of what they held before, which is what takes the other way so long.
        row.__dict__.update(values)


def change(session: Session, *changes: tuple[Base, Mapping[str, Any]], counting: str | None = None) -> None:
    """Give stored rows of one table new values, each by attribute, in one statement, and keep them as if read so.

    All name the same attributes. It spares the flush as `write` does. Rows that do not differ are left out, unless
    `counting` names an attribute that rises by one each time, from whatever it is by now.
    """
    rows = [(row, values) for row, values in changes if counting is not None
            or any(row.__dict__.get(name, _UNREAD) != value for name, value in values.items())]
    if not rows:
        return
    statement, key = _changing(type(rows[0][0]), tuple(rows[0][1]), counting)
    sent = [{f"key_{name}": getattr(row, name) for name in key}
            | {f"new_{name}": value for name, value in values.items()} for row, values in rows]
    session.execute(statement, sent if len(sent) > 1 else sent[0])
    for row, values in rows:
        know(row, **values)
        if counting is not None:
            know(row, **{counting: getattr(row, counting) + 1})


@cache
def _changing(model: type[Base], names: tuple[str, ...], counting: str | None) -> tuple[Update, tuple[str, ...]]:
    """The statement that writes these attributes of a row, and the attributes that are its key."""
    table, mapper = cast(Table, model.__table__), inspect(model)
    key = tuple(mapper.get_property_by_column(column).key for column in table.primary_key)
    columns = mapper.columns
    values: dict[str, Any] = {columns[name].name: bindparam(f"new_{name}") for name in names}
    if counting is not None:
        values[columns[counting].name] = columns[counting] + 1
    return update(table).where(*(columns[name] == bindparam(f"key_{name}") for name in key)).values(values), key


class _Writing(NamedTuple):
    """How rows of a model are written: which attribute holds which column, which are the key, which attributes of what
    hangs on a row hold which of the row's own, and whether the database gives the ids."""

    statement: Insert
    columns: dict[str, str]
    key: tuple[str, ...]
    hanging: dict[str, dict[str, str]]
    is_numbered: bool


@cache
def _writing(model: type[Base]) -> _Writing:
    table, mapper = cast(Table, model.__table__), inspect(model)
    columns = {column.name: mapper.get_property_by_column(column).key for column in table.c}
    hanging = {name: {related.mapper.get_property_by_column(theirs).key: mapper.get_property_by_column(ours).key
                      for ours, theirs in related.local_remote_pairs or ()}
               for name, related in mapper.relationships.items() if related.uselist}
    key = tuple(columns[column.name] for column in table.primary_key)
    numbered = table.autoincrement_column
    statement = insert(table) if numbered is None else insert(table).returning(numbered)
    return _Writing(statement, columns, key, hanging, numbered is not None)


@cache
def _defaults(model: type[Base]) -> tuple[dict[str, Any], dict[str, Callable[[None], Any]]]:
    """What stands in an attribute where none is set: as it is, and as made for each row."""
    table, mapper = cast(Table, model.__table__), inspect(model)
    constants: dict[str, Any] = {}
    makers: dict[str, Callable[[None], Any]] = {}
    for column in table.c:
        name, default = mapper.get_property_by_column(column).key, cast(Any, column.default)
        if default is not None and default.is_callable:
            makers[name] = default.arg
        elif column is not table.autoincrement_column:
            constants[name] = default.arg if default is not None else None
    return constants, makers


def count_touched(result: Result[Any]) -> int:
    """How many rows a statement that changes or deletes some has touched, whichever way it went."""
    return cast(CursorResult[Any] | Answer, result).rowcount


def insert_once(session: Session, row: Row, key: str) -> bool:
    """`write` one row, unless there is one with the same `key` already: False then, and nothing was written.

    Nobody needs to look first: who comes second waits for the first, inserts nothing, and can read what that one did.
    The database gives the row its id, and nothing hangs on it.
    """
    _fill(row)
    held = row.__dict__
    values = {column: held[name] for column, name in _writing(type(row)).columns.items()
              if name in held and held[name] is not None}
    number = session.execute(_inserting(type(row), key, session.get_bind().dialect.name), values).scalar()
    if number is None:
        return False
    held["id"] = number
    keep(session, row, (number,))
    return True


@cache
def _inserting(model: type[Base], key: str, engine: str) -> Executable:
    table = cast(Table, model.__table__)
    statement = (postgresql.insert if engine == "postgresql" else sqlite.insert)(table)
    return statement.on_conflict_do_nothing(index_elements=[key]).returning(table.c.id)
