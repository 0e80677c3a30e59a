"""Empty, migrated databases on both engines, set back between tests in milliseconds.

`database` runs a test once on SQLite and once on PostgreSQL. Browser journeys run on SQLite, and on PostgreSQL
too where marked `on_postgresql`. Reset puts back exactly what the migrations left, rows they inserted included; what
a test arranged can be kept and put back just as fast.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.orm import Session

from sales_portal.application import migrating
from sales_portal.core import db
from tests.harness.folders import own_folder
from tests.harness.postgres import PostgresServer

KINDS = ("sqlite", "postgresql")
MIGRATED = "migrated"
SERVER_URL = "SALES_PORTAL_TESTS_POSTGRESQL"
BROWSER_FIXTURES = {"browser", "page", "open_page"}


class Database(Protocol):
    """One database of the test run: its URL, an engine of the tests' own, and the way back to empty."""

    kind: str
    url: str
    engine: Engine

    def reset(self) -> None:
        """Put back what the migrations left."""

    def keep(self, name: str) -> None:
        """Remember under `name` every row that is committed now."""

    def back_to(self, name: str) -> None:
        """Put back what was kept under `name`, numbering included; no session may be in a transaction."""

    def close(self) -> None:
        """Let go of files and connections."""


class SQLiteDatabase:
    """A file, in memory where the machine offers that, set back by copying over it what was kept."""

    kind = "sqlite"

    def __init__(self) -> None:
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self._folder = own_folder("sales-portal-db-", memory)
        self.url = f"sqlite:///{self._folder / 'portal.db'}"
        migrated = db.engine_for(self.url)
        migrating.upgrade(migrated)
        migrated.dispose()
        self._kept: dict[str, sqlite3.Connection] = {}
        self.keep(MIGRATED)
        self.engine = _reading_first(self.url)

    def reset(self) -> None:
        """Put back what the migrations left."""
        self.back_to(MIGRATED)

    def keep(self, name: str) -> None:
        """Copy the file into memory."""
        if name not in self._kept:
            self._kept[name] = sqlite3.connect(":memory:")
        source = sqlite3.connect(self._folder / "portal.db", timeout=60)
        source.backup(self._kept[name])
        source.close()

    def back_to(self, name: str) -> None:
        """Copy what was kept over the file; connections that are open see it at their next transaction."""
        target = sqlite3.connect(self._folder / "portal.db", timeout=60)
        self._kept[name].backup(target)
        target.close()

    def close(self) -> None:
        """Remove the file."""
        self.engine.dispose()
        for kept in self._kept.values():
            kept.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class PostgreSQLDatabase:
    """A database on the run's own server, set back by a function in it that empties only what was written to."""

    kind = "postgresql"

    def __init__(self, server_url: str, name: str) -> None:
        self.url = _create(server_url, name)
        self.engine = db.engine_for(self.url)
        # Neither foreign keys nor the triggers that guard append-only tables stand in the way of putting back. A
        # connection that is always so keeps its plans; one that changes its role forgets them every time.
        self._putting_back = create_engine(
            self.url,
            isolation_level="AUTOCOMMIT",
            connect_args={"options": "-c session_replication_role=replica -c lock_timeout=60s"},
        )
        migrating.upgrade(self.engine)
        self.keep(MIGRATED)

    def reset(self) -> None:
        """Put back what the migrations left."""
        self.back_to(MIGRATED)

    def keep(self, name: str) -> None:
        """Copy the rows into a schema of that name, and make a function there that puts them back."""
        with self.engine.begin() as connection:
            for statement in list(_keeping(connection, name)):
                connection.exec_driver_sql(statement)

    def back_to(self, name: str) -> None:
        """Delete what was written, insert what was kept, and set the sequences back."""
        with self._putting_back.connect() as connection:
            connection.exec_driver_sql(f'SELECT "kept {name}".put_back()')

    def close(self) -> None:
        """Close the connections; the database goes with its server."""
        self._putting_back.dispose()
        self.engine.dispose()


def _create(server_url: str, name: str) -> str:
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    return server_url.replace("/postgres?", f"/{name}?")


