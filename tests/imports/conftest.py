"""A shop to import into: one market, its pricelist and its warehouse."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from sales_portal.history.service import SYSTEM
from sales_portal.imports import products
from sales_portal.imports.products import Report
from sales_portal.imports.reading import BadRow
from sales_portal.imports.shopify import open_table
from sales_portal.imports.targets import Target
from sales_portal.inventory.models import Warehouse
from sales_portal.pricing.models import Pricelist

FILES = Path(__file__).parent / "files"
Import = Callable[..., tuple[Report, list[BadRow]]]


@pytest.fixture
def target(session: Session) -> Target:
    """Where the imports of a test go: a pricelist and a warehouse."""
    pricelist = Pricelist(slug="retail-sek", name="Retail SEK", currency="SEK", is_tax_included=True)
    warehouse = Warehouse(slug="stockholm", name="Stockholm", country="SE")
    session.add_all([pricelist, warehouse])
    session.flush()
    return Target(pricelist, warehouse)


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
