"""A statement goes the long way where the short one would not do, is forgotten in time, and fails as any does."""

import gc
from itertools import count

import pytest
from sqlalchemy import (
    Column,
    Connection,
    CursorResult,
    Executable,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from sales_portal.core import prepared
from sales_portal.core.db import Base, UTCDateTime
from tests.core.conftest import BIRDS, NAMED, NOON, TIMES

OF_STAFF = select(func.count()).select_from(text("staff"))


def execute_often(connection: Connection, statement: Executable, **values: object) -> None:
    """Execute it until it is known how it goes."""
    for _ in range(TIMES):
        prepared.execute(connection, statement, values)


def test_a_set_is_no_list_and_goes_the_long_way(connection: Connection) -> None:
    statement = select(BIRDS.c.name).where(BIRDS.c.name.in_(NAMED))
    for names in ({"crow"}, {"table"}, ["stork"], {"crow"}):
        assert prepared.execute(connection, statement, {"named": names}).scalars().all() == list(names)


def test_pairs_of_no_declared_type_go_the_long_way(connection: Connection) -> None:
    statement = text("SELECT name FROM birds WHERE (name, legs) IN :pairs").bindparams(
        bindparam("pairs", expanding=True))
    for _ in range(TIMES):
        assert prepared.execute(connection, statement, {"pairs": [("crow", 2)]}).scalar_one() == "crow"


def test_rows_with_different_columns_go_the_long_way(connection: Connection) -> None:
    statement = update(BIRDS).where(BIRDS.c.id == bindparam("key")).values(legs=bindparam("left", value=0))
    crow, stork = connection.execute(select(BIRDS.c.id).order_by(BIRDS.c.id).limit(2)).scalars()
    for _ in range(TIMES):
        prepared.execute(connection, statement, [{"key": crow}, {"key": stork}])
    prepared.execute(connection, statement, [{"key": crow}, {"key": stork, "left": 7}])
    assert connection.scalar(select(BIRDS.c.legs).where(BIRDS.c.id == stork)) == 7


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_rows_that_come_back_unasked_go_the_long_way(connection: Connection) -> None:
    """PostgreSQL tells the key of a new row that way, and who reads it finds it where SQLAlchemy puts it."""
    statement = insert(BIRDS)
    made = [prepared.execute(connection, statement, {"name": f"hen {number}"}) for number in range(TIMES)]
    assert all(isinstance(one, CursorResult) and one.inserted_primary_key for one in made)


def test_what_changes_with_every_update_is_made_anew(connection: Connection) -> None:
    counter = count(10)
    birds = Table("birds", MetaData(), Column("name", String), Column("legs", Integer, onupdate=lambda: next(counter)))
    statement = update(birds).where(birds.c.name == bindparam("called")).values(name="rook").returning(birds.c.legs)
    legs = [prepared.execute(connection, statement, {"called": name}).scalar_one() for name in ["crow"] + ["rook"] * 4]
    assert legs == [10, 11, 12, 13, 14]


def test_options_of_a_connection_count(connection: Connection) -> None:
    statement = select(BIRDS.c.name)
    execute_often(connection, statement)
    with pytest.raises(DBAPIError, match="nowhere"):
        prepared.execute(connection.execution_options(schema_translate_map={None: "nowhere"}), statement)


def test_only_so_many_ways_are_kept_and_none_for_long_lists(connection: Connection) -> None:
    statement = select(BIRDS.c.name).where(BIRDS.c.legs.in_(bindparam("legs", expanding=True)))
    for length in range(1, prepared.LONGEST_LIST + 20):
        for _ in range(3):
            assert len(prepared.execute(connection, statement, {"legs": [4] * length}).all()) == 1
    known = getattr(connection.dialect, prepared._KEPT)[statement]
    assert sum(way is not None for way in known.ways.values()) == prepared.LONGEST_LIST
    for number in range(prepared.MOST_WAYS):
        prepared.execute(connection, statement, {"legs": [4], f"unheard of {number}": 1})
    assert len(known.ways) == prepared.MOST_WAYS


def test_what_the_driver_stumbles_over_is_told_as_it_is(connection: Connection) -> None:
    statement = select(BIRDS.c.name).where(BIRDS.c.name == bindparam("name"))
    execute_often(connection, statement, name="crow")
    with pytest.raises(UnicodeEncodeError):
        prepared.execute(connection, statement, {"name": "\ud800"})


def test_a_default_asks_for_nothing() -> None:
    """What makes one anew is called without the context some defaults of SQLAlchemy look at."""
    made = [column.default.arg(None) for table in Base.metadata.tables.values() for column in table.columns
            if column.default is not None and column.default.is_callable]
    assert len(made) > 10


def test_a_statement_nobody_holds_any_more_is_forgotten(connection: Connection) -> None:
    dialect = connection.dialect
    prepared.execute(connection, select(BIRDS.c.id))
    before = len(getattr(dialect, prepared._KEPT))
    for legs in range(20):
        statement = select(BIRDS.c.name, BIRDS.c.seen_at).where(BIRDS.c.legs == legs)
        for _ in range(TIMES):
            prepared.execute(connection, statement)
    del statement
    gc.collect()
    assert len(getattr(dialect, prepared._KEPT)) == before + 1, "the one that SQLAlchemy keeps for its like"


def test_who_listens_hears_of_every_execution(connection: Connection) -> None:
    statement, heard = select(BIRDS.c.name).where(BIRDS.c.legs == bindparam("legs")), list[str]()
    execute_often(connection, statement, legs=2)
    event.listen(connection.engine, "before_cursor_execute", lambda *args: heard.append(args[2]))
    for _ in range(3):
        assert prepared.execute(connection, statement, {"legs": 1}).scalar_one() == "stork"
    assert len(heard) == 3


def test_it_fails_as_any_statement_does(connection: Connection) -> None:
    statement, missing = insert(BIRDS), select(BIRDS.c.id).where(BIRDS.c.legs == bindparam("legs"))
    naive = select(BIRDS.c.id).where(BIRDS.c.seen_at == bindparam("at", type_=UTCDateTime))
    for number in range(TIMES):
        prepared.execute(connection, statement, {"name": f"hen {number}"})
        prepared.execute(connection, missing, {"legs": 2})
        prepared.execute(connection, naive, {"at": NOON})
        with pytest.raises(StatementError):
            prepared.execute(connection, missing, {})
        with pytest.raises(StatementError, match="aware"):
            prepared.execute(connection, naive, {"at": NOON.replace(tzinfo=None)})
    with pytest.raises(IntegrityError) as caught:
        prepared.execute(connection, statement, {"name": "crow"})
    assert "[SQL parameters hidden due to hide_parameters=True]" in str(caught.value)


def test_in_a_savepoint_it_is_the_savepoints(connection: Connection, asked: list[Executable]) -> None:
    statement = insert(BIRDS)
    for number in range(TIMES):
        prepared.execute(connection, statement, {"name": f"hen {number}"})
        with pytest.raises(IntegrityError), connection.begin_nested():
            prepared.execute(connection, statement, {"name": "crow"})
    assert connection.scalar(select(func.count()).select_from(BIRDS)) == 3 + TIMES
    assert asked.count(statement) >= TIMES, "what a savepoint asks of a connection, it knows best itself"


def test_a_transaction_that_is_over_is_not_begun_again_unseen(connection: Connection) -> None:
    execute_often(connection, OF_STAFF)
    connection.rollback()
    prepared.execute(connection, OF_STAFF)
    assert connection.in_transaction()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_that_died_is_told_as_dead(connection: Connection) -> None:
    execute_often(connection, OF_STAFF)
    number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with connection.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
    with pytest.raises(DBAPIError) as caught:
        prepared.execute(connection, OF_STAFF)
    assert caught.value.connection_invalidated
    assert connection.invalidated
