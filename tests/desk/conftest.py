"""Who works at the desk in these tests."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.selections.models import Selection
from tests import make
from tests.harness.app import Client
from tests.make import Shop


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    """Maria's shop."""
    return kept_shop


@pytest.fixture
def signed_in(open_client: Callable[[], Client]) -> Callable[[Staff], Client]:
    """`signed_in(person)` is a browser of their own in which they are logged in."""

    def sign_in(person: Staff) -> Client:
        client = open_client()
        client.sign_in(person.email)
        return client

    return sign_in


@pytest.fixture
def maria(signed_in: Callable[[Staff], Client], shop: Shop) -> Client:
    """Maria's browser."""
    return signed_in(shop.agent)


@pytest.fixture
def draft(session: Session, shop: Shop) -> Selection:
    """Maria's selection for Anna: two chairs and a bag."""
    return make.selection(session, shop, {shop.chair: 2, shop.bag: 1})
