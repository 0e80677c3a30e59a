"""The balance after a deposit: paid once, by the way the deposit was, however often it is tried."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from sales_portal.links.models import CheckoutLink
from sales_portal.orders import balancing, cancelling, giving_back, placing, undone
from sales_portal.orders.errors import BalanceNotDue
from sales_portal.orders.models import Order
from sales_portal.outbox import waking
from sales_portal.outbox.models import Job
from sales_portal.payments import starting
from sales_portal.payments.errors import PaymentRunning, ProviderDown, TooManyAttempts
from sales_portal.payments.gateway import Intent, IntentRequest
from sales_portal.payments.models import Payment, TestIntent
from sales_portal.payments.starting import Started
from sales_portal.payments.test_gateway import TestGateway
from sales_portal.sites.methods import BANK_TRANSFER, CARD, Method
from tests import make
from tests.harness.time import Clock
from tests.harness.together import all_at_once
from tests.orders.depositing import (
    BALANCE,
    DEPOSIT,
    broken,
    deposited,
    pay_balance,
    payments_of,
    standing,
    start,
)
from tests.orders.gateways import Silent

Work = Callable[..., None]


@pytest.mark.parametrize("method", [CARD, BANK_TRANSFER])
def test_the_balance_makes_the_order_paid(
        session: Session, kept_shop: make.Shop, work: Work, method: Method) -> None:
    order = deposited(session, kept_shop, method)
    work()
    made = pay_balance(session, order)
    assert (made.outcome, made.order_id, broken(session)) == ("placed", order.id, [])
    work()
    assert payments_of(session) == [("deposit", DEPOSIT, "captured", 0), ("balance", BALANCE, "captured", 0)]
    assert (standing(session, order), broken(session)) == (("paid", 0), [])
    assert session.scalars(select(Job.dedupe).where(Job.topic == "order.receipt")).all() == ["balance"]
    assert undone.marks_of(session, [order.id]) == {order.id: frozenset()}
    with pytest.raises(BalanceNotDue):
        start(session, order)


def test_a_link_that_is_used_up_and_over_still_takes_its_balance(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    session.get_one(CheckoutLink, order.link_id).expires_at = order.placed_at + timedelta(microseconds=1)
    assert pay_balance(session, order).outcome == "placed"


def test_a_declined_balance_can_be_tried_again(session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    assert pay_balance(session, order, "decline").outcome == "declined"
    assert balancing.stand_of(session, order) == balancing.Standing("due", DEPOSIT, "declined")
    assert pay_balance(session, order).outcome == "placed"
    assert balancing.stand_of(session, order).state == "running"
    with pytest.raises(PaymentRunning):
        start(session, order)


def test_the_same_press_twice_is_the_same_payment(session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    assert start(session, order) == start(session, order)
    assert session.scalar(select(func.count()).select_from(TestIntent)) == 2


class Gated(TestGateway):
    """A provider that lets nobody through until both tabs are there, or one came alone and waited long enough."""

    barrier: threading.Barrier

    def create(self, request: IntentRequest) -> Intent:
        with suppress(threading.BrokenBarrierError):
            self.barrier.wait(2)
        return super().create(request)


@pytest.mark.parametrize("turn", range(2))
def test_two_tabs_that_pay_at_once_are_charged_once(
        session: Session, portals_engine: Engine, kept_shop: make.Shop, work: Work, turn: int) -> None:
    """Forced: both stand before the provider with their promise made, and both come back at once."""
    order = deposited(session, kept_shop)
    work()
    gated = Gated(portals_engine, "http://localhost")
    gated.barrier = threading.Barrier(2)
    order_id, answers = order.id, dict[int, Started | Exception]()
    session.rollback()

    def press(place: int) -> None:
        with Session(portals_engine) as own:
            try:
                answers[place] = balancing.start_balance(
                    own, own.get_one(Order, order_id), {"test": gated}, return_url="http://localhost/return")
            except Exception as refusal:
                answers[place] = refusal

    all_at_once([partial(press, 0), partial(press, 1)])
    first = answers[0]
    assert isinstance(first, Started)
    assert answers[1] == first
    make.decide(session, first.redirect_url, "approve")
    outcomes: dict[int, str] = {}

    def come_back(place: int) -> None:
        with Session(portals_engine) as own:
            outcomes[place] = placing.place_order(own, first.payment_id, {"test": gated}, source="customer").outcome

    all_at_once([partial(come_back, 0), partial(come_back, 1)])
    assert sorted(outcomes.values()) == ["already", "placed"]
    work()
    assert payments_of(session) == [("deposit", DEPOSIT, "captured", 0), ("balance", BALANCE, "captured", 0)]
    assert (standing(session, order), broken(session)) == (("paid", 0), [])


def test_a_payment_given_up_that_is_confirmed_late_pays_nothing_twice(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    """The first attempt is given up, the second pays, and then the customer says yes to the first."""
    order = deposited(session, kept_shop, BANK_TRANSFER)
    first = start(session, order)
    giving_back.cancel_unfinished(session, first.payment_id, source="worker")
    session.commit()
    assert pay_balance(session, order).outcome == "placed"
    make.decide(session, first.redirect_url, "approve")
    waking.wake(session, "payment.resolve", (Payment.__tablename__, first.payment_id))
    work()
    assert payments_of(session)[1:] == [
        ("balance", BALANCE, "refunded", BALANCE), ("balance", BALANCE, "captured", 0)]
    assert (standing(session, order), broken(session)) == (("paid", 0), [])


def test_a_balance_the_bank_no_longer_gives_stays_due(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    made = pay_balance(session, order)
    cancelling.fail_capture(session, session.scalars(select(Payment.id).where(Payment.purpose == "balance")).one())
    session.commit()
    assert made.order_id == order.id
    assert (standing(session, order), broken(session)) == (("placed", BALANCE), [])
    assert balancing.stand_of(session, order) == balancing.Standing("due", DEPOSIT, "capture_failed")
    assert pay_balance(session, order).outcome == "placed"


def test_a_silent_provider_leaves_the_order_as_it_is(session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    silent = Silent(make.gateway(session)._engine, "http://localhost")
    with pytest.raises(ProviderDown):
        balancing.start_balance(session, order, {"test": silent}, return_url="/")
    assert (standing(session, order), broken(session)) == (("placed", BALANCE), [])
    assert pay_balance(session, order).outcome == "placed"


def test_attempts_at_a_balance_are_capped(session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    for _ in range(starting.MAX_ATTEMPTS):
        assert pay_balance(session, order, "decline").outcome == "declined"
    with pytest.raises(TooManyAttempts):
        start(session, order)


def test_nothing_is_due_where_the_deposit_went_back(session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    assert balancing.stand_of(session, order).state == "due"
    session.execute(update(Payment).values(status="refunded", refunded_amount=Payment.captured_amount))
    assert balancing.stand_of(session, order).state == ""


def test_a_balance_agreed_to_after_its_window_is_let_go(
        session: Session, kept_shop: make.Shop, work: Work, clock: Clock) -> None:
    order = deposited(session, kept_shop)
    work()
    started = start(session, order)
    make.decide(session, started.redirect_url, "approve")
    clock.advance(minutes=36)
    placed = placing.place_order(session, started.payment_id, make.gateways(session), source="customer")
    assert (placed.outcome, placed.reason) == ("lost", "late")
    assert standing(session, order) == ("placed", BALANCE)
