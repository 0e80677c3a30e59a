"""What an order keeps of its link and copy, and what of them has to be there still."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.models import Order
from sales_portal.orders.placing import Placing
from tests import make
from tests.orders.depositing import place


@pytest.fixture
def shop(kept_shop: make.Shop) -> make.Shop:
    return kept_shop


def chairs(session: Session, shop: make.Shop) -> make.Linked:
    return make.link(session, make.selection(session, shop, {shop.chair: 1, shop.bag: 1}))


def test_an_order_says_how_it_is_sent_and_what_took_something_off(session: Session, shop: make.Shop) -> None:
    chosen = make.selection(session, shop, {shop.chair: 1})
    make.give(session, chosen, *(make.discount(session, 10_000, name=name) for name in ("Summer", "Club")))
    linked = make.link(session, chosen)
    before = linked.link.version
    order = make.order(session, linked)
    assert (order.shipping_name, order.discount_name) == ("PostNord to the door", "Summer, Club")
    assert session.get_one(CheckoutLink, linked.link.id).version == before + 1


@pytest.mark.parametrize(("typed", "of_link", "kept"), [
    ("SE556677889901", "", "SE556677889901"), ("", "DE136695976", "DE136695976"), ("", "", "")])
def test_an_order_keeps_the_vat_number_of_its_customer_else_that_of_the_link(
        session: Session, shop: make.Shop, typed: str, of_link: str, kept: str) -> None:
    linked = chairs(session, shop)
    visit = make.visit(session, linked)
    visit.vat_number, linked.link.vat_number = typed, of_link
    session.commit()
    key = make.payment(session, session.get_one(CheckoutSession, visit.id))
    assert place(session, key).outcome == "placed"
    assert session.scalars(select(Order.vat_number)).all() == [kept]


def test_goods_no_warehouse_has_any_more_are_sold_out(session: Session, shop: make.Shop) -> None:
    key = make.payment(session, make.visit(session, chairs(session, shop)))
    session.execute(update(CheckoutSessionLine).where(CheckoutSessionLine.line_no == 1).values(stock_id=None))
    session.commit()
    assert place(session, key) == Placing("lost", reason="sold_out")


def test_a_grant_to_order_for_an_account_that_is_gone_places_nothing(session: Session, shop: make.Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}), crm_account_id="001000000000001AAA")
    visit = make.visit(session, linked)
    key, copy_id = make.payment(session, visit), visit.id
    session.execute(update(CheckoutSession).where(CheckoutSession.id == copy_id).values(on_behalf_of=None))
    session.commit()
    assert place(session, key) == Placing("lost", reason="account")


def test_only_what_took_something_off_is_counted_as_used(session: Session, shop: make.Shop) -> None:
    """Neither what was left out for another one, nor what the order never had."""
    better, worse = (make.discount(session, percent, is_combinable=False) for percent in (20_000, 10_000))
    elsewhere = make.discount(session, 5_000)
    chosen = make.selection(session, shop, {shop.chair: 1})
    make.give(session, chosen, better, worse)
    make.order(session, make.link(session, chosen))
    session.expire_all()
    assert [one.uses_count for one in (better, worse, elsewhere)] == [1, 0, 0]
