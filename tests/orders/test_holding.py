"""What a payment that takes the money at once keeps for its customer meanwhile: stock, and the link."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSessionLine
from sales_portal.history.models import Event
from sales_portal.inventory import holding
from sales_portal.inventory.models import StockHold
from sales_portal.orders import jobs
from sales_portal.payments import reserving, starting
from sales_portal.payments.errors import NoMoreTime, PaymentElsewhere, SoldOut
from sales_portal.payments.models import Payment, PaymentEvent, TestIntent
from sales_portal.sites.methods import BANK_TRANSFER, CARD
from tests import make
from tests.harness.time import Clock
from tests.orders.gateways import Silent
from tests.orders.transferring import linked, paying, place, stock_of_chairs

Work = Callable[..., None]


@pytest.fixture
def shop(kept_shop: make.Shop) -> make.Shop:
    return kept_shop


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


def test_more_time_is_written_down_as_the_customers_wish(session: Session, shop: make.Shop) -> None:
    link = linked(session, shop)
    reserving.extend(session, paying(session, link, None))
    told = session.scalars(select(Event).where(Event.name == "payment.prolonged")).one()
    assert (told.actor_kind, told.context_id) == ("customer", link.link.id)


def test_what_is_not_held_any_more_is_kept_no_longer(session: Session, shop: make.Shop) -> None:
    key = paying(session, linked(session, shop), None)
    holding.release(session, key)
    with pytest.raises(NoMoreTime):
        reserving.extend(session, key)


def test_what_is_still_to_come_is_not_held(session: Session, shop: make.Shop) -> None:
    link = linked(session, shop)
    visit = make.visit(session, link)
    session.execute(update(CheckoutSessionLine).where(CheckoutSessionLine.stock_id.is_not(None))
                    .values(backorder_weeks=3))
    make.payment(session, visit, None, method=BANK_TRANSFER)
    assert stock_of_chairs(session, shop) == (14, 0)


def test_at_the_very_end_it_is_over(session: Session, shop: make.Shop, work: Work, clock: Clock) -> None:
    clock.set(clock.now())
    key = paying(session, linked(session, shop), None)
    clock.set(session.get_one(Payment, key).started_until)
    work()
    session.expire_all()
    assert session.get_one(Payment, key).status == "cancelled"
    last = session.scalars(select(PaymentEvent).order_by(PaymentEvent.seq.desc())).first()
    assert last is not None
    assert (last.to_status, last.source) == ("cancelled", "worker")


def test_after_its_end_no_time_is_added(session: Session, shop: make.Shop, clock: Clock) -> None:
    key = paying(session, linked(session, shop), None)
    clock.advance(reserving.SESSION)
    with pytest.raises(NoMoreTime):
        reserving.extend(session, key)


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
