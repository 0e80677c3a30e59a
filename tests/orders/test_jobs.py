"""What the worker does for orders and their money."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.history.models import Event
from sales_portal.orders import jobs, placing
from sales_portal.orders.models import Order
from sales_portal.outbox.loop import Loop
from sales_portal.outbox.models import Job
from sales_portal.payments.gateway import GatewayRefused, Intent
from sales_portal.payments.models import Payment, PaymentEvent, TestIntent
from sales_portal.payments.test_gateway import TestGateway
from tests import make
from tests.harness.counting import count_on
from tests.harness.time import Clock

Work = Callable[[], None]


@pytest.fixture
def shop(kept_shop: make.Shop) -> make.Shop:
    return kept_shop


@pytest.fixture
def work(session: Session) -> Work:
    """Does every job of this rung that is due."""
    sessions = sessionmaker(session.get_bind())
    loop = Loop(sessions, jobs.handlers(sessions, {"test": make.gateway(session)}))

    def run() -> None:
        session.commit()
        loop.run_once()

    return run


def paying(session: Session, shop: make.Shop, decision: str | None = "approve") -> int:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    return make.payment(session, make.visit(session, linked), decision)


def place(session: Session, key: int) -> placing.Placing:
    return placing.place_order(session, key, {"test": make.gateway(session)}, source="customer")


def test_a_placed_order_is_captured_once_and_paid(session: Session, shop: make.Shop, work: Work) -> None:
    key = paying(session, shop)
    place(session, key)
    work()
    work()
    payment = session.get_one(Payment, key)
    assert (payment.status, payment.captured_amount) == ("captured", 125_900)
    assert session.scalars(select(Order.status)).all() == ["paid"]
    assert session.scalars(select(TestIntent.status)).all() == ["captured"]
    last = session.scalars(select(PaymentEvent).order_by(PaymentEvent.seq.desc())).first()
    assert last is not None
    assert (last.to_status, last.source) == ("captured", "worker")


def test_a_captured_payment_needs_no_second_look(session: Session, shop: make.Shop, work: Work) -> None:
    place(session, paying(session, shop))
    work()
    resolve = session.scalars(select(Job).where(Job.topic == "payment.resolve")).one()
    assert (resolve.attempts, resolve.done_at is not None) == (0, True)


def test_a_payment_the_provider_did_not_capture_is_still_looked_after(session: Session, shop: make.Shop) -> None:
    key = paying(session, shop)
    place(session, key)
    reference = session.get_one(Payment, key).gateway_reference
    assert reference is not None
    intent = make.gateway(session).fetch(reference)
    placing.settle_capture(session, key, intent, source="worker")
    session.commit()
    assert session.scalars(select(Payment.status)).all() == ["capturing"]
    gateways = {"test": make.gateway(session)}
    capture = jobs.handlers(sessionmaker(session.get_bind()), gateways)["payment.capture"]
    effect = capture(session, session.scalars(select(Job).where(Job.topic == "payment.capture")).one())
    assert effect is not None
    assert effect.needless(intent) is None
    assert effect.needless(replace(intent, status="captured")) == ("payment.resolve", ("payments", key))


def test_a_losers_authorisation_is_voided_and_never_captured(session: Session, shop: make.Shop, work: Work) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    keys = [make.payment(session, make.visit(session, linked)) for _ in range(2)]
    for key in keys:
        place(session, key)
    work()
    assert session.scalars(select(Payment.status).order_by(Payment.id)).all() == ["captured", "voided"]
    assert session.scalars(select(TestIntent.status).order_by(TestIntent.id)).all() == ["captured", "cancelled"]
    told = session.scalars(select(Event).where(Event.name == "payment.voided")).one()
    assert (told.subject_id, told.context_id) == (keys[1], linked.link.id)
    last = select(PaymentEvent.source).where(PaymentEvent.payment_id == keys[1], PaymentEvent.to_status == "voided")
    assert session.scalars(last).all() == ["worker"]
    assert place(session, keys[1]) == placing.Placing("lost", reason="used")


def test_an_approval_whose_customer_never_came_back_is_placed_within_minutes(
        session: Session, shop: make.Shop, work: Work, clock: Clock) -> None:
    key = paying(session, shop)
    work()
    assert session.scalars(select(Order)).all() == []
    clock.advance(seconds=61)
    work()
    assert session.scalars(select(Order.status)).all() == ["paid"]
    assert session.get_one(Payment, key).status == "captured"
    placed = select(PaymentEvent.source).where(PaymentEvent.to_status.in_(("authorised", "capturing")))
    assert session.scalars(placed).all() == ["worker", "worker"]


def test_a_payment_nobody_confirmed_is_given_up_after_its_window(
        session: Session, shop: make.Shop, work: Work, clock: Clock) -> None:
    key = paying(session, shop, None)
    clock.advance(seconds=61)
    work()
    assert session.get_one(Payment, key).status == "created"
    for _ in range(12):
        clock.advance(minutes=10)
        work()
    session.expire_all()
    assert session.get_one(Payment, key).status == "cancelled"
    assert session.scalars(select(TestIntent.status)).all() == ["cancelled"]
    assert session.scalars(select(Job).where(Job.topic == "payment.resolve", Job.done_at.is_(None))).all() == []


def test_a_payment_given_up_for_a_silent_provider_is_voided_where_it_was_made_all_the_same(
        session: Session, shop: make.Shop, work: Work, clock: Clock) -> None:
    key = paying(session, shop, None)
    session.get_one(Payment, key).status = "cancelled"
    session.commit()
    clock.advance(seconds=61)
    work()
    assert session.scalars(select(TestIntent.status)).all() == ["cancelled"]


def test_a_losers_money_that_was_taken_all_the_same_goes_back(
        session: Session, shop: make.Shop, work: Work) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    keys = [make.payment(session, make.visit(session, linked)) for _ in range(2)]
    for key in keys:
        place(session, key)
    reference = session.get_one(Payment, keys[1]).gateway_reference or ""
    session.rollback()
    make.gateway(session).capture(reference, "by hand")
    work()
    work()
    payment = session.get_one(Payment, keys[1], populate_existing=True)
    assert (payment.status, payment.refunded_amount) == ("refunded", payment.amount)


class Unwilling(TestGateway):
    """A provider that lets nothing go."""

    def void(self, reference: str, idempotency_key: str) -> Intent:
        raise GatewayRefused("not yours")


def test_a_refusal_to_let_go_is_tried_again_and_says_who_refused(session: Session, shop: make.Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    for key in [make.payment(session, make.visit(session, linked)) for _ in range(2)]:
        place(session, key)
    unwilling = Unwilling(make.gateway(session)._engine, "http://localhost")
    sessions = sessionmaker(session.get_bind())
    session.commit()
    Loop(sessions, jobs.handlers(sessions, {"test": unwilling})).run_once()
    waiting = session.scalars(select(Job).where(Job.topic == "payment.void")).one()
    assert (waiting.done_at, waiting.last_error) == (None, "The payment provider refused: not yours")


def test_capturing_takes_few_statements(session: Session, shop: make.Shop) -> None:
    key = paying(session, shop)
    place(session, key)
    gateway = make.gateway(session)
    reference = session.get_one(Payment, key).gateway_reference
    assert reference is not None

    def capture() -> None:
        intent = gateway.capture(reference, "once")
        placing.settle_capture(session, key, intent, source="worker")
        session.commit()

    session.commit()
    sent = count_on(session, capture)
    assert len(sent) <= 8, "\n".join(sent)


def test_a_capture_takes_few_statements_from_its_claim_to_its_end(
        session: Session, shop: make.Shop, work: Work) -> None:
    place(session, paying(session, shop))
    session.commit()
    sent = count_on(session, work)
    # One asks whether anything is due and one, at the end, whether anything is left.
    assert len(sent) <= 2 + 9, "\n".join(sent)
