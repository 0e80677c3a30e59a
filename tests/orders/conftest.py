"""The till of these tests."""

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.harness.paying import OwnGateway, Provider
from tests.orders.owning import Till


@pytest.fixture
def till(session: Session, kept_shop: make.Shop, provider_process: Provider) -> Till:
    """A shop whose customers pay at a provider of its own."""
    return Till(session, kept_shop, provider_process, OwnGateway(provider_process))
