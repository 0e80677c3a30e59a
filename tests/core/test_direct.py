"""A statement about tables alone takes the shorter way, and nothing about the session's transaction changes by it."""

from collections.abc import Iterator
from typing import cast

import pytest
from sqlalchemy import Connection, Engine, Table, func, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError
from sqlalchemy.orm.exc import DetachedInstanceError

from sales_portal.accounts.models import Team
from sales_portal.core.db import engine_for
from sales_portal.core.direct import Direct
from sales_portal.core.writing import change, fresh, write
from tests.core.conftest import TIMES
from tests.harness.databases import Database

TEAMS = cast(Table, Team.__table__)
COUNT = select(func.count()).select_from(TEAMS)
NAMED = insert(TEAMS)


@pytest.fixture
def direct(database: Database) -> Iterator[Direct]:
    """A session as the portal makes it."""
    engine = engine_for(database.url)
    with Direct(engine) as session:
        yield session
    engine.dispose()


def test_what_it_wrote_goes_with_a_rollback_and_stays_with_a_commit(direct: Direct) -> None:
    before = direct.scalar(COUNT)
    direct.execute(NAMED, {"name": "North"})
    direct.rollback()
    assert direct.scalar(COUNT) == before
    direct.execute(NAMED, {"name": "South"})
    direct.commit()
    assert direct.scalar(COUNT) == before + 1


def test_a_savepoint_takes_back_only_what_came_after_it(direct: Direct) -> None:
    before = direct.scalar(COUNT)
    direct.execute(NAMED, {"name": "North"})
    inner = direct.begin_nested()
    direct.execute(NAMED, {"name": "South"})
    inner.rollback()
    direct.execute(NAMED, {"name": "East"})
    assert direct.scalar(COUNT) == before + 2


def test_it_sees_what_was_added_and_not_flushed(direct: Direct) -> None:
    before = direct.scalar(COUNT)
    direct.add(Team(name="North"))
    assert direct.scalar(COUNT) == before + 1
    with direct.no_autoflush:
        direct.add(Team(name="South"))
        assert direct.execute(COUNT).scalar_one() == before + 1


def test_it_and_the_entities_share_one_transaction(direct: Direct) -> None:
    direct.execute(NAMED, {"name": "North"})
    assert direct.scalars(select(Team.name).where(Team.name == "North")).one() == "North"


def test_after_a_failed_flush_it_refuses_until_the_session_is_rolled_back(direct: Direct) -> None:
    before = direct.scalar(COUNT)
    direct.execute(NAMED, {"name": "North"})
    direct.add(Team(name="North"))
    with pytest.raises(IntegrityError):
        direct.flush()
    with pytest.raises(PendingRollbackError):
        direct.scalar(COUNT)
    direct.rollback()
    assert direct.scalar(COUNT) == before


def test_after_its_own_error_and_a_rollback_the_session_goes_on(direct: Direct) -> None:
    direct.execute(NAMED, {"name": "North"})
    with pytest.raises(IntegrityError):
        direct.execute(NAMED, {"name": "North"})
    direct.rollback()
    direct.execute(NAMED, {"name": "North"})
    direct.commit()
    assert direct.scalar(COUNT.where(TEAMS.c.name == "North")) == 1


def test_it_is_in_a_transaction_from_its_first_statement_to_the_end_of_it(direct: Direct) -> None:
    ends = (direct.commit, direct.rollback, direct.close, direct.reset, direct.invalidate)
    for end in ends:
        assert not direct.in_transaction()
        direct.scalar(COUNT)
        assert direct.in_transaction()
        end()
    assert not direct.in_transaction()


def test_however_it_ends_no_connection_stays_with_it(direct: Direct) -> None:
    engine = cast(Engine, direct.get_bind())
    for end in (direct.commit, direct.rollback, direct.close, direct.reset, direct.invalidate):
        for with_entities in (False, True):
            direct.execute(NAMED, {"name": f"{end.__name__} {with_entities}"})
            if with_entities:
                direct.scalars(select(Team)).first()
            assert engine.pool.checkedout() == 1  # type: ignore[attr-defined]
            end()
            assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
            assert direct.get_bind() is engine


def test_closed_or_abandoned_it_leaves_nothing_behind(direct: Direct) -> None:
    before = direct.scalar(COUNT)
    for end in (direct.close, direct.reset, direct.invalidate):
        direct.execute(NAMED, {"name": "North"})
        end()
        assert direct.scalar(COUNT) == before


