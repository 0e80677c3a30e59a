"""What the worker makes of each answer of a provider: one step, written down as its own, or another try."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.history.models import Event
from sales_portal.inventory.models import Stock
from sales_portal.orders import cancelling, giving_back, jobs, making, placing, queries
from sales_portal.orders.models import Order
from sales_portal.orders.undo_models import Refund
from sales_portal.outbox.loop import Loop
from sales_portal.outbox.models import Job
from sales_portal.payments import reserving
from sales_portal.payments.gateway import Gateway, GatewayRefused, Intent
from sales_portal.payments.models import Payment, PaymentEvent, TestIntent
from sales_portal.payments.test_gateway import TestGateway
from sales_portal.sites.methods import BANK_TRANSFER
from tests import make
from tests.harness.time import Clock
from tests.orders import after
from tests.orders.after import TOTAL, World
from tests.orders.depositing import deposited
from tests.orders.gateways import Silent


@pytest.fixture
def world(session: Session, kept_shop: make.Shop) -> World:
    """The order, placed and not paid yet."""
    return after.world(session, kept_shop)


class Saying(TestGateway):
    """A provider that refuses what it is told and says an intent is as `says`; what it was told is kept."""

    def __init__(self, session: Session, says: str | None) -> None:
        super().__init__(make.gateway(session)._engine, "http://localhost")
        self.says, self.told = says, list[str]()

    def fetch(self, reference: str) -> Intent:
        intent = super().fetch(reference)
        return intent if self.says is None else replace(intent, status=self.says)

    def find(self, payment_id: str) -> Intent | None:
        return None if self.says is None else super().find(payment_id)

    def capture(self, reference: str, idempotency_key: str) -> Intent:
        self.told.append("capture")
        raise GatewayRefused("no")

    def void(self, reference: str, idempotency_key: str) -> Intent:
        self.told.append("void")
        raise GatewayRefused("no")


def work(session: Session, gateway: Gateway) -> Callable[[], int]:
    return after.work(session, gateway)


def sources(session: Session, status: str) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(PaymentEvent.source).where(PaymentEvent.to_status == status)))


@pytest.mark.parametrize(("says", "order", "payment"), [
    ("captured", "paid", "captured"), ("cancelled", "cancelled", "capture_failed"),
    ("declined", "cancelled", "capture_failed"), ("authorised", "placed", "capturing"),
    ("open", "placed", "capturing")])
def test_a_refused_capture_ends_as_the_intent_stands_and_else_is_tried_again(
        session: Session, world: World, says: str, order: str, payment: str) -> None:
    work(session, Saying(session, says))()
    assert (after.status_of(session, world), after.payment_of(session, world).status) == (order, payment)
    job = session.scalars(select(Job).where(Job.topic == "payment.capture")).one()
    assert (job.done_at is None) == (payment == "capturing")
    if payment == "capturing":
        assert job.last_error == "The payment provider refused: no"
    elif payment == "capture_failed":
        assert sources(session, "capture_failed") == ["worker"]


@pytest.mark.parametrize("says", ["cancelled", "declined"])
def test_what_is_given_up_at_the_provider_is_not_given_up_again(session: Session, world: World, says: str) -> None:
    after.cancel(session, world)
    gateway = Saying(session, says)
    work(session, gateway)()
    assert (gateway.told, after.payment_of(session, world).status) == ([], "voided")


def test_money_taken_for_a_payment_without_an_order_is_sent_back_by_the_worker(
        session: Session, kept_shop: make.Shop) -> None:
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.chair: 1}))
    keys = [make.payment(session, make.visit(session, linked)) for _ in range(2)]
    for key in keys:
        placing.place_order(session, key, make.gateways(session), source="customer")
    intents = dict(session.execute(select(Payment.id, Payment.gateway_reference)).all())
    session.commit()
    make.gateway(session).capture(intents[keys[1]] or "", "by hand")
    run = after.work(session)
    run()
    assert sources(session, "refund_pending") == ["worker"]
    run()
    session.expire_all()
    assert session.get_one(Payment, keys[1]).status == "refunded"
    told = session.scalars(select(Event).where(Event.name == "payment.refunded")).one()
    assert (told.subject_id, told.context_id) == (keys[1], linked.link.id)
    assert (told.data["total"], told.data["currency"]) == (125_900, "SEK")
    lost = [(one.data["reason"], one.data["was_charged"]) for one in session.scalars(
        select(Event).where(Event.name == "order.refused").order_by(Event.id))]
    assert lost == [("used", False), ("late", True)]
    assert placing.place_order(session, keys[1], make.gateways(session), source="customer").outcome == "lost"


def test_a_bank_transfer_that_buys_nothing_is_lost_while_it_goes_back_and_after(
        session: Session, kept_shop: make.Shop) -> None:
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.chair: 1}), policy="reusable")
    key = make.payment(session, make.visit(session, linked), method=BANK_TRANSFER)
    session.execute(update(Payment).values(amount=Payment.amount - 1))
    session.execute(update(TestIntent).values(amount=TestIntent.amount - 1))
    session.commit()
    gateways = make.gateways(session)
    assert placing.place_order(session, key, gateways, source="customer") == placing.Placing("lost", reason="changed")
    assert session.get_one(Payment, key).status == "refund_pending"
    assert placing.place_order(session, key, gateways, source="customer").outcome == "lost"
    told = session.scalars(select(Event).where(Event.name == "order.refused")).one()
    assert told.data["was_charged"] is True


def test_a_payment_given_up_whose_intent_is_open_is_voided_and_nothing_goes_back(
        session: Session, kept_shop: make.Shop, clock: Clock) -> None:
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.chair: 1}))
    key = make.payment(session, make.visit(session, linked), None)
    session.execute(update(Payment).values(status="cancelled"))
    session.commit()
    clock.advance(seconds=61)
    after.work(session)()
    session.expire_all()
    assert (session.get_one(Payment, key).status, session.scalars(select(TestIntent.status)).all()) == (
        "cancelled", ["cancelled"])
    assert session.scalars(select(Refund)).all() == []


def test_a_payment_given_up_that_the_provider_never_heard_of_stays_so(
        session: Session, kept_shop: make.Shop, clock: Clock) -> None:
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.chair: 1}))
    make.payment(session, make.visit(session, linked), None)
    session.execute(update(Payment).values(status="cancelled", gateway_reference=None))
    session.commit()
    clock.advance(seconds=61)
    gateway = Saying(session, None)
    work(session, gateway)()
    job = session.scalars(select(Job).where(Job.topic == "payment.resolve")).one()
    assert (gateway.told, job.done_at is None, job.last_error) == ([], False, None)
    assert session.scalars(select(Payment.status)).all() == ["cancelled"]


def test_a_refund_finds_a_payment_whose_name_at_the_provider_was_lost(
        session: Session, paid: World, clock: Clock) -> None:
    after.refund(session, paid, 900)
    session.execute(update(Payment).values(gateway_reference=None))
    work(session, Saying(session, None))()
    job = session.scalars(select(Job).where(Job.topic == "payment.refund")).one()
    assert job.last_error == "The payment provider does not know the payment"
    clock.advance(minutes=10)
    after.work(session)()
    assert after.refunded_at_provider(session) == 900


def test_who_came_later_changes_nothing_of_a_payment_that_went_on(session: Session, paid: World) -> None:
    payment = after.payment_of(session, paid)
    for act in (cancelling.fail_capture, cancelling.refund_captured):
        act(session, payment.id)
    giving_back.return_late_money(session, payment.id, source="worker")
    session.commit()
    assert (after.payment_of(session, paid).status, after.status_of(session, paid)) == ("captured", "paid")
    assert session.scalars(select(Refund)).all() == []


def test_an_authorisation_of_an_order_that_was_given_up_is_never_late_money(session: Session, world: World) -> None:
    after.cancel(session, world)
    after.work(session)()
    key = after.payment_of(session, world).id
    giving_back.return_late_money(session, key, source="worker")
    session.commit()
    assert after.payment_of(session, world).status == "voided"


def test_what_was_taken_while_it_was_given_up_goes_back_as_the_workers_step(session: Session, world: World) -> None:
    after.cancel(session, world)
    assert sources(session, "void_pending") == ["staff"]
    make.gateway(session).capture(after.payment_of(session, world).gateway_reference or "", "late")
    after.work(session)()
    assert sources(session, "refund_pending") == ["worker"]
    assert after.payment_of(session, world).captured_amount == TOTAL


def test_a_capture_that_is_heard_of_twice_is_noted_once(session: Session, kept_shop: make.Shop) -> None:
    order = deposited(session, kept_shop)
    key = session.scalars(select(Payment.id)).one()
    standing, intent = queries.get_standing(session, key), make.gateway(session).fetch(
        session.scalars(select(Payment.gateway_reference)).one() or "")
    taken = replace(intent, status="captured")
    session.commit()
    for _ in range(2):
        placing.settle_capture(session, key, taken, source="worker", standing=standing)
        session.commit()
    told = session.scalars(select(Event).where(
        Event.name == "order.deposit_paid", Event.subject_id == order.id)).all()
    assert [(one.data["total"], one.data["left"]) for one in told] == [(83_070, 193_830)]


@pytest.mark.parametrize(("seconds", "held"), [(-1, 1), (0, 0)])
def test_a_silent_provider_keeps_stock_for_minutes_and_not_for_good(
        session: Session, kept_shop: make.Shop, clock: Clock, seconds: int, held: int) -> None:
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.cap: 1}))
    key = make.payment(session, make.visit(session, linked), None, method=BANK_TRANSFER)
    until = session.get_one(Payment, key).started_until
    session.commit()
    expiry = session.scalars(select(Job).where(Job.topic == reserving.TOPIC)).one()
    session.commit()
    clock.set(until + jobs.PATIENCE + timedelta(seconds=seconds))
    session.execute(update(Job).where(Job.id != expiry.id).values(not_before=until + timedelta(days=9)))
    session.commit()
    sessions = sessionmaker(session.get_bind())
    Loop(sessions, jobs.handlers(sessions, {"test": Silent(make.gateway(session)._engine, "")})).run_once()
    session.expire_all()
    assert sum(session.scalars(select(Stock.held))) == held
    assert timedelta(minutes=3) == jobs.PATIENCE


def test_an_order_that_was_cancelled_is_not_paid_by_money_that_comes_late(session: Session, world: World) -> None:
    after.cancel(session, world)
    making.mark_paid(session, world.order_id)
    session.commit()
    assert after.status_of(session, world) == "cancelled"
    assert session.scalars(select(Event).where(Event.name == "order.paid")).all() == []
    assert session.scalars(select(Order.paid_at)).all() == [None]
