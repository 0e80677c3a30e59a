"""Money that cannot be taken: out of reach for good, taken unheard, or refused for a while."""


import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.history.models import Event
from sales_portal.orders.undo_models import Cancellation
from sales_portal.outbox.models import Job
from sales_portal.payments.gateway import GatewayDown, Intent
from sales_portal.payments.models import TestIntent
from sales_portal.payments.test_gateway import TestGateway
from tests import make
from tests.harness.time import Clock
from tests.orders import after
from tests.orders.after import TOTAL, World


@pytest.fixture
def world(session: Session, kept_shop: make.Shop) -> World:
    """The order, placed and not paid yet."""
    return after.world(session, kept_shop)


def test_a_capture_that_is_out_of_reach_ends_the_order(session: Session, world: World) -> None:
    """C60: the authorisation expired; nothing was charged, the stock is back, and who must know is told."""
    session.scalars(select(TestIntent)).one().status = "cancelled"
    after.work(session)()
    assert (after.status_of(session, world), after.payment_of(session, world).status) == ("cancelled", "capture_failed")
    assert after.payment_of(session, world).captured_amount == 0
    after.assert_stock_is_its_ledger(session, is_given_back=True)
    cancelled = session.scalars(select(Cancellation)).one()
    assert (cancelled.reason, cancelled.status, cancelled.asked_by_id) == ("capture_failed", "done", None)
    assert {"payment.capture_failed", "order.cancelled"} <= set(session.scalars(select(Event.name)))
    assert session.scalars(select(Job.topic).where(Job.topic == "order.cancelled")).all() == ["order.cancelled"]
    assert after.work(session)() == 0


class Stumbling(TestGateway):
    """A provider that takes the money and then answers with an error, the first time."""

    captures = 0

    def capture(self, reference: str, idempotency_key: str) -> Intent:
        self.captures += 1
        intent = super().capture(reference, idempotency_key)
        if self.captures == 1:
            raise GatewayDown("500")
        return intent


def test_an_error_after_the_money_was_taken_is_one_capture(session: Session, world: World, clock: Clock) -> None:
    """C59: what the first try did is asked before a second one, and the order is paid."""
    gateway = Stumbling(make.gateway(session)._engine, "http://localhost")
    work = after.work(session, gateway)
    work()
    assert after.payment_of(session, world).status == "capturing"
    clock.advance(seconds=60)
    work()
    assert (gateway.captures, after.payment_of(session, world).captured_amount) == (1, TOTAL)
    assert after.status_of(session, world) == "paid"


def test_a_refusal_that_may_pass_ends_nothing(session: Session, world: World) -> None:
    session.scalars(select(TestIntent)).one().status = "open"
    after.work(session)()
    assert (after.status_of(session, world), after.payment_of(session, world).status) == ("placed", "capturing")
