"""A test that asks for the kept shop finds what it would have made, and nothing of the test before."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.core.db import Base
from sales_portal.sites.models import Site
from tests import make
from tests.harness.databases import Database
from tests.harness.kept import Kept
from tests.harness.time import Clock
from tests.make import Shop


def _counts(session: Session) -> dict[str, int]:
    return {name: len(session.execute(select(table)).all()) for name, table in Base.metadata.tables.items()}


@pytest.fixture
def keep(database: Database, shops: Kept) -> Callable[[], None]:
    """Puts the kept shop in the database."""
    return lambda: shops.open(database)


def test_it_is_what_is_made(database: Database, session: Session, keep: Callable[[], None], shops: Kept) -> None:
    made = make.shop(session)
    expected = _counts(session)
    session.close()
    keep()

    kept = shops.enter(database, session)

    assert (_counts(session), kept.chair.sku, kept.agent.email) == (expected, made.chair.sku, made.agent.email)
    assert kept.agent in session
    assert session.get(Site, kept.site.id) is kept.site


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_does_to_it_is_not_seen_by_the_next(session: Session, kept_shop: Shop, turn: int) -> None:
    assert (kept_shop.chair.sku, kept_shop.customer.name) == ("TSH-0042", "Anna Svensson")
    kept_shop.customer.name = f"Changed in turn {turn}"
    session.commit()


def test_it_is_as_old_as_the_test_where_that_matters(session: Session, keep: Callable[[], None], clock: Clock) -> None:
    keep()
    clock.advance(days=40)
    keep()

    assert session.scalars(select(Staff.created_at)).all() == [clock.now()]
