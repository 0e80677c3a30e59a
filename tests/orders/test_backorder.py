"""What may be sold beyond stock: what is there is taken, the rest follows, and other lines are refused as before."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.inventory.models import Stock, StockMove
from sales_portal.orders import placing
from sales_portal.orders.models import Order, OrderLine
from sales_portal.selections import lines
from sales_portal.selections.basket import read_basket
from sales_portal.selections.models import Selection, SelectionLine
from tests import make
from tests.make import Shop


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    """Maria's shop, which sells beyond its stock and sends what is missing in three weeks; it has one cap."""
    kept_shop.market.backorder_weeks = 3
    return kept_shop


def waiting(session: Session, shop: Shop, quantity: int) -> Selection:
    """A selection of so many caps, which may be sold beyond the one that is there."""
    made = make.selection(session, shop, {shop.cap: quantity})
    [line] = session.scalars(select(SelectionLine).where(SelectionLine.selection_id == made.id)).all()
    lines.allow_backorder(session, made, line.id, by=shop.agent.actor)
    session.commit()
    return made


def place(session: Session, payment_id: int) -> placing.Placing:
    return placing.place_order(session, payment_id, {"test": make.gateway(session)}, source="customer")


@pytest.mark.parametrize(("on_hand", "taken"), [(1, 1), (0, 0)])
def test_what_is_there_is_taken_and_the_rest_follows(
        session: Session, shop: Shop, on_hand: int, taken: int) -> None:
    linked = make.link(session, waiting(session, shop, 4))
    stock = session.scalars(select(Stock).where(Stock.variant_id == shop.cap.id)).one()
    stock.on_hand = on_hand
    session.commit()
    assert place(session, make.payment(session, make.visit(session, linked))).outcome == "placed"
    session.expire_all()
    assert stock.on_hand == on_hand - taken
    [line] = session.scalars(select(OrderLine).where(OrderLine.kind == "item")).all()
    assert (line.quantity, line.backordered_quantity) == (4, 4 - taken)
    order = session.scalars(select(Order)).one()
    moves = session.scalars(select(StockMove.delta).where(StockMove.order_id == order.id)).all()
    assert moves == ([-taken] if taken else [])


def test_a_line_nobody_allowed_it_for_is_still_refused(session: Session, shop: Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2}))
    visit = make.visit(session, linked)
    key = make.payment(session, visit)
    session.scalars(select(Stock).where(Stock.variant_id == shop.chair.id)).one().on_hand = 1
    session.commit()
    assert place(session, key).outcome != "placed"
    assert session.scalars(select(Order)).all() == []


def test_a_firm_line_of_the_same_stock_is_served_first(session: Session, shop: Shop) -> None:
    selection = waiting(session, shop, 2)
    make.line(session, selection, shop.cap, 1, special_price=100)
    session.commit()
    linked = make.link(session, selection)
    assert place(session, make.payment(session, make.visit(session, linked))).outcome == "placed"
    following = session.scalars(select(OrderLine.backordered_quantity).where(OrderLine.kind == "item")
                                .order_by(OrderLine.line_no)).all()
    assert following == [2, 0]


def test_in_a_market_that_does_not_the_line_blocks_the_link_again(session: Session, shop: Shop) -> None:
    selection = waiting(session, shop, 4)
    assert [check.code for check in read_basket(session, selection).blocks] == []
    shop.market.backorder_weeks = None
    session.commit()
    assert [check.code for check in read_basket(session, selection).blocks] == ["line.above_stock"]
