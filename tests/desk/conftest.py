"""A shop, and Maria who is signed in to it."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.selections.models import Selection
from tests import make
from tests.harness.app import Client
from tests.make import Shop


@pytest.fixture
def shop(session: Session) -> Shop:
    """Maria's shop."""
    return make.shop(session)


@pytest.fixture
def maria(client: Client, shop: Shop) -> Client:
    """Maria's browser, signed in."""
    assert client.sign_in(shop.agent.email).status_code == 303
    return client


@pytest.fixture
def draft(session: Session, shop: Shop) -> Selection:
    """Maria's selection for Anna: two chairs and a bag."""
    return make.selection(session, shop, {shop.chair: 2, shop.bag: 1})
