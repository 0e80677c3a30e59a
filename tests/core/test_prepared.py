"""A statement that is executed again gives what it gave before, however it goes by then, and fails as it would."""

import gc
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
    event,
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from sales_portal.core import prepared
from sales_portal.core.db import Base, UTCDateTime, engine_for
from tests.harness.databases import Database

BIRDS = Table(
    "birds", MetaData(),
    Column("id", Integer, primary_key=True), Column("name", String(40), nullable=False, unique=True),
    Column("legs", Integer, nullable=False, default=2), Column("seen_at", UTCDateTime),
    Column("tags", JSON, nullable=False, default=list))
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
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


NAMED = bindparam("named", expanding=True)
READS: dict[str, tuple[Executable, dict[str, Any]]] = {
    "everything": (select(BIRDS).order_by(BIRDS.c.id), {}),
    "a value": (select(BIRDS).where(BIRDS.c.name == bindparam("called")), {"called": "crow"}),
    "an instant": (select(BIRDS.c.name).where(BIRDS.c.seen_at > bindparam("at", type_=UTCDateTime)), {"at": NOON}),
    "one value twice": (select(BIRDS.c.id, (BIRDS.c.legs + bindparam("more", type_=Integer)).label("sum")).where(
        BIRDS.c.legs < bindparam("more", type_=Integer)), {"more": 3}),
    "a constant": (select(BIRDS.c.name, func.lower("ÅH").label("sound")).where(BIRDS.c.legs == 4), {}),
    "a list": (select(BIRDS.c.name).where(BIRDS.c.name.in_(NAMED), BIRDS.c.legs > bindparam("more"))
               .order_by(BIRDS.c.id), {"named": ["crow", "table"], "more": 1}),
    "an empty list": (select(BIRDS.c.name).where(BIRDS.c.name.in_(NAMED)), {"named": []}),
    "a list of its own": (select(BIRDS.c.name).where(BIRDS.c.legs.in_([1, 4])).order_by(BIRDS.c.id), {}),
    "a limit": (select(BIRDS.c.name).order_by(BIRDS.c.id).limit(2), {}),
    "pairs": (select(BIRDS.c.id).where(tuple_(BIRDS.c.name, BIRDS.c.legs).in_(bindparam("pairs", expanding=True))),
              {"pairs": [("crow", 2)]}),
    "text": (text("SELECT name, legs FROM birds WHERE legs > :more ORDER BY id"), {"more": 1}),
    "a name that needs care": (select(BIRDS.c.name).where(BIRDS.c.legs == bindparam("its legs %")), {"its legs %": 4}),
    "two columns of one name": (select(BIRDS.c.id, BIRDS.c.name, BIRDS.c.legs.label("id")).order_by(BIRDS.c.id), {}),
}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_again_is_the_same(connection: Connection, name: str) -> None:
    statement, params = READS[name]
    plain = connection.execute(statement, params).all()
    for _ in range(TIMES):
        assert prepared.execute(connection, statement, params).all() == plain


def test_from_the_third_time_on_nobody_is_asked(connection: Connection, asked: list[Executable]) -> None:
    statement = select(BIRDS.c.name).where(BIRDS.c.legs == bindparam("legs"))
    for legs, name in ((2, "crow"), (1, "stork"), (4, "table"), (2, "crow")):
        assert prepared.execute(connection, statement, {"legs": legs}).scalar_one() == name
    assert asked == [statement, statement]


def test_a_row_is_read_by_name_and_column_and_position(connection: Connection) -> None:
    statement = select(BIRDS.c.id, BIRDS.c.name, BIRDS.c.tags, BIRDS.c.seen_at).order_by(BIRDS.c.id)
    for _ in range(TIMES):
        row = prepared.execute(connection, statement).first()
        assert row is not None
        assert (row.name, row[1], row._mapping[BIRDS.c.name]) == ("crow",) * 3
        assert (row.tags, row.seen_at) == (["crow", 2], NOON + timedelta(hours=2))
        assert prepared.execute(connection, statement).mappings().all()[0]["tags"] == ["crow", 2]


