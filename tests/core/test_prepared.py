"""A statement that is executed again gives what it gave before, however it goes by then."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Executable, Integer, bindparam, func, insert, select, text, tuple_, update

from sales_portal.core import prepared
from sales_portal.core.db import UTCDateTime
from tests.core.conftest import BIRDS, NAMED, NOON, TIMES

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


@pytest.mark.parametrize("name", ["sound", "count", "index", "class", "_sound", "a sound", "lower(name)"])
def test_a_row_has_the_same_names_again(connection: Connection, name: str) -> None:
    statement = select(BIRDS.c.id, BIRDS.c.name.label(name)).order_by(BIRDS.c.id)
    plain = connection.execute(statement).first()
    assert plain is not None
    for _ in range(TIMES):
        row = prepared.execute(connection, statement).first()
        assert row is not None
        assert (row, hash(row), len(row), [*row]) == (plain, hash(plain), len(plain), [*plain])
        assert row._mapping == plain._mapping
        assert row._asdict() == plain._asdict()
        assert row._fields == plain._fields
        assert callable(getattr(row, name)) if callable(getattr(plain, name)) else (
            getattr(row, name) == getattr(plain, name))
        for no_name in ("nobody", "_nobody"):
            with pytest.raises(AttributeError):
                getattr(row, no_name)
        with pytest.raises(AttributeError):
            row.id = 2


def test_lists_of_every_length_are_told_apart(connection: Connection, asked: list[Executable]) -> None:
    statement = select(BIRDS.c.name).where(BIRDS.c.name.in_(NAMED)).order_by(BIRDS.c.id)
    lists = [[], ["table"], ["crow", "stork"], ["nobody", "crow", "table"], []]
    for names in lists * 3:
        found = prepared.execute(connection, statement, {"named": names}).scalars().all()
        assert found == [name for name in ("crow", "stork", "table") if name in names]
    assert len(asked) == 5, "once for itself, and once for each length"


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
