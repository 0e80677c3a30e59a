"""What a customer added is bought with the rest: paid, taken from stock, and told apart on the order."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout import adding
from sales_portal.checkout.models import CheckoutSession
from sales_portal.history.events import EventName
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.inventory.models import Stock, StockMove
from sales_portal.orders import placing
from sales_portal.orders.models import Order, OrderLine, Subscription
from sales_portal.payments import starting
from sales_portal.payments.errors import SoldOut
from tests import make
from tests.make import Linked, Shop


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    return kept_shop


@pytest.fixture
def linked(session: Session, shop: Shop) -> Linked:
    """Two chairs, and whatever else the customer likes."""
    return make.link(session, make.selection(session, shop, {shop.chair: 2}), changes="more", may_add_products=True)


def buy(session: Session, visit: CheckoutSession) -> Order:
    placed = placing.place_order(session, make.payment(session, visit), {"test": make.gateway(session)},
                                 source="customer")
    assert placed.order_id is not None, placed
    return session.get_one(Order, placed.order_id)


def test_the_order_holds_added_lines_behind_the_agents(session: Session, shop: Shop, linked: Linked) -> None:
    """C-14: line numbers, amounts and stock as for any other line, with who chose it."""
    visit = make.visit(session, linked)
    for variant in (shop.bag, shop.chair, shop.bag):
        adding.add(session, visit, linked.link, variant.id)
    order = buy(session, visit)
    lines = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.line_no)).all()
    assert [(line.line_no, line.title, line.quantity, line.is_added) for line in lines] == [
        (1, "Oak chair, natural", 2, False), (501, "Linen bag", 2, True), (502, "Oak chair, natural", 1, True),
        (1000, "PostNord to the door", 1, False)]
    assert order.total_amount == sum(line.line_amount for line in lines) == 3 * 120_000 + 2 * 31_000 + 5_900
    stock = {row.variant_id: row.on_hand for row in session.scalars(select(Stock))}
    assert (stock[shop.chair.id], stock[shop.bag.id]) == (11, 38)
    moves = session.scalars(select(StockMove.delta).where(StockMove.order_id == order.id).order_by(StockMove.line_no))
    assert moves.all() == [-2, -2, -1]


def test_the_link_remembers_what_was_added_and_removed(session: Session, shop: Shop, linked: Linked) -> None:
    visit = make.visit(session, linked)
    adding.add(session, visit, linked.link, shop.bag.id)
    adding.remove(session, visit, linked.link, shop.bag.id)
    names = (EventName.VISIT_PRODUCT_ADDED, EventName.VISIT_PRODUCT_REMOVED)
    facts = session.scalars(select(Event).where(Event.name.in_(names)).order_by(Event.id)).all()
    assert [(fact.name, fact.context_id, fact.actor_kind, fact.data) for fact in facts] == [
        ("visit.product_added", linked.link.id, "customer", {"title": "Linen bag", "quantity": 1}),
        ("visit.product_removed", linked.link.id, "customer", {"title": "Linen bag"})]


def test_two_lines_of_one_product_need_the_stock_of_both_before_money_moves(
        session: Session, shop: Shop, linked: Linked) -> None:
    """C-26: nobody is sent to pay for what is not there."""
    visit = make.visit(session, linked)
    adding.add(session, visit, linked.link, shop.chair.id)
    inventory.set_on_hand(session, shop.chair.id, shop.warehouse.id, 2, by=SYSTEM)
    session.commit()
    with pytest.raises(SoldOut) as refused:
        starting.start_payment(session, visit, gateway=make.gateway(session), shown_total=visit.total_amount,
                               return_url="http://localhost/return")
    assert refused.value.details["lines"] == {501: 0}


def test_a_plan_bought_on_two_lines_starts_two_subscriptions(session: Session, shop: Shop) -> None:
    plan = make.offer(session, prices={shop.pricelist: 9_900})
    linked = make.link(session, make.selection(session, shop, {plan: 1}), changes="more", may_add_products=True)
    visit = make.visit(session, linked)
    adding.add(session, visit, linked.link, plan.id)
    buy(session, visit)
    assert sorted(session.scalars(select(Subscription.line_no))) == [1, 501]


def test_what_no_warehouse_has_yet_follows_beside_what_is_there(session: Session, shop: Shop, linked: Linked) -> None:
    shop.market.backorder_weeks = 3
    lamp = make.product(session, "Lamp", prices={shop.pricelist: 40_000})
    visit = make.visit(session, linked)
    adding.add(session, visit, linked.link, lamp.id)
    order = buy(session, visit)
    following = session.scalars(select(OrderLine.backordered_quantity).where(OrderLine.order_id == order.id)
                                .order_by(OrderLine.line_no)).all()
    assert following == [0, 1, 0]