def _reading_first(url: str) -> Engine:
    # A test reads through its session while the page under test writes: only a write may take SQLite's write lock.
    engine = create_engine(url, connect_args={"timeout": 60, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _keeping(connection: Connection, name: str) -> Iterator[str]:
    schema = f'"kept {name}"'
    yield f"DROP SCHEMA IF EXISTS {schema} CASCADE"
    yield f"CREATE SCHEMA {schema}"
    yield (
        f"CREATE TABLE {schema}.kept_sequences AS SELECT sequencename, start_value, last_value "
        "FROM pg_sequences WHERE schemaname = 'public'"
    )
    body = []
    for table in sorted(set(inspect(connection).get_table_names()) - {"alembic_version"}):
        kept = f'{schema}."{table}"'
        if connection.exec_driver_sql(f'SELECT EXISTS (SELECT FROM public."{table}")').scalar():
            yield f'CREATE TABLE {kept} AS SELECT * FROM public."{table}"'
            body += [f'DELETE FROM public."{table}";']
            body += [f'INSERT INTO public."{table}" OVERRIDING SYSTEM VALUE SELECT * FROM {kept};']
        else:
            body += [f'IF EXISTS (SELECT FROM public."{table}") THEN DELETE FROM public."{table}"; END IF;']
    yield f"""
        CREATE FUNCTION {schema}.put_back() RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          {" ".join(body)}
          PERFORM setval('public.' || quote_ident(kept.sequencename), coalesce(kept.last_value, kept.start_value),
                         kept.last_value IS NOT NULL)
          FROM {schema}.kept_sequences kept JOIN pg_sequences now USING (sequencename)
          WHERE now.schemaname = 'public' AND now.last_value IS DISTINCT FROM kept.last_value;
        END $$
    """


@dataclass
class Databases:
    """The databases of this process, each made when first asked for."""

    worker: str
    server_url: str | None = None
    _made: dict[str, Database] = field(default_factory=dict)
    _portals: dict[str, Engine] = field(default_factory=dict)
    _server: PostgresServer | None = None

    def get(self, kind: str) -> Database:
        """The database of `kind`, as the last test left it."""
        if kind not in self._made:
            self._made[kind] = SQLiteDatabase() if kind == "sqlite" else self._make_postgresql()
        return self._made[kind]

    def portals_engine(self, kind: str) -> Engine:
        """The engine the portal would open on the database of `kind`."""
        if kind not in self._portals:
            self._portals[kind] = db.engine_for(self.get(kind).url)
        return self._portals[kind]

    def _make_postgresql(self) -> Database:
        return PostgreSQLDatabase(self.postgresql_server(), f"portal_{self.worker}")

    def postgresql_server(self) -> str:
        """The URL of the run's own server, started here unless xdist's controller did."""
        if self.server_url is None:
            self._server = PostgresServer()
            self.server_url = self._server.url("postgres")
        return self.server_url

    def empty(self, kind: str, name: str) -> str:
        """The URL of a database of `kind` that no migration has seen; on SQLite beside the others, called `name`."""
        if kind == "sqlite":
            return self.get(kind).url.replace("portal.db", f"{name}.db")
        return _create(self.postgresql_server(), f"empty_{self.worker}")

    def close(self) -> None:
        """Close every database, and the server where this process started it."""
        for engine in self._portals.values():
            engine.dispose()
        for database in self._made.values():
            database.close()
        if self._server is not None:
            self._server.stop()


def pytest_configure_node(node: Any) -> None:
    """Start one PostgreSQL for all workers of xdist before the first of them starts."""
    config = node.config
    if not hasattr(config, "postgresql_of_all_workers"):
        config.postgresql_of_all_workers = PostgresServer()
        config.add_cleanup(config.postgresql_of_all_workers.stop)
    node.workerinput[SERVER_URL] = config.postgresql_of_all_workers.url("postgres")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what touches a table on both engines; a browser journey on SQLite, and on PostgreSQL where marked."""
    if "database" not in metafunc.fixturenames:
        return
    if any("database" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")):
        return
    in_browser = BROWSER_FIXTURES & set(metafunc.fixturenames)
    on_both = not in_browser or metafunc.definition.get_closest_marker("on_postgresql")
    metafunc.parametrize("database", KINDS if on_both else KINDS[:1], indirect=True)


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Every database of this process."""
    given = getattr(request.config, "workerinput", {})
    made = Databases(given.get("workerid", "main"), given.get(SERVER_URL))
    yield made
    made.close()


@pytest.fixture
def database(request: pytest.FixtureRequest, databases: Databases) -> Database:
    """A migrated database, empty or with the kept shop in it where the test asks for that; once per engine."""
    found = databases.get(request.param)
    if "kept_shop" in request.fixturenames:
        request.getfixturevalue("shops").open(found)
    else:
        found.reset()
    return found


@pytest.fixture
def portals_engine(database: Database, databases: Databases) -> Engine:
    """The database as the portal opens it, SQLite with the write lock taken where a transaction begins.

    It is the same for the whole run: a new one would compile every statement anew.
    """
    return databases.portals_engine(database.kind)


@pytest.fixture
def empty_database_url(database: Database, databases: Databases, tmp_path: Path) -> str:
    """The URL of a database no migration has seen, on the engine of `database`."""
    return databases.empty(database.kind, f"empty-{tmp_path.name}")


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session to arrange and to look with. Commit what the portal shall see; every request of `client` does so."""
    with Session(database.engine) as opened:
        yield opened
        opened.rollback()
