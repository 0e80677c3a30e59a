"""The same races on a throw-away schema without constraints, against a portal without locks and conditional updates:
they end wrong, so the others could."""

import re
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from sales_portal.core import db
from tests import make
from tests.harness.databases import KINDS, Database, Databases, PostgreSQLDatabase, SQLiteDatabase
from tests.harness.server import Portal
from tests.races import taking_off
from tests.races.meetings import MEETINGS
from tests.races.rounds import Race

UNIQUE = ("orders", "outbox")
INDEXED = ("orders", "payments", "refunds", "cancellations", "stock_moves")
CHECKED = ("orders", "stock", "checkout_links", "discounts", "payments", "refunds", "cancellations")
REFERRED = ("uq_payments_currency",)
CONSTRAINT = r",\s*CONSTRAINT \w+ (?:{kinds}) \((?:[^()]|\([^()]*\))*\)"
ATTEMPTS, CONNECTIONS = 5, 16


@pytest.fixture(scope="module", params=KINDS)
def bare(request: pytest.FixtureRequest, databases: Databases) -> Iterator[tuple[Database, Engine, Portal]]:
    """The database, an engine on it and a portal, all three without anything that decides a race."""
    database: Database = (SQLiteDatabase() if request.param == "sqlite" else
                          PostgreSQLDatabase(databases.postgresql_server(), f"bare_{databases.worker}"))
    with database.engine.begin() as connection:
        _strip(connection)
    database.keep("migrated")
    engine = db.engine_for(database.url)
    taking_off.take_off(engine)
    portal = Portal(database.url, workers=2, threads=8, target="tests.races.unlocked:app")
    yield database, engine, portal
    portal.close()
    engine.dispose()
    database.close()


@pytest.mark.parametrize("row", ["R1", "R4", "R7", "R14"])
def test_without_locks_and_constraints_it_ends_wrong(bare: tuple[Database, Engine, Portal], row: str) -> None:
    database, engine, portal = bare
    race = Race(row, database, engine, portal.port, CONNECTIONS)
    assert any(ends_wrong(race.run) for _ in range(ATTEMPTS))


@pytest.mark.parametrize("row", MEETINGS)
def test_who_meet_without_them_end_wrong_too(bare: tuple[Database, Engine, Portal], row: str) -> None:
    database, engine, _ = bare

    def meet() -> None:
        database.reset()
        with Session(database.engine) as session:
            shop = make.shop(session)
            session.commit()
            MEETINGS[row](session, engine, shop)

    assert any(ends_wrong(meet) for _ in range(ATTEMPTS))


def ends_wrong(race: Callable[[], None]) -> bool:
    """Whether one round came to something else than its row says, a deadlock among them."""
    try:
        race()
    except (AssertionError, OperationalError):
        return True
    return False


def _strip(connection: Connection) -> None:
    found = inspect(connection)
    for index in (one for table in INDEXED for one in found.get_indexes(table)):
        # What a foreign key refers to decides no race.
        if index["unique"] and not index.get("duplicates_constraint") and index["name"] not in REFERRED:
            connection.execute(text(f"DROP INDEX {index['name']}"))
    if connection.dialect.name == "sqlite":
        _strip_sqlite(connection)
        return
    named = [(table, one["name"]) for table in UNIQUE for one in found.get_unique_constraints(table)]
    named += [("payment_events", found.get_pk_constraint("payment_events")["name"])]
    named += [(table, one["name"]) for table in CHECKED for one in found.get_check_constraints(table)]
    for table, name in named:
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))


def _strip_sqlite(connection: Connection) -> None:
    """SQLite lets no constraint go, so the definitions are written anew without them."""
    connection.execute(text("PRAGMA writable_schema = ON"))
    for table, kinds in (("orders", "CHECK|UNIQUE"), *((name, "CHECK") for name in CHECKED[1:]),
                         ("payment_events", "PRIMARY KEY"), ("outbox", "UNIQUE")):
        sql = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table})
        connection.execute(text("UPDATE sqlite_master SET sql = :sql WHERE name = :name"),
                           {"sql": re.sub(CONSTRAINT.format(kinds=kinds), "", sql or ""), "name": table})
    for table in (*UNIQUE, "payment_events"):
        connection.execute(text("DELETE FROM sqlite_master WHERE tbl_name = :name "
                                "AND name LIKE 'sqlite_autoindex%'"), {"name": table})
    connection.execute(text("PRAGMA writable_schema = RESET"))
