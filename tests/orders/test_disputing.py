"""M172: a dispute is a flag beside the payment and moves nothing of it."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sales_portal.history.models import Event
from sales_portal.orders import disputing, refunding, undone
from sales_portal.orders.models import Order
from sales_portal.orders.undo_models import Dispute
from sales_portal.payments.models import Payment
from tests.harness.time import Clock
from tests.orders import after
from tests.orders.after import World, wish
from tests.orders.owning import Till


def test_it_is_written_down_once_and_the_payment_stays_as_it_is(session: Session, paid: World) -> None:
    payment = after.payment_of(session, paid)
    for _ in range(2):
        disputing.record_dispute(session, payment.id, "dp_1", amount=5000, reason="fraudulent")
    disputing.record_dispute(session, payment.id, "dp_1", amount=5000, status="lost")
    disputing.record_dispute(session, payment.id, "dp_1", amount=5000, status="open")
    session.commit()
    dispute = session.scalars(select(Dispute)).one()
    assert (dispute.status, dispute.amount, dispute.currency, dispute.reason) == ("lost", 5000, "SEK", "fraudulent")
    payment = after.payment_of(session, paid)
    assert (payment.status, payment.refunded_amount, after.status_of(session, paid)) == ("captured", 0, "paid")
    told = session.scalars(select(Event.name).where(Event.name.like("payment.dispute%")).order_by(Event.id)).all()
    assert told == ["payment.disputed", "payment.dispute_ended"]


def test_money_goes_back_as_ever_while_it_is_open(session: Session, paid: World) -> None:
    disputing.record_dispute(session, after.payment_of(session, paid).id, "dp_1", amount=5000)
    refunding.ask_refund(session, paid.order_id, wish(900), person=paid.erik, may_decide=True)
    after.work(session)()
    assert after.payment_of(session, paid).refunded_amount == 900


def test_it_is_in_the_currency_of_its_payment(session: Session, paid: World) -> None:
    dispute = disputing.record_dispute(session, after.payment_of(session, paid).id, "dp_1", amount=5000)
    dispute.currency = "EUR"
    with pytest.raises(IntegrityError):
        session.flush()


def disputed(till: Till, status: str, **values: object) -> None:
    """The provider tells that a dispute stands so, and the portal hears it."""
    till.provider.dispute(status, **values)  # type: ignore[arg-type]
    till.receive(till.provider.events()[-1])
    till.work()


def test_the_provider_tells_that_one_opened_and_that_it_was_won(till: Till) -> None:
    key = till.pay()
    till.receive()
    till.work()
    disputed(till, "open")
    order_id = till.session.get_one(Payment, key).order_id
    assert order_id is not None
    assert "disputed" in undone.marks_of(till.session, [order_id])[order_id]
    disputed(till, "open")
    disputed(till, "won")
    assert undone.marks_of(till.session, [order_id])[order_id] == frozenset()
    found = till.session.scalars(select(Dispute)).one()
    assert (found.reference, found.amount, found.reason, found.status) == ("dp_1", 5000, "fraudulent", "won")
    assert (till.status(key), till.session.get_one(Order, order_id).status) == ("captured", "paid")
    assert (till.errors(), till.alerts(), till.broken()) == ([], [], [])


def test_a_provider_that_is_down_tells_of_it_later(till: Till, clock: Clock) -> None:
    till.pay()
    till.receive()
    till.work()
    till.provider.goes_wrong("disputes", "fails")
    disputed(till, "open")
    assert till.session.scalars(select(Dispute)).all() == []
    clock.advance(minutes=2)
    till.work()
    assert till.session.scalars(select(Dispute.status)).all() == ["open"]


@pytest.mark.parametrize("values", [{"currency": "EUR"}, {"amount": 0}])
def test_one_that_cannot_be_over_this_payment_is_shown_to_a_person_once(till: Till, values: dict[str, object]) -> None:
    till.pay()
    till.receive()
    till.work()
    for status in ("open", "won"):
        disputed(till, status, **values)
    assert till.session.scalars(select(Dispute)).all() == []
    assert (till.errors(), till.alerts(), till.broken()) == ([], ["strange_dispute"], [])
