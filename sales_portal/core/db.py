"""The database as both engines need it: the declarative base, column types, and how a transaction begins."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Annotated, Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    create_engine,
    event,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import TypeDecorator

BUSY_SECONDS = 15
LOCK_SECONDS = 5
"""How long PostgreSQL lets a statement wait for a row another transaction holds."""
RESTED_SECONDS = 1.0
"""A connection unused for longer is asked whether it still stands."""

_WITHOUT_ZONE = len("2026-01-01 00:00:00.000000")

reading: ContextVar[bool] = ContextVar("reading", default=False)
"""True while a request only reads: SQLite then begins without asking for the write lock."""


@lru_cache(64)
def _text(instant: datetime) -> str:
    # A request writes the same few instants many times.
    return instant.isoformat(" ", "microseconds")[:_WITHOUT_ZONE]


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant, stored as UTC on both engines; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("instants are aware: take them from the clock")
        return value if value.tzinfo is UTC else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """Writes a value in one step, for SQLite as the text it would get."""
        bind, is_text = self.process_bind_param, dialect.name == "sqlite"

        def process(value: datetime | None) -> Any:
            instant = bind(value, dialect)
            return _text(instant) if is_text and instant else instant
        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Reads a value in one step: rows are full of instants, most of them None."""
        read = self.impl_instance.dialect_impl(dialect).result_processor(dialect, coltype)

        def process(value: Any) -> Any:
            if value is None:
                return None
            found: Any = read(value) if read is not None else value
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        return process


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
    options: dict[str, Any] = {
        "hide_parameters": True, "json_serializer": _write_json, "json_deserializer": _read_json}
    if url.startswith("sqlite"):
        return options | {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
    return options | {"connect_args": {"options": f"-c timezone=utc -c lock_timeout={LOCK_SECONDS}s"}}


_EMPTY: dict[str | bytes, type[dict[str, Any] | list[Any]]] = {"{}": dict, b"{}": dict, "[]": list, b"[]": list}


def _read_json(text: str | bytes) -> Any:
    # Most documents of a row are empty.
    kind = _EMPTY.get(text)
    return kind() if kind is not None else json.loads(text)


class _SqliteJson(sqlite.JSON):
    """Reads a document in one step, where SQLAlchemy takes three: a row has many, most of them empty."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        def process(value: Any) -> Any:
            # SQLite gives a number where a document is one.
            return _read_json(value) if isinstance(value, str | bytes) else value
        return process


def _write_json(value: Any) -> str:
    if value or not isinstance(value, dict | list):
        return json.dumps(value)
    return "[]" if isinstance(value, list) else "{}"


def prepare_engine(engine: Engine) -> None:
    """Make PostgreSQL notice a connection that died unused, and SQLite behave: WAL, foreign keys, full sync, and a
    write lock taken when a writing transaction begins."""
    if engine.dialect.name != "sqlite":
        event.listen(engine, "checkout", partial(_ask_after_a_rest, engine.dialect))
        event.listen(engine, "checkin", _note_rest)
        _keep_what_is_prepared(engine)
        return
    engine.dialect.colspecs = {**engine.dialect.colspecs, JSON: _SqliteJson}
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


def _keep_what_is_prepared(engine: Engine) -> None:
    """End what only read by a commit: the driver forgets every statement it has prepared when it rolls back.

    PostgreSQL itself sees to it that nothing was written.
    """
    dialect = engine.dialect
    commit, rollback = dialect.do_commit, dialect.do_rollback

    def begin(connection: PoolProxiedConnection) -> None:
        if connection.dbapi_connection.read_only != (wanted := reading.get() or None):  # type: ignore[union-attr]
            connection.dbapi_connection.read_only = wanted  # type: ignore[union-attr]

    def end(connection: PoolProxiedConnection) -> None:
        (commit if connection.dbapi_connection.read_only else rollback)(connection)  # type: ignore[union-attr]

    dialect.do_begin = begin  # type: ignore[method-assign, assignment]
    dialect.do_rollback = end  # type: ignore[method-assign, assignment]


def _set_pragmas(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", "journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _queue_writers(engine: Engine) -> None:
    """Begin, commit and roll back through the dialect: listeners for it would be asked at every statement."""
    dialect, writer = engine.dialect, threading.Lock()
    holders: set[int] = set()

    def begin(connection: PoolProxiedConnection) -> None:
        # SQLite lets waiting writers race; queueing the threads of one process keeps the slowest of them short.
        own = cast(sqlite3.Connection, connection.dbapi_connection)
        if (is_writing := not reading.get()) and writer.acquire(timeout=BUSY_SECONDS):
            holders.add(id(own))
        try:
            own.execute("BEGIN IMMEDIATE" if is_writing else "BEGIN")
        except BaseException:
            leave(own)
            raise

    def end(act: Callable[[sqlite3.Connection], None], connection: PoolProxiedConnection) -> None:
        # Only what is written whole makes room for the next: one who came before that would wait in SQLite, longer.
        own = cast(sqlite3.Connection, connection.dbapi_connection)
        try:
            act(own)
        finally:
            leave(own)

    def leave(connection: object) -> None:
        if id(connection) in holders:
            holders.discard(id(connection))
            writer.release()

    dialect.do_begin = begin  # type: ignore[method-assign, assignment]
    dialect.do_commit = partial(end, sqlite3.Connection.commit)  # type: ignore[method-assign]
    dialect.do_rollback = partial(end, sqlite3.Connection.rollback)  # type: ignore[method-assign]
    for ending in ("checkin", "invalidate"):
        event.listen(engine, ending, lambda connection, *_: leave(connection))
