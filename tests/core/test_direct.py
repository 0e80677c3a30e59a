"""A statement about tables alone takes the shorter way, and nothing about the session's transaction changes by it."""

from collections.abc import Iterator
from typing import cast

import pytest
from sqlalchemy import Table, func, insert, select
from sqlalchemy.exc import IntegrityError, PendingRollbackError

from sales_portal.accounts.models import Team
from sales_portal.core.db import engine_for
from sales_portal.core.direct import Direct
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
