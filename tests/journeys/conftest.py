"""Who is in the builder in these journeys, and with what."""

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from sales_portal.selections.models import Selection
from tests import make
from tests.journeys.agent import Agent
from tests.make import Shop


@pytest.fixture
def shop(session: Session, kept_shop: Shop) -> Shop:
    """Maria's shop, with a second table and a market in Norway."""
    table = make.product(session, "Oak table", sku="TAB-0001", prices={kept_shop.pricelist: 450000},
                         stock={kept_shop.warehouse: 3})
    norway = make.market(session, "Norway", site=kept_shop.site, currency="NOK", locale="nb_NO", countries=("NO",),
                         warehouses=[kept_shop.warehouse], position=2)
    make.price(session, make.pricelist(session, norway, "Retail NOK"), table, 390000)
    return kept_shop


@pytest.fixture
def draft(session: Session, shop: Shop) -> Selection:
    """Two chairs and a bag, for anyone."""
    made = make.selection(session, shop, {shop.chair: 2, shop.bag: 1}, for_anyone=True)
    session.commit()
    return made


@pytest.fixture
def maria(draft: Selection, page: Page) -> Agent:
    """Maria in the builder of `draft`."""
    return Agent(page).comes_in().builds(draft.number)
