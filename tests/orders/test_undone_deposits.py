"""An order with a deposit is undone: all that was taken goes back, and nothing more is asked."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.history.models import Event
from sales_portal.orders.undo_models import Refund
from sales_portal.outbox.models import Job
from sales_portal.sites.methods import BANK_TRANSFER, CARD, Method
from tests import make
from tests.orders.depositing import (
    BALANCE,
    DEPOSIT,
    TOTAL,
    ask,
    broken,
    cancel,
    deposited,
    pay_balance,
    payments_of,
    place,
    standing,
    start,
)

Work = Callable[..., None]


@pytest.mark.parametrize("is_paid_whole", [False, True])
def test_cancelled_all_that_was_taken_goes_back(
        session: Session, kept_shop: make.Shop, work: Work, is_paid_whole: bool) -> None:
    order = deposited(session, kept_shop)
    work()
    if is_paid_whole:
        pay_balance(session, order)
        work()
    cancel(session, order)
    assert broken(session) == []
    work()
    back = [("deposit", DEPOSIT, "refunded", DEPOSIT), ("balance", BALANCE, "refunded", BALANCE)]
    assert payments_of(session) == (back if is_paid_whole else back[:1])
    assert (standing(session, order)[0], broken(session)) == ("cancelled", [])


def test_cancelled_while_the_balance_is_being_taken_that_is_given_up(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    pay_balance(session, order)
    cancel(session, order)
    work()
    assert payments_of(session) == [("deposit", DEPOSIT, "refunded", DEPOSIT), ("balance", BALANCE, "voided", 0)]
    assert (standing(session, order), broken(session)) == (("cancelled", BALANCE), [])


@pytest.mark.parametrize("method", [CARD, BANK_TRANSFER])
def test_a_balance_confirmed_after_the_order_was_cancelled_is_not_kept(
        session: Session, kept_shop: make.Shop, work: Work, method: Method) -> None:
    order = deposited(session, kept_shop, method)
    work()
    started = start(session, order)
    cancel(session, order)
    make.decide(session, started.redirect_url, "approve")
    assert place(session, started.payment_id).outcome == "lost"
    work()
    last = payments_of(session)[-1]
    assert last == (("balance", BALANCE, "voided", 0) if method is CARD else ("balance", BALANCE, "refunded", BALANCE))
    assert broken(session) == []
    # That the order ended was told when it did; a balance that comes too late is no order refused.
    assert session.scalars(select(Job).where(Job.topic == "payment.failed")).all() == []
    assert session.scalars(select(Event).where(Event.name == "order.refused")).all() == []


def test_a_refund_takes_from_the_balance_first_and_then_from_the_deposit(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    pay_balance(session, order)
    work()
    ask(session, order, 1000, TOTAL)
    work()
    assert [row[3] for row in payments_of(session)] == [0, 1000]
    ask(session, order, BALANCE, TOTAL - 1000)
    work()
    assert [row[3] for row in payments_of(session)] == [1000, BALANCE]
    assert session.scalars(select(Refund.amount).order_by(Refund.id)).all() == [1000, BALANCE - 1000, 1000]
    assert (standing(session, order), broken(session)) == (("paid", 0), [])


def test_a_part_of_the_deposit_may_go_back_and_the_rest_stays_due(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    ask(session, order, 500, DEPOSIT)
    assert broken(session) == []
    work()
    assert (standing(session, order), broken(session)) == (("placed", BALANCE), [])
    assert pay_balance(session, order).outcome == "placed"
