"""Erik, who decides for Maria, and a selection of hers that goes further than she may go alone."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.selections.models import Selection
from tests import make
from tests.make import Shop


@pytest.fixture
def erik(session: Session, shop: Shop) -> Staff:
    """Maria's manager."""
    shop.agent.team_id = make.team(session).id
    return make.staff(session, "Erik Holm", site=shop.site, role="manager", email="erik@demo.example",
                      team_id=shop.agent.team_id)


@pytest.fixture
def cheap(session: Session, shop: Shop, erik: Staff) -> Selection:
    """A chair, and two bags 20 % off."""
    made = make.selection(session, shop, {shop.chair: 1})
    make.line(session, made, shop.bag, 2, special_price=24_800)
    return made
