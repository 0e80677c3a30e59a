"""What the tests of prepared statements stand on: some birds, and who was asked about a statement."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Executable,
    Integer,
    MetaData,
    Result,
    String,
    Table,
    bindparam,
    insert,
)

from sales_portal.core.db import UTCDateTime, engine_for
from tests.harness.databases import Database

BIRDS = Table(
    "birds", MetaData(),
    Column("id", Integer, primary_key=True), Column("name", String(40), nullable=False, unique=True),
    Column("legs", Integer, nullable=False, default=2), Column("seen_at", UTCDateTime),
    Column("tags", JSON, nullable=False, default=list))
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
NAMED = bindparam("named", expanding=True)
TIMES = 5
"""So often each statement is executed here: the first times it is found out how it goes, later it is known."""


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A transaction on a database with some birds, rolled back afterwards."""
    engine = engine_for(database.url)
    with engine.connect() as connection:
        BIRDS.create(connection)
        connection.execute(insert(BIRDS), [
            {"name": name, "legs": legs, "seen_at": NOON + timedelta(hours=legs), "tags": [name, legs]}
            for name, legs in (("crow", 2), ("stork", 1), ("table", 4))])
        yield connection
        connection.rollback()
    engine.dispose()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Executable]:
    """The statements SQLAlchemy was asked to execute, which is the long way."""
    asked: list[Executable] = []
    execute = Connection.execute

    def note(connection: Connection, statement: Executable, *args: Any, **options: Any) -> Result[Any]:
        asked.append(statement)
        return execute(connection, statement, *args, **options)

    monkeypatch.setattr(Connection, "execute", note)
    return asked
