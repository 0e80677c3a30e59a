"""Methods that take the money as the customer confirms: an order at once, or the money goes back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.history.models import Event
from sales_portal.inventory import service as inventory
from sales_portal.inventory.models import Stock, StockHold
from sales_portal.links import service as links
from sales_portal.orders import jobs, placing
from sales_portal.orders.models import Order
from sales_portal.orders.placing import Placing
from sales_portal.outbox.loop import Loop
from sales_portal.outbox.models import Job
from sales_portal.payments import reserving, starting
from sales_portal.payments.errors import NoMoreTime, PaymentElsewhere, SoldOut
from sales_portal.payments.gateway import GatewayDown, Intent
from sales_portal.payments.models import Payment, PaymentEvent, TestIntent
from sales_portal.payments.test_gateway import TestGateway
from sales_portal.sites.methods import BANK_TRANSFER, CARD
from tests import make
from tests.harness.counting import count_on
from tests.harness.time import Clock

Work = Callable[..., None]


@pytest.fixture
def shop(kept_shop: make.Shop) -> make.Shop:
    return kept_shop


@pytest.fixture
def work(session: Session) -> Work:
    """Does every job of this rung that is due, with the providers it is given."""
    sessions = sessionmaker(session.get_bind())

    def run(**gateways: object) -> None:
        session.commit()
        Loop(sessions, jobs.handlers(sessions, {**make.gateways(session), **gateways})).run_once()  # type: ignore[dict-item]
        session.expire_all()

    return run


class Silent(TestGateway):
    """A provider nobody can reach."""

    def find(self, payment_id: str) -> Intent | None:
        raise GatewayDown

    def fetch(self, reference: str) -> Intent:
        raise GatewayDown


def linked(session: Session, shop: make.Shop, quantity: int = 2, **terms: Any) -> make.Linked:
    return make.link(session, make.selection(session, shop, {shop.chair: quantity}), **terms)


def paying(session: Session, link: make.Linked, decision: str | None = "approve") -> int:
    return make.payment(session, make.visit(session, link), decision, method=BANK_TRANSFER)


def place(session: Session, key: int) -> Placing:
    return placing.place_order(session, key, make.gateways(session), source="customer")


def stock_of_chairs(session: Session, shop: make.Shop) -> tuple[int, int]:
    held, on_hand = session.execute(
        select(Stock.held, Stock.on_hand).where(Stock.variant_id == shop.chair.id)).one()
    open_holds = session.scalars(select(StockHold.quantity).where(StockHold.released_at.is_(None))).all()
    assert sum(open_holds) == held
    return on_hand, held


def test_money_that_is_here_becomes_a_paid_order_in_the_same_moment(session: Session, shop: make.Shop) -> None:
    key = paying(session, linked(session, shop))
    placed = place(session, key)
    assert placed.outcome == "placed"
    payment = session.get_one(Payment, key)
    assert (payment.status, payment.captured_amount, payment.order_id) == ("captured", payment.amount, placed.order_id)
    assert session.scalars(select(Order.status)).all() == ["paid"]
    assert session.scalars(select(PaymentEvent.to_status).order_by(PaymentEvent.seq)).all() == [
        "created", "captured_auto", "captured"]
    assert "payment.capture" not in session.scalars(select(Job.topic)).all()
    assert session.scalars(select(Event.name).where(Event.name == "order.paid")).all() == ["order.paid"]
    assert place(session, key) == Placing("already", placed.order_id)


def test_an_authorisation_is_no_money(session: Session, shop: make.Shop) -> None:
    key = paying(session, linked(session, shop))
    session.scalars(select(TestIntent)).one().status = "authorised"
    session.commit()
    assert place(session, key).outcome == "waiting"


def test_stock_is_held_while_the_customer_pays_and_sold_when_the_order_stands(
        session: Session, shop: make.Shop) -> None:
    key = paying(session, linked(session, shop))
    assert stock_of_chairs(session, shop) == (14, 2)
    place(session, key)
    assert stock_of_chairs(session, shop) == (12, 0)


def test_a_card_holds_nothing_and_takes_no_lease(session: Session, shop: make.Shop) -> None:
    key = make.payment(session, make.visit(session, linked(session, shop)), None)
    assert session.scalars(select(StockHold)).all() == []
    assert session.get_one(Payment, key).is_leased is False


def test_what_is_held_for_one_is_sold_out_for_others_and_not_for_whom_it_is_held(
        session: Session, shop: make.Shop) -> None:
    visit, other = (make.visit(session, make.link(session, make.selection(session, shop, {shop.cap: 1})))
                    for _ in range(2))
    first = make.payment(session, visit, None, method=BANK_TRANSFER)
    for method in (CARD, BANK_TRANSFER):
        with pytest.raises(SoldOut) as refused:
            make.payment(session, other, None, method=method)
        assert refused.value.details["lines"] == {1: 0}
        session.rollback()
    assert make.payment(session, visit, "approve", method=BANK_TRANSFER) == first
    assert place(session, first).outcome == "placed"


@pytest.mark.parametrize("decision", ["decline", "cancel"])
def test_a_bank_that_says_no_lets_the_stock_go(session: Session, shop: make.Shop, decision: str) -> None:
    place(session, paying(session, linked(session, shop), decision))
    assert stock_of_chairs(session, shop) == (14, 0)


def test_whoever_takes_another_method_instead_holds_nothing_any_more(session: Session, shop: make.Shop) -> None:
    visit = make.visit(session, linked(session, shop))
    make.payment(session, visit, None, method=BANK_TRANSFER)
    key = make.payment(session, visit, method=CARD)
    assert stock_of_chairs(session, shop) == (14, 0)
    assert session.scalars(select(Payment.status).order_by(Payment.id)).all() == ["cancelled", "created"]
    assert place(session, key).outcome == "placed"


@pytest.mark.parametrize("method", [CARD, BANK_TRANSFER])
def test_nobody_else_pays_a_link_that_is_being_paid_at_once(
        session: Session, shop: make.Shop, method: object, clock: Clock) -> None:
    clock.set(clock.now())
    link = linked(session, shop)
    key = paying(session, link, None)
    second = make.visit(session, link)
    with pytest.raises(PaymentElsewhere) as refused:
        make.payment(session, second, None, method=method)  # type: ignore[arg-type]
    assert refused.value.details["until"] == clock.now() + reserving.WINDOW
    session.rollback()
    assert session.scalars(select(Payment.id)).all() == [key]


def test_the_index_refuses_a_second_lease_that_was_not_seen_in_time(session: Session, shop: make.Shop) -> None:
    link = linked(session, shop)
    paying(session, link, None)
    second = make.visit(session, link)
    session.commit()
    held = starting._hold_visit(session, second.id)
    unseen = starting.Held(held.link, held.copy, held.is_short, None)
    with pytest.raises(PaymentElsewhere):
        starting.start_payment(session, second, gateway=make.gateway(session), method=BANK_TRANSFER, held=unseen,
                               shown_total=second.total_amount, return_url="http://localhost/")


@pytest.mark.parametrize("policy", ["first_closes", "reusable"])
def test_a_link_that_may_be_paid_by_several_has_no_lease(session: Session, shop: make.Shop, policy: str) -> None:
    link = linked(session, shop, policy=policy)
    keys = [paying(session, link, None) for _ in range(2)]
    assert not any(session.get_one(Payment, key).is_leased for key in keys)
    assert stock_of_chairs(session, shop) == (14, 4)


def test_at_its_end_the_providers_session_is_ended_and_the_stock_let_go(
        session: Session, shop: make.Shop, work: Work, clock: Clock) -> None:
    key = paying(session, linked(session, shop), None)
    clock.advance(reserving.WINDOW - timedelta(seconds=2))
    work()
    assert session.get_one(Payment, key).status == "created"
    assert stock_of_chairs(session, shop) == (14, 2)
    clock.advance(seconds=3)
    work()
    assert session.get_one(Payment, key).status == "cancelled"
    assert session.scalars(select(TestIntent.status)).all() == ["cancelled"]
    assert stock_of_chairs(session, shop) == (14, 0)


def test_who_asks_for_more_time_has_ten_minutes_more_once(
        session: Session, shop: make.Shop, work: Work, clock: Clock) -> None:
    key = paying(session, linked(session, shop), None)
    clock.advance(minutes=14)
    reserving.extend(session, key)
    session.commit()
    with pytest.raises(NoMoreTime):
        reserving.extend(session, key)
    session.rollback()
    clock.advance(minutes=7)
    work()
    assert stock_of_chairs(session, shop) == (14, 2)
    clock.advance(minutes=10)
    work()
    assert session.get_one(Payment, key).status == "cancelled"
    assert stock_of_chairs(session, shop) == (14, 0)


def test_after_its_end_no_time_is_added(session: Session, shop: make.Shop, clock: Clock) -> None:
    key = paying(session, linked(session, shop), None)
    clock.advance(reserving.SESSION)
    with pytest.raises(NoMoreTime):
        reserving.extend(session, key)


def test_money_that_came_in_the_last_second_is_found_and_ordered_at_the_end(
        session: Session, shop: make.Shop, work: Work, clock: Clock) -> None:
    paying(session, linked(session, shop))
    clock.advance(reserving.WINDOW)
    work()
    assert session.scalars(select(Order.status)).all() == ["paid"]


def test_a_silent_provider_keeps_stock_for_minutes_and_not_for_good(
        session: Session, shop: make.Shop, work: Work, clock: Clock) -> None:
    key = paying(session, linked(session, shop), None)
    silent = Silent(make.gateway(session)._engine, "http://localhost")
    clock.advance(reserving.WINDOW)
    work(test=silent)
    assert stock_of_chairs(session, shop) == (14, 2)
    clock.advance(jobs.PATIENCE + timedelta(seconds=30))
    work(test=silent)
    assert stock_of_chairs(session, shop) == (14, 0)
    assert session.get_one(Payment, key).status == "created"


def test_money_that_comes_after_the_stock_was_let_go_still_buys_what_is_left(
        session: Session, shop: make.Shop, work: Work, clock: Clock) -> None:
    key = paying(session, linked(session, shop))
    clock.advance(reserving.WINDOW + jobs.PATIENCE)
    work(test=Silent(make.gateway(session)._engine, "http://localhost"))
    assert place(session, key).outcome == "placed"
    assert stock_of_chairs(session, shop) == (12, 0)


def test_money_without_an_order_goes_back_in_full_and_once(
        session: Session, shop: make.Shop, work: Work) -> None:
    link = linked(session, shop)
    key = paying(session, link)
    links.revoke_link(session, link.link, "", by=shop.agent.actor)
    session.commit()
    assert place(session, key) == Placing("lost", reason="revoked")
    payment = session.get_one(Payment, key)
    assert (payment.status, payment.captured_amount) == ("refund_pending", payment.amount)
    assert stock_of_chairs(session, shop) == (14, 0)
    work()
    work()
    payment = session.get_one(Payment, key)
    assert (payment.status, payment.refunded_amount) == ("refunded", payment.amount)
    assert make.gateway(session).fetch(payment.gateway_reference or "").refunded_amount == payment.amount
    assert place(session, key).outcome == "lost"
    assert "payment.returning" in session.scalars(select(Job.topic)).all()
    assert "payment.failed" not in session.scalars(select(Job.topic)).all()


def test_what_was_sold_from_under_a_hold_is_refunded(session: Session, shop: make.Shop) -> None:
    """Somebody corrects the stock: the hold keeps others off, but not a count of the shelf."""
    key = paying(session, linked(session, shop))
    session.execute(text("UPDATE stock SET held = 0"))
    session.execute(text("UPDATE stock_holds SET released_at = until_at"))
    inventory.set_on_hand(session, shop.chair.id, shop.warehouse.id, 1, by=shop.agent.actor)
    session.commit()
    assert place(session, key) == Placing("lost", reason="sold_out")
    assert session.get_one(Payment, key).status == "refund_pending"


def test_money_for_a_payment_that_was_given_up_goes_back(
        session: Session, shop: make.Shop, work: Work, clock: Clock) -> None:
    key = paying(session, linked(session, shop))
    session.execute(text("UPDATE payments SET status = 'cancelled'"))
    session.commit()
    clock.advance(seconds=61)
    work()
    work()
    payment = session.get_one(Payment, key)
    assert (payment.status, payment.refunded_amount) == ("refunded", payment.amount)
    assert session.scalars(select(Order)).all() == []


def test_holding_and_placing_take_few_statements(session: Session, shop: make.Shop) -> None:
    visit = make.visit(session, linked(session, shop))
    session.commit()
    key = paying(session, linked(session, shop))
    assert len(sent := count_on(session, lambda: place(session, key))) <= 22, "\n".join(sent)
    total = visit.total_amount
    session.commit()
    sent = count_on(session, lambda: starting.start_payment(
        session, visit, gateway=make.gateway(session), method=BANK_TRANSFER, shown_total=total,
        return_url="http://localhost/"))
    assert len(sent) <= 14, "\n".join(sent)
