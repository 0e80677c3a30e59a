"""Stock kept for a payment: never more than is free, let go once, and kept longer only while it is held."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.inventory import holding, selling
from sales_portal.inventory.errors import OutOfStock
from sales_portal.inventory.models import Stock
from tests import make

FIRST, SECOND = 1, 2


@pytest.fixture
def chairs(session: Session, kept_shop: make.Shop) -> Stock:
    """Fourteen."""
    return session.scalars(select(Stock).where(Stock.variant_id == kept_shop.chair.id)).one()


def held(session: Session, stock: Stock) -> int:
    session.refresh(stock)
    return stock.held


def test_no_more_is_held_than_is_free(session: Session, chairs: Stock) -> None:
    holding.hold(session, FIRST, {chairs.id: 10}, clock.now())
    for pieces in (5, 14, 15):
        with pytest.raises(OutOfStock):
            holding.hold(session, SECOND, {chairs.id: pieces}, clock.now())
    holding.hold(session, SECOND, {chairs.id: 4}, clock.now())
    assert held(session, chairs) == 14
    assert (holding.held_for(session, FIRST), holding.held_for(session, SECOND)) == ({chairs.id: 10}, {chairs.id: 4})


def test_what_is_let_go_is_let_go_once_and_of_this_payment_alone(session: Session, chairs: Stock) -> None:
    holding.hold(session, FIRST, {chairs.id: 3}, clock.now())
    holding.hold(session, SECOND, {chairs.id: 4}, clock.now())
    for _ in range(2):
        holding.release(session, FIRST)
    assert held(session, chairs) == 4
    assert (holding.held_for(session, FIRST), holding.held_for(session, SECOND)) == ({}, {chairs.id: 4})
    assert not holding.prolong(session, FIRST, clock.now())
    assert holding.prolong(session, SECOND, clock.now())


def test_holding_nothing_holds_nothing(session: Session, chairs: Stock) -> None:
    holding.hold(session, FIRST, {}, clock.now())
    assert (held(session, chairs), holding.prolong(session, FIRST, clock.now())) == (0, False)


def test_what_is_held_is_not_left_for_an_order(session: Session, chairs: Stock) -> None:
    holding.hold(session, FIRST, {chairs.id: 3}, clock.now())
    assert selling.lock_left(session, [chairs.id]) == {chairs.id: 11}
    with pytest.raises(OutOfStock):
        selling.take(session, {chairs.id: 12})
    selling.take(session, {chairs.id: 11})
    session.refresh(chairs)
    assert (chairs.on_hand, chairs.held) == (3, 3)
