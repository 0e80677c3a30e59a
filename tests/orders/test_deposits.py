"""An order that is placed by a deposit: what is paid then, and what stays outstanding."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.history.models import Event
from sales_portal.orders import undone
from sales_portal.orders.errors import BalanceNotDue
from sales_portal.payments import methods
from sales_portal.sites.methods import CARD, INVOICE
from tests import make
from tests.orders.depositing import (
    BALANCE,
    DEPOSIT,
    broken,
    deposited,
    payments_of,
    standing,
    start,
)

Work = Callable[..., None]


def test_the_deposit_places_the_order_and_the_rest_is_outstanding(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    assert payments_of(session) == [("deposit", DEPOSIT, "capturing", 0)]
    assert (standing(session, order), broken(session)) == (("placed", BALANCE), [])
    work()
    assert payments_of(session) == [("deposit", DEPOSIT, "captured", 0)]
    assert (standing(session, order), broken(session)) == (("placed", BALANCE), [])
    assert undone.marks_of(session, [order.id]) == {order.id: frozenset({"balance_due"})}
    assert session.scalars(select(Event.data["left"].as_integer()).where(
        Event.name == "order.deposit_paid")).all() == [BALANCE]


def test_before_the_deposit_is_here_nothing_more_is_asked(session: Session, kept_shop: make.Shop) -> None:
    order = deposited(session, kept_shop)
    with pytest.raises(BalanceNotDue):
        start(session, order)


def test_an_order_paid_whole_has_no_balance(session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop, deposit_percent=None)
    work()
    assert standing(session, order) == ("paid", 0)
    with pytest.raises(BalanceNotDue):
        start(session, order)


def test_a_deposit_that_is_no_part_of_what_it_came_to_is_all_of_it(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    """The customer may take less than was offered: then nothing is left for later."""
    chosen = make.selection(session, kept_shop, {kept_shop.chair: 2})
    linked = make.link(session, chosen, deposit_percent=None, deposit_amount=1000)
    linked.link.deposit_amount = 10_000_000
    order = make.order(session, linked)
    work()
    assert standing(session, order) == ("paid", 0)
    assert [row[0] for row in payments_of(session)] == ["full"]


def test_a_link_with_a_deposit_is_not_paid_by_invoice(session: Session, kept_shop: make.Shop) -> None:
    kept_shop.site.payment_methods = f"{INVOICE.slug} {CARD.slug}"
    chosen = make.selection(session, kept_shop, {kept_shop.chair: 1})
    plain, asked = make.link(session, chosen), make.link(session, chosen, deposit_amount=1000)
    there = make.gateways(session)
    assert [way.slug for way in methods.offered(plain.link, there)] == [INVOICE.slug, CARD.slug]
    assert [way.slug for way in methods.offered(asked.link, there)] == [CARD.slug]
