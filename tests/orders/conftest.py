"""The till of these tests, and an order that was paid."""

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.harness.paying import OwnGateway, Provider
from tests.orders import after
from tests.orders.after import World
from tests.orders.owning import Till


@pytest.fixture
def till(session: Session, kept_shop: make.Shop, provider_process: Provider) -> Till:
    """A shop whose customers pay at a provider of its own."""
    return Till(session, kept_shop, provider_process, OwnGateway(provider_process))


@pytest.fixture
def paid(session: Session, kept_shop: make.Shop) -> World:
    """An order, its money taken."""
    made = after.world(session, kept_shop)
    after.work(session)()
    return made
