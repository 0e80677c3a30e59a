"""Methods that take the money as the customer confirms: an order at once, or the money goes back."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from sales_portal.history.models import Event
from sales_portal.inventory import service as inventory
from sales_portal.links import service as links
from sales_portal.orders import giving_back, jobs
from sales_portal.orders.models import Order
from sales_portal.orders.placing import Placing
from sales_portal.outbox.models import Job
from sales_portal.payments import reserving, starting
from sales_portal.payments.models import Payment, PaymentEvent, TestIntent
from sales_portal.sites.methods import BANK_TRANSFER
from tests import make
from tests.harness.counting import count_on
from tests.harness.time import Clock
from tests.orders.gateways import Silent
from tests.orders.transferring import linked, paying, place, stock_of_chairs

Work = Callable[..., None]


@pytest.fixture
def shop(kept_shop: make.Shop) -> make.Shop:
    return kept_shop


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


def test_money_that_came_in_the_last_second_is_found_and_ordered_at_the_end(
        session: Session, shop: make.Shop, work: Work, clock: Clock) -> None:
    paying(session, linked(session, shop))
    clock.advance(reserving.WINDOW)
    work()
    assert session.scalars(select(Order.status)).all() == ["paid"]


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


@pytest.mark.parametrize("status", giving_back.GIVEN_UP)
def test_however_a_payment_was_given_up_its_late_money_goes_back(
        session: Session, shop: make.Shop, status: str) -> None:
    key = paying(session, linked(session, shop), None)
    session.get_one(Payment, key).status = status
    session.commit()
    giving_back.return_late_money(session, key, source="provider")
    session.expire_all()
    assert session.get_one(Payment, key).status == "refund_pending"
    told = session.scalars(select(Event).where(Event.name == "order.refused")).one()
    assert (told.data["reason"], told.data["was_charged"]) == ("late", True)
