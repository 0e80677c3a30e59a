"""The database as both engines need it: the declarative base, column types, and how a transaction begins."""

import threading
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache, partial
from typing import Annotated, Any, NamedTuple, TypeVar, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    CursorResult,
    DateTime,
    Engine,
    Executable,
    Insert,
    Integer,
    MetaData,
    String,
    Table,
    Update,
    bindparam,
    create_engine,
    event,
    insert,
    inspect,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, make_transient_to_detached, mapped_column
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import TypeDecorator

BUSY_SECONDS = 15
RESTED_SECONDS = 1.0
"""A connection unused for longer is asked whether it still stands."""
_UNREAD = object()

Row = TypeVar("Row", bound="Base")

reading: ContextVar[bool] = ContextVar("reading", default=False)
"""True while a request only reads: SQLite then begins without asking for the write lock."""


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant, stored as UTC on both engines; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("instants are aware: take them from the clock")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        found: datetime = value
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


BigInt = BigInteger().with_variant(Integer(), "sqlite")
ByteString = String().with_variant(String(collation="C"), "postgresql")
"""Text compared byte by byte on both engines, so that a prefix is a range of the index."""

Pk = Annotated[int, mapped_column(BigInt, primary_key=True)]
Instant = Annotated[datetime, mapped_column(UTCDateTime)]
Amount = Annotated[int, mapped_column(BigInteger)]
"""Integer minor units; the row's `currency` says of what."""
Currency = Annotated[str, mapped_column(String(3))]
JsonObject = Annotated[dict[str, Any], mapped_column(JSON)]


def is_id(number: int) -> bool:
    """Whether `number` may be a row's id at all; both engines fail on a larger one instead of finding nothing."""
    return 0 < number < 2**63


class Base(DeclarativeBase):
    """The base of every table; names constraints so that both engines can change them in a migration."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def fresh(model: type[Row], **values: Any) -> Row:
    """A new row for `write`, by attribute: without the constructor's look at each value, which nothing here needs."""
    made = cast(Row, inspect(model).class_manager.new_instance())
    made.__dict__.update(values)
    return made


def write(session: Session, *rows: Base) -> None:
    """Insert new rows of one table at once, and what hangs on them, and keep all in `session` as if they had been read.

    It spares the work a flush does to find out what depends on what, which is most of what a request costs. So what the
    rows refer to is in the database already, and they have the ids of it set as columns.
    """
    statement, columns, defaults, hanging, is_numbered = _writing(type(rows[0]))
    for row in rows:
        held = row.__dict__
        held.update((name, made(None)) for name, made in defaults.items() if name not in held)
    # What is None in every row is left out: JSON would store the word null.
    used = [(column, name) for column, name in columns.items()
            if [row for row in rows if row.__dict__.get(name) is not None]]
    values = [{column: row.__dict__[name] for column, name in used} for row in rows]
    if not is_numbered:
        session.execute(statement, values)
    for row, value in zip(rows, values, strict=True):
        if is_numbered:
            written = cast(CursorResult[Any], session.execute(statement, value))
            row.__dict__["id"] = (written.inserted_primary_key or (None,))[0]
        _keep(session, row, hanging)


def _keep(session: Session, row: Base, hanging: Mapping[str, Mapping[str, str]]) -> None:
    # A session takes in what hangs on a row to insert it at the next flush, so that is written first and put back.
    parts = {name: row.__dict__.pop(name) for name in hanging if name in row.__dict__}
    make_transient_to_detached(row)
    session.add(row)
    for name, held in parts.items():
        for part in held:
            part.__dict__.update((theirs, row.__dict__[ours]) for theirs, ours in hanging[name].items())
        if held:
            write(session, *held)
        set_committed_value(row, name, held)


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
        for name, value in values.items():
            set_committed_value(row, name, value)
        if counting is not None:
            set_committed_value(row, counting, getattr(row, counting) + 1)


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
    """How rows of a model are written: which attribute holds which column, what stands where none is set, which
    attributes of what hangs on a row hold which of the row's own, and whether the database gives the ids."""

    statement: Insert
    columns: dict[str, str]
    defaults: dict[str, Callable[[None], Any]]
    hanging: dict[str, dict[str, str]]
    is_numbered: bool


@cache
def _writing(model: type[Base]) -> _Writing:
    table, mapper = cast(Table, model.__table__), inspect(model)
    columns = {column.name: mapper.get_property_by_column(column).key for column in table.c}
    numbered = table.autoincrement_column
    defaults = {columns[column.name]: _default_of(column) for column in table.c if column is not numbered}
    hanging = {name: {related.mapper.get_property_by_column(theirs).key: mapper.get_property_by_column(ours).key
                      for ours, theirs in related.local_remote_pairs or ()}
               for name, related in mapper.relationships.items() if related.uselist}
    return _Writing(insert(table), columns, defaults, hanging, numbered is not None)


def _default_of(column: Column[Any]) -> Callable[[None], Any]:
    default: Any = column.default
    if default is not None and default.is_callable:
        made: Callable[[None], Any] = default.arg
        return made
    return lambda _: default.arg if default is not None else None


