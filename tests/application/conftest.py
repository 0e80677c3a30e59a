"""The demo shop, for tests that only look at it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from sales_portal.application.demo import shop
from tests.harness.databases import KINDS, Databases
from tests.harness.kept import Kept


@pytest.fixture(scope="session")
def demos() -> Kept:
    """The demo shop, loaded once for all files that ask for `demo`."""
    return Kept("demo", shop.load_demo)


@pytest.fixture(scope="module", params=KINDS)
def demo(request: pytest.FixtureRequest, databases: Databases, demos: Kept) -> Iterator[Session]:
    """A session on the demo shop, for all tests of a file."""
    database = databases.get(request.param)
    demos.open(database)
    with Session(database.engine) as opened:
        if database.kind == "postgresql":
            # Of tables filled a moment ago it knows no figures, and may take minutes for a join of four.
            opened.execute(text("ANALYZE"))
        yield opened
        opened.rollback()
