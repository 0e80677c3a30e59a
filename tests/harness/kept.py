"""What many tests begin with, made once and put back for each of them: making it takes as long as such a test."""

import pickle
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from sales_portal.core import clock
from tests import make
from tests.harness.databases import Database
from tests.make import Shop

FRESH = timedelta(minutes=5)


class Kept:
    """What `arrange` makes in an empty database; its rows are kept there under `name`, its objects here."""

    def __init__(self, name: str, arrange: Callable[[Session], object]) -> None:
        self.name = name
        self._arrange = arrange
        self._made: dict[str, tuple[datetime, bytes]] = {}

    def open(self, database: Database) -> None:
        """Leave it in `database` and nothing else; made anew after five minutes, on another day, and where the clock
        was moved."""
        now = clock.now()
        if database.kind in self._made:
            at, _ = self._made[database.kind]
            if at.date() == now.date() and timedelta() <= now - at < FRESH:
                database.back_to(self.name)
                return
        database.reset()
        with Session(database.engine, expire_on_commit=False) as session:
            made = self._arrange(session)
            session.commit()
            rows = pickle.dumps((made, list(session)))
        database.keep(self.name)
        self._made[database.kind] = now, rows

    def enter(self, database: Database, session: Session) -> Any:
        """What `arrange` answered, its objects in `session` as if they had been made in it."""
        made, rows = pickle.loads(self._made[database.kind][1])  # noqa: S301 - written above
        session.add_all(rows)
        return made


@pytest.fixture(scope="session")
def shops() -> Kept:
    """The shop that many tests begin with; the `database` of those that ask for `kept_shop` holds it."""
    return Kept("shop", make.shop)


@pytest.fixture
def kept_shop(database: Database, session: Session, shops: Kept) -> Shop:
    """What `make.shop(session)` makes, already there."""
    made = shops.enter(database, session)
    assert isinstance(made, Shop)
    return made