def test_a_row_it_holds_is_read_again_after_its_commit(direct: Direct) -> None:
    write(direct, team := fresh(Team, name="North"))
    direct.execute(update(TEAMS), {"name": "South"})
    direct.commit()
    assert team.name == "South"


def test_a_row_it_changed_is_again_what_it_was_after_its_rollback(direct: Direct) -> None:
    direct.expire_on_commit = False
    write(direct, team := fresh(Team, name="North"))
    direct.commit()
    change(direct, (team, {"name": "South"}))
    direct.rollback()
    assert team.name == "North"


def test_where_rows_do_not_expire_they_stay_as_they_are_after_its_commit(direct: Direct) -> None:
    direct.expire_on_commit = False
    write(direct, team := fresh(Team, name="North"))
    direct.execute(update(TEAMS), {"name": "South"})
    direct.commit()
    assert team.name == "North"


def test_what_it_wrote_itself_is_committed_with_a_book_in_which_nothing_came_to_stand(direct: Direct) -> None:
    before = direct.scalar(COUNT)
    direct.execute(NAMED, {"name": "North"})
    direct.add(unwanted := Team(name="South"))
    direct.expunge(unwanted)
    direct.commit()
    assert direct.scalar(COUNT) == before + 1


def test_invalidated_it_gives_its_connection_to_nobody_else(direct: Direct) -> None:
    engine = cast(Engine, direct.get_bind())
    direct.scalar(COUNT)
    own = cast(Connection, direct.get_bind()).connection.driver_connection
    direct.invalidate()
    with engine.connect() as other:
        assert other.connection.driver_connection is not own


def test_what_it_wrote_is_taken_back_with_what_the_entities_wrote(direct: Direct) -> None:
    before = direct.scalar(COUNT)
    direct.execute(NAMED, {"name": "North"})
    direct.add(Team(name="South"))
    direct.flush()
    direct.execute(NAMED, {"name": "East"})
    direct.rollback()
    assert direct.scalar(COUNT) == before


def test_on_a_connection_somebody_else_ends_it_takes_part_in_their_transaction(database: Database) -> None:
    engine = engine_for(database.url)
    with engine.connect() as connection, connection.begin() as theirs:
        with Direct(connection, join_transaction_mode="create_savepoint") as session:
            before = session.scalar(COUNT)
            session.execute(NAMED, {"name": "North"})
            session.commit()
            assert session.scalar(COUNT) == before + 1
        theirs.rollback()
    with Direct(engine) as session:
        assert session.scalar(COUNT) == before
    engine.dispose()


def test_a_transaction_that_cannot_begin_leaves_no_connection_behind(
        direct: Direct, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = cast(Engine, direct.get_bind())

    def fail(_: object) -> None:
        raise RuntimeError("cannot begin")

    monkeypatch.setattr(engine.dialect, "do_begin", fail)
    with pytest.raises(RuntimeError, match="cannot begin"):
        direct.scalar(COUNT)
    assert not direct.in_transaction()
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_connection_that_was_lost_is_refused_until_the_session_is_rolled_back(direct: Direct) -> None:
    for _ in range(TIMES):
        before = direct.scalar(COUNT)
        direct.execute(NAMED, {"name": "North"})
        cast(Connection, direct.get_bind()).invalidate()
        with pytest.raises(PendingRollbackError):
            direct.scalar(COUNT)
        direct.rollback()
        assert direct.scalar(COUNT) == before
        direct.rollback()


def test_what_an_engine_is_told_its_statements_are_told_too(database: Database) -> None:
    engine = engine_for(database.url)
    with Direct(engine) as session:
        assert [session.scalar(COUNT) for _ in range(TIMES)] == [session.scalar(COUNT)] * TIMES
    with Direct(engine.execution_options(schema_translate_map={None: "nowhere"})) as session, pytest.raises(DBAPIError):
        session.scalar(COUNT)
    engine.dispose()


def test_rows_it_held_are_nobodys_once_it_is_closed(direct: Direct) -> None:
    write(direct, team := fresh(Team, name="North"))
    direct.commit()
    direct.close()
    assert team not in direct
    with pytest.raises(DetachedInstanceError):
        _ = team.name
