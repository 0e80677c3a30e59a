"""M172: a dispute is a flag beside the payment and moves nothing of it."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sales_portal.history.models import Event
from sales_portal.orders import disputing, refunding
from sales_portal.orders.models import Dispute
from tests import make
from tests.orders import after
from tests.orders.after import World, wish


@pytest.fixture
def world(session: Session, kept_shop: make.Shop) -> World:
    """The order, its money taken."""
    made = after.world(session, kept_shop)
    after.work(session)()
    return made


def test_it_is_written_down_once_and_the_payment_stays_as_it_is(session: Session, world: World) -> None:
    payment = after.payment_of(session, world)
    for _ in range(2):
        disputing.record_dispute(session, payment.id, "dp_1", amount=5000, reason="fraudulent")
    disputing.record_dispute(session, payment.id, "dp_1", amount=5000, status="lost")
    disputing.record_dispute(session, payment.id, "dp_1", amount=5000, status="open")
    session.commit()
    dispute = session.scalars(select(Dispute)).one()
    assert (dispute.status, dispute.amount, dispute.currency, dispute.reason) == ("lost", 5000, "SEK", "fraudulent")
    payment = after.payment_of(session, world)
    assert (payment.status, payment.refunded_amount, after.status_of(session, world)) == ("captured", 0, "paid")
    told = session.scalars(select(Event.name).where(Event.name.like("payment.dispute%")).order_by(Event.id)).all()
    assert told == ["payment.disputed", "payment.dispute_ended"]


def test_money_goes_back_as_ever_while_it_is_open(session: Session, world: World) -> None:
    disputing.record_dispute(session, after.payment_of(session, world).id, "dp_1", amount=5000)
    refunding.ask_refund(session, world.order_id, wish(900), person=world.erik, may_decide=True)
    after.work(session)()
    assert after.payment_of(session, world).refunded_amount == 900


def test_it_is_in_the_currency_of_its_payment(session: Session, world: World) -> None:
    dispute = disputing.record_dispute(session, after.payment_of(session, world).id, "dp_1", amount=5000)
    dispute.currency = "EUR"
    with pytest.raises(IntegrityError):
        session.flush()
