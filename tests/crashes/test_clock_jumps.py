"""The machine's clock jumps by an hour in the middle of a payment."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.orders import invariants
from sales_portal.orders.models import Order
from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import Loop
from sales_portal.payments.models import Payment, TestIntent
from tests import make
from tests.harness.app import Client
from tests.harness.time import Clock
from tests.storefront.walking import Customer


@pytest.fixture
def customer(client: Client, session: Session, kept_shop: make.Shop, clock: Clock) -> Customer:
    """Somebody at a link that ends in two hours."""
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1}))
    linked.link.expires_at = clock.set(clock.now()) + timedelta(hours=2)
    return Customer(client, linked)


def broken(session: Session) -> list[str]:
    session.rollback()
    return [one.invariant.code for one in invariants.find_violations(session)]


def test_an_hour_back_the_order_is_placed_and_its_money_taken_at_once(
        customer: Customer, session: Session, clock: Clock, do_jobs: Callable[[], int]) -> None:
    """C62."""
    customer.decide("approve")
    clock.advance(hours=-1)
    do_jobs()
    assert session.scalars(select(Payment.status)).all() == ["created"]
    assert customer.confirm().request.path.endswith("/receipt")
    do_jobs()
    assert (session.scalars(select(Order.status)).all(), session.scalars(select(TestIntent.status)).all()) == (
        ["paid"], ["captured"])
    # By its times the copy was made after its link was used up: no harm, and the watch says so.
    assert broken(session) == ["I05"]


def test_an_hour_ahead_a_payment_whose_window_is_over_is_given_up_and_nobody_is_charged(
        customer: Customer, session: Session, clock: Clock, do_jobs: Callable[[], int]) -> None:
    """C62: the link, which has an hour left, can be paid anew."""
    customer.decide("approve")
    clock.advance(hours=1)
    assert not customer.confirm().request.path.endswith("/receipt")
    do_jobs()
    assert session.scalars(select(TestIntent.status)).all() == ["cancelled"]
    assert broken(session) == []
    customer.page = None
    assert customer.buy().request.path.endswith("/receipt")
    assert broken(session) == []


def test_an_hour_ahead_and_back_a_link_is_over_and_open_again(customer: Customer, clock: Clock) -> None:
    """C62: its end is judged by one clock each time it is asked, and nothing is stored of it."""
    for hours, status in ((0, 200), (2, 410), (-2, 200)):
        clock.advance(hours=hours)
        assert customer.look().status_code == status


def test_a_job_in_hand_when_the_clock_goes_back_is_done_once(
        session: Session, portals_engine: object, clock: Clock) -> None:
    """C62: no lease is of negative length."""
    done = []
    outbox.put(session, "paint", ("things", 1))
    session.commit()
    clock.advance(seconds=1)

    def paint(*_: object) -> None:
        clock.advance(hours=-1)
        done.append("painted")

    loop = Loop(portals_engine, {"paint": paint})  # type: ignore[arg-type]
    assert (loop.run_once(), loop.run_once()) == (1, 0)
    clock.advance(hours=2)
    assert (loop.run_once(), done) == (0, ["painted"])
