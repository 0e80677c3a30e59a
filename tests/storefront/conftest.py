"""A shop with a link, and a customer who walks from page to page as a browser without scripts does."""

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.make import Linked, Shop
from tests.storefront.walking import Customer, Enter, Opening


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    """A small complete shop; Maria can be called."""
    kept_shop.agent.phone = "+46 70 123 45 67"
    return kept_shop


@pytest.fixture
def linked(session: Session, shop: Shop) -> Linked:
    """A locked link for Anna: two chairs, the last wool cap, and a bag at a special price."""
    selection = make.selection(session, shop, {shop.chair: 2, shop.cap: 1},
                               customer_note="As promised, with the loyal-customer price.")
    make.line(session, selection, shop.bag, special_price=25000)
    return make.link(session, selection)


@pytest.fixture
def enter(open_client: Opening) -> Enter:
    """`enter(linked)` is one more customer at the link's door, with a browser of their own."""
    return lambda link: Customer(open_client(), link)