def insert_row(session: Session, model: type[Row], values: Mapping[str, Any]) -> Row:
    """Insert a row with these attributes and the others' defaults, and keep it in `session` as if it had been read.

    As for `write`, the values are plain columns. Setting them one by one as attributes would cost more than the insert.
    """
    found = _insert(session, model, values, "")
    if found is None:
        raise RuntimeError("an insert that nothing may hinder inserted nothing")
    return found


def insert_once(session: Session, model: type[Row], key: str, values: Mapping[str, Any]) -> Row | None:
    """`insert_row`, but None where a row with the same `key` is there already.

    Nobody needs to look first: who comes second waits for the first, inserts nothing, and can read what that one did.
    """
    return _insert(session, model, values, key)


def _insert(session: Session, model: type[Row], values: Mapping[str, Any], key: str) -> Row | None:
    _, columns, defaults, _, _ = _writing(model)
    held = {name: made(None) for name, made in defaults.items() if name not in values} | dict(values)
    # What is None is left out: JSON would store the word null.
    row = {column: held[name] for column, name in columns.items() if held.get(name) is not None}
    number = session.execute(_inserting(model, key, session.get_bind().dialect.name), row).scalar()
    if number is None:
        return None
    new = cast(Row, inspect(model).class_manager.new_instance())
    new.__dict__.update(held, id=number)
    make_transient_to_detached(new)
    session.add(new)
    return new


@cache
def _inserting(model: type[Base], key: str, engine: str) -> Executable:
    table = cast(Table, model.__table__)
    statement = (postgresql.insert if engine == "postgresql" else sqlite.insert)(table)
    return (statement.on_conflict_do_nothing(index_elements=[key]) if key else statement).returning(table.c.id)


def engine_for(url: str, **options: Any) -> Engine:
    """An engine on `url` that begins transactions as the portal needs them, for processes without Flask."""
    engine = create_engine(normal_url(url), **(engine_options(url) | options))
    prepare_engine(engine)
    return engine


def normal_url(url: str) -> str:
    """`url` as SQLAlchemy wants it: the short `postgres://` some hosts hand out becomes `postgresql://`."""
    return "postgresql://" + url.removeprefix("postgres://") if url.startswith("postgres://") else url


def engine_options(url: str) -> dict[str, Any]:
    """Pool and driver settings for an engine on `url`."""
    # An error that is logged must not carry the names and addresses of the statement that failed.
    if url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
    return {"hide_parameters": True, "connect_args": {"options": "-c timezone=utc"}}


def prepare_engine(engine: Engine) -> None:
    """Make PostgreSQL notice a connection that died unused, and SQLite behave: WAL, foreign keys, full sync, and a
    write lock taken when a writing transaction begins."""
    if engine.dialect.name != "sqlite":
        event.listen(engine, "checkout", partial(_ask_after_a_rest, engine.dialect))
        event.listen(engine, "checkin", _note_rest)
        return
    event.listen(engine, "connect", _set_pragmas)
    _queue_writers(engine)


def _ask_after_a_rest(dialect: Dialect, connection: DBAPIConnection, entry: ConnectionPoolEntry, _: object) -> None:
    # Asking before every transaction, as the pool would, costs a round trip each time.
    if time.monotonic() - entry.info.get("rests_since", time.monotonic()) <= RESTED_SECONDS:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        raise InvalidatePoolError from None


def _note_rest(_: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info["rests_since"] = time.monotonic()


def _set_pragmas(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", "journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _queue_writers(engine: Engine) -> None:
    """Begin, commit and roll back through the dialect: listeners for it would be asked at every statement."""
    dialect, writer = engine.dialect, threading.Lock()
    commit, rollback = dialect.do_commit, dialect.do_rollback
    holders: set[int] = set()

    def begin(connection: PoolProxiedConnection) -> None:
        # SQLite lets waiting writers race; queueing the threads of one process keeps the slowest of them short.
        if (is_writing := not reading.get()) and writer.acquire(timeout=BUSY_SECONDS):
            holders.add(id(connection.dbapi_connection))
        cursor = connection.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE" if is_writing else "BEGIN")
        except BaseException:
            leave(connection.dbapi_connection)
            raise
        finally:
            cursor.close()

    def end(act: Callable[[PoolProxiedConnection], None], connection: PoolProxiedConnection) -> None:
        # Only what is written whole makes room for the next: one who came before that would wait in SQLite, longer.
        try:
            act(connection)
        finally:
            leave(connection.dbapi_connection)

    def leave(connection: object) -> None:
        if id(connection) in holders:
            holders.discard(id(connection))
            writer.release()

    dialect.do_begin = begin  # type: ignore[method-assign, assignment]
    dialect.do_commit = partial(end, commit)  # type: ignore[method-assign]
    dialect.do_rollback = partial(end, rollback)  # type: ignore[method-assign]
    event.listen(engine, "checkin", lambda connection, _: leave(connection))