def test_lists_of_every_length_are_told_apart(connection: Connection, asked: list[Executable]) -> None:
    statement = select(BIRDS.c.name).where(BIRDS.c.name.in_(NAMED)).order_by(BIRDS.c.id)
    lists = [[], ["table"], ["crow", "stork"], ["nobody", "crow", "table"], []]
    for names in lists * 3:
        found = prepared.execute(connection, statement, {"named": names}).scalars().all()
        assert found == [name for name in ("crow", "stork", "table") if name in names]
    assert len(asked) == 5, "once for itself, and once for each length"


def test_a_set_is_no_list_and_goes_the_long_way(connection: Connection) -> None:
    statement = select(BIRDS.c.name).where(BIRDS.c.name.in_(NAMED))
    for names in ({"crow"}, {"table"}, ["stork"], {"crow"}):
        assert prepared.execute(connection, statement, {"named": names}).scalars().all() == list(names)


def test_what_is_made_of_a_statement_is_another_one(connection: Connection) -> None:
    statement = select(BIRDS.c.name).order_by(BIRDS.c.id)
    for legs in (1, 2, 4) * 2:
        assert len(prepared.execute(connection, statement).all()) == 3
        narrowed = statement.where(BIRDS.c.legs == legs)
        assert [len(prepared.execute(connection, narrowed).all()) for _ in range(3)] == [1, 1, 1]


def test_statements_that_look_alike_keep_their_own_constants(connection: Connection) -> None:
    """SQLAlchemy itself compiles the two once."""
    for _ in range(TIMES):
        for statement, name in ((ONE_LEG, "stork"), (FOUR_LEGS, "table")):
            assert prepared.execute(connection, statement).scalar_one() == name


ONE_LEG, FOUR_LEGS = (select(BIRDS.c.name).where(BIRDS.c.legs == legs) for legs in (1, 4))


def test_values_given_with_a_statement_are_its_own(connection: Connection) -> None:
    statement = select(BIRDS.c.name).where(BIRDS.c.legs == bindparam("legs")).order_by(BIRDS.c.id)
    for given, name in ((statement.params(legs=1), "stork"), (statement.params(legs=4), "table")):
        for _ in range(TIMES):
            assert prepared.execute(connection, given).scalar_one() == name
            assert prepared.execute(connection, statement, {"legs": 2}).scalar_one() == "crow"


def test_lists_given_with_a_statement_are_its_own(connection: Connection) -> None:
    statement = select(BIRDS.c.name).where(BIRDS.c.name.in_(NAMED)).params(named=["crow", "stork"])
    for _ in range(TIMES):
        assert len(prepared.execute(connection, statement).all()) == 2


def test_a_value_may_be_given_by_the_name_sqlalchemy_made_of_a_constant(connection: Connection) -> None:
    statement = select(BIRDS.c.name).where(BIRDS.c.legs == 4)
    for legs, name in ((1, "stork"), (2, "crow")) * TIMES:
        assert prepared.execute(connection, statement, {"legs_1": legs}).scalar_one() == name


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


def test_options_of_a_connection_count(connection: Connection) -> None:
    statement = select(BIRDS.c.name)
    for _ in range(TIMES):
        prepared.execute(connection, statement)
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
    for _ in range(TIMES):
        prepared.execute(connection, statement, {"name": "crow"})
    with pytest.raises(UnicodeEncodeError):
        prepared.execute(connection, statement, {"name": "\ud800"})


def test_a_default_asks_for_nothing() -> None:
    """What makes one anew is called without the context some defaults of SQLAlchemy look at."""
    made = [column.default.arg(None) for table in Base.metadata.tables.values() for column in table.columns
            if column.default is not None and column.default.is_callable]
    assert len(made) > 10


