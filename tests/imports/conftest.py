"""A shop to import into: one market, its pricelist and its warehouse."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from sales_portal.core import db
from sales_portal.history.service import SYSTEM
from sales_portal.imports import products
from sales_portal.imports.products import Report
from sales_portal.imports.reading import BadRow
from sales_portal.imports.shopify import open_table
from sales_portal.imports.targets import Target
from sales_portal.inventory.models import Warehouse
from sales_portal.pricing.models import Pricelist
from tests.harness.databases import Database

FILES = Path(__file__).parent / "files"
Import = Callable[..., tuple[Report, list[BadRow]]]


def make_target(session: Session) -> Target:
    """A pricelist and a warehouse to import into."""
    pricelist = Pricelist(slug="retail-sek", name="Retail SEK", currency="SEK", is_tax_included=True)
    warehouse = Warehouse(slug="stockholm", name="Stockholm", country="SE")
    session.add_all([pricelist, warehouse])
    session.flush()
    return Target(pricelist, warehouse)


@pytest.fixture
def target(session: Session) -> Target:
    """Where the imports of a test go."""
    return make_target(session)


@pytest.fixture
def portal_session(database: Database) -> Iterator[Session]:
    """A session as the portal opens it, whose statements are counted."""
    engine = db.engine_for(database.url)
    with Session(engine) as opened:
        yield opened
        opened.rollback()
    engine.dispose()


@pytest.fixture
def import_file(session: Session, target: Target) -> Import:
    """`import_file("havsvik.csv")` or a path of its own: the report, and the rows that were not taken in."""

    def run(file: str | Path) -> tuple[Report, list[BadRow]]:
        bad: list[BadRow] = []
        report = products.import_products(session, open_table(FILES / file), target, bad.append, by=SYSTEM)
        session.flush()
        session.expire_all()
        return report, bad

    return run
