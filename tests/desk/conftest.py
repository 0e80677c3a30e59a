"""Who works at the desk in these tests, for whom, and where else there is to sell."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.catalog.models import CustomField
from sales_portal.markets.models import Market
from sales_portal.selections.models import Selection
from tests import make
from tests.harness.app import Client
from tests.harness.time import Clock
from tests.make import Shop


@pytest.fixture
def noon(clock: Clock) -> None:
    """It is noon before anybody signs in; for a file whose words depend on it."""
    clock.set(datetime(2026, 11, 21, 12, tzinfo=UTC))


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
def dana(session: Session, shop: Shop, signed_in: Callable[[Staff], Client]) -> Client:
    """The browser of Dana, who administers the house."""
    return signed_in(make.staff(session, "Dana Holm", site=shop.site, role="admin"))


@pytest.fixture
def draft(session: Session, shop: Shop) -> Selection:
    """Maria's selection for Anna: two chairs and a bag."""
    return make.selection(session, shop, {shop.chair: 2, shop.bag: 1})


@pytest.fixture
def annas(session: Session, shop: Shop) -> Selection:
    """A selection for Anna of Möbler AB, who lives in Stockholm; the house asks for an order number."""
    session.add(CustomField(slug="po-number", label="Order number", hint="Of your own books"))
    account = make.account(session, crm_id="0015f00000AAAAA")
    anna = make.customer(session, "Anna Svensson", email="anna@example.com", country="SE", account=account,
                         phone="+46 70 000 00 00", company="Möbler AB", crm_contact_id="0035f00000BBBBB")
    return make.selection(session, shop, {shop.chair: 2, shop.bag: 1}, customer=anna)


@pytest.fixture
def norway(session: Session, shop: Shop) -> Market:
    """A market in NOK that sells chairs and bags, and no caps."""
    return make.norway(session, shop, {shop.chair: 5, shop.bag: 5})
