"""V154: the largest link there may be is made and shown in the usual number of statements; one more is refused."""

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid
from sales_portal.inventory.models import Stock
from sales_portal.links.models import CheckoutLinkLine
from sales_portal.selections import service as selections
from sales_portal.selections.errors import TooManyLines
from sales_portal.selections.models import MAX_LINES, MAX_QUANTITY, Selection
from sales_portal.selections.service import NOTE_LIMITS
from tests import make
from tests.harness.app import Client
from tests.harness.statements import Counting
from tests.make import Shop


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    return kept_shop


@pytest.fixture
def full(session: Session, shop: Shop) -> Selection:
    """Two hundred lines of ten thousand pieces, with the longest notes."""
    variants = make.many_products(session, MAX_LINES, pricelist=shop.pricelist, warehouse=shop.warehouse)
    session.execute(update(Stock).values(on_hand=MAX_QUANTITY))
    made = selections.create_selection(session, agent=shop.agent, lines=dict.fromkeys(variants, MAX_QUANTITY),
                                       by=shop.agent.actor)
    selections.set_notes(session, made, customer_note="å" * NOTE_LIMITS["customer_note"], by=shop.agent.actor)
    session.commit()
    return made


def test_a_link_at_every_limit_is_made_and_shown(
        session: Session, full: Selection, client: Client, statements: Counting) -> None:
    linked = make.link(session, full, metadata={f"key-{number:036}": "v" * 500 for number in range(50)},
                       label="x" * NOTE_LIMITS["label"], ignores_shipping=True)
    session.commit()
    held = select(func.count(), func.sum(CheckoutLinkLine.quantity)).select_from(CheckoutLinkLine)
    assert tuple(session.execute(held).one()) == (MAX_LINES, MAX_LINES * MAX_QUANTITY)
    session.rollback()
    with statements(at_most=5):
        shown = client.get(linked.path)
    assert shown.status_code == 200
    assert len(shown.page.select(".offer-line")) == MAX_LINES
    assert len(shown.data) < 400_000


def test_one_more_of_anything_is_refused_by_name(session: Session, shop: Shop, full: Selection) -> None:
    by = shop.agent.actor
    with pytest.raises(TooManyLines):
        selections.add_line(session, full, shop.chair.id, 1, by=by)
    with pytest.raises(Invalid) as refused:
        selections.set_notes(session, full, customer_note="x" * 100_000, by=by)
    assert refused.value.field == "customer_note"
    one = make.selection(session, shop, {shop.chair: 1})
    with pytest.raises(Invalid, match=str(MAX_QUANTITY)[:2]):
        selections.add_line(session, one, shop.bag.id, MAX_QUANTITY + 1, by=by)
    with pytest.raises(Invalid, match="up to 50"):
        make.link(session, one, metadata={str(number): "v" for number in range(51)})