def test_a_statement_nobody_holds_any_more_is_forgotten(connection: Connection) -> None:
    dialect = connection.dialect
    prepared.execute(connection, ONE_LEG)
    before = len(getattr(dialect, prepared._KEPT))
    for legs in range(20):
        statement = select(BIRDS.c.name, BIRDS.c.seen_at).where(BIRDS.c.legs == legs)
        for _ in range(TIMES):
            prepared.execute(connection, statement)
    del statement
    gc.collect()
    assert len(getattr(dialect, prepared._KEPT)) == before + 1, "the one that SQLAlchemy keeps for its like"


def test_what_is_not_said_is_filled_in_anew_each_time(connection: Connection) -> None:
    statement = insert(BIRDS).returning(BIRDS.c.id, BIRDS.c.legs, BIRDS.c.tags)
    ids = set()
    for number in range(TIMES):
        row = prepared.execute(connection, statement, {"name": f"hen {number}"}).one()
        assert (row.legs, row.tags) == (2, [])
        ids.add(row.id)
    assert len(ids) == TIMES
    for number in range(TIMES):
        prepared.execute(connection, statement, {"name": f"dog {number}", "legs": 4})
    assert connection.scalar(select(func.count()).where(BIRDS.c.name.like("dog%"), BIRDS.c.legs == 4)) == TIMES


def test_many_rows_are_written_at_once(connection: Connection, asked: list[Executable]) -> None:
    statement, lonely = insert(BIRDS), insert(BIRDS)
    for number in range(TIMES):
        prepared.execute(connection, statement, [{"name": f"hen {number}"}, {"name": f"cock {number}"}])
        prepared.execute(connection, lonely, [{"name": f"lone {number}"}])
    assert connection.scalar(select(func.count()).where(BIRDS.c.tags.is_not(None))) == 3 + 3 * TIMES
    assert asked.count(statement) == 2


def test_how_many_rows_were_touched_is_told(connection: Connection) -> None:
    statement = update(BIRDS).where(BIRDS.c.legs >= bindparam("least")).values(legs=BIRDS.c.legs)
    for least, touched in ((1, 3), (2, 2), (4, 1), (5, 0), (1, 3)):
        assert prepared.execute(connection, statement, {"least": least}).rowcount == touched  # type: ignore[attr-defined]


def test_who_listens_hears_of_every_execution(connection: Connection) -> None:
    statement, heard = select(BIRDS.c.name).where(BIRDS.c.legs == bindparam("legs")), list[str]()
    for _ in range(3):
        prepared.execute(connection, statement, {"legs": 2})
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


def test_in_a_savepoint_it_is_the_savepoints(connection: Connection) -> None:
    statement = insert(BIRDS)
    for number in range(TIMES):
        prepared.execute(connection, statement, {"name": f"hen {number}"})
        with pytest.raises(IntegrityError), connection.begin_nested():
            prepared.execute(connection, statement, {"name": "crow"})
    assert connection.scalar(select(func.count()).select_from(BIRDS)) == 3 + TIMES


def test_a_transaction_that_is_over_is_not_begun_again_unseen(database: Database) -> None:
    engine = engine_for(database.url)
    statement = select(func.count()).select_from(text("staff"))
    with engine.connect() as connection:
        for _ in range(TIMES):
            prepared.execute(connection, statement)
        connection.rollback()
        prepared.execute(connection, statement)
        assert connection.in_transaction()
        connection.rollback()
    engine.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_that_died_is_told_as_dead(database: Database) -> None:
    engine = engine_for(database.url)
    statement = select(func.count()).select_from(text("staff"))
    with engine.connect() as connection:
        for _ in range(TIMES):
            prepared.execute(connection, statement)
        number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
        with pytest.raises(DBAPIError) as caught:
            prepared.execute(connection, statement)
        assert caught.value.connection_invalidated
        assert connection.invalidated
    engine.dispose()
