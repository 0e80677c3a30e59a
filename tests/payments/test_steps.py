"""A payment's steps are rows: an illegal one cannot be stored."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from sales_portal.payments import models, steps
from sales_portal.payments.models import Payment, PaymentEvent, PaymentTransition
from tests import make


@pytest.fixture
def payment(session: Session) -> Payment:
    shop = make.shop(session)
    visit = make.visit(session, make.link(session, make.selection(session, shop, {shop.chair: 1})))
    return session.get_one(Payment, make.payment(session, visit, None))


def test_a_walk_moves_the_status_and_writes_every_step(session: Session, payment: Payment) -> None:
    assert steps.walk(session, payment, "authorised", "capturing", source="worker")
    session.commit()
    found = session.execute(select(PaymentEvent.seq, PaymentEvent.from_status, PaymentEvent.to_status)
                            .order_by(PaymentEvent.seq)).all()
    assert [tuple(row) for row in found] == [
        (1, "new", "created"), (2, "created", "authorised"), (3, "authorised", "capturing")]
    assert payment.status == "capturing"


def test_a_step_that_is_not_legal_cannot_be_stored(session: Session, payment: Payment) -> None:
    with pytest.raises(IntegrityError):
        steps.walk(session, payment, "captured", source="worker")


def test_a_walk_from_a_status_somebody_else_left_writes_nothing(session: Session, payment: Payment) -> None:
    session.execute(text("UPDATE payments SET status = 'cancelled'"))
    assert not steps.walk(session, payment, "authorised", source="worker")
    assert len(session.scalars(select(PaymentEvent)).all()) == 1


def test_the_stored_transitions_are_those_of_the_code(session: Session) -> None:
    stored = {tuple(row) for row in session.execute(select(PaymentTransition.from_status, PaymentTransition.to_status))}
    assert stored == set(models.TRANSITIONS)


@pytest.mark.parametrize("table", ["history", "payment_events", "stock_moves"])
@pytest.mark.parametrize("act", ["update", "delete"])
def test_ledgers_cannot_be_changed_or_shortened(session: Session, payment: Payment, table: str, act: str) -> None:
    rows = models.Base.metadata.tables[table]
    column = {"history": "name", "payment_events": "source", "stock_moves": "reason"}[table]
    statement = update(rows).values({column: "adjust"}) if act == "update" else delete(rows)
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(statement)
