"""The portal's own session, whose statements are counted, beside the test's."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from sales_portal.core import db
from tests import make
from tests.harness.databases import Database
from tests.make import Shop


@pytest.fixture
def portal(database: Database) -> Iterator[Session]:
    """A session as the portal opens one; commit the test's own before it reads."""
    engine = db.engine_for(database.url)
    with Session(engine) as opened:
        yield opened
        opened.rollback()
    engine.dispose()


@pytest.fixture
def shop(session: Session) -> Shop:
    """A small complete shop."""
    return make.shop(session)
