"""Payments and the provider's list, compared both ways: every difference is found, and nothing that is none."""

import pytest
from sqlalchemy import delete, select, text, update

from sales_portal.orders import alerting
from sales_portal.orders.models import Order
from sales_portal.orders.watch_models import Alert
from sales_portal.outbox.models import Job
from sales_portal.payments.models import Payment, PaymentEvent
from tests.harness.time import Clock
from tests.orders.owning import Till

RECONCILE = "payments.reconcile"


@pytest.fixture
def compared(till: Till) -> Till:
    till.watch()
    return till


def compare(till: Till, clock: Clock, minutes: int = 10) -> list[str]:
    clock.advance(minutes=minutes, seconds=1)
    till.work(RECONCILE)
    return till.alerts()


def sell(till: Till) -> int:
    key = till.pay()
    till.place(key)
    till.work("payment.capture")
    return key


def forget(till: Till, key: int) -> None:
    """As a restore of yesterday's backup does."""
    till.session.rollback()
    till.session.execute(delete(Job).where(Job.subject_type == "payments", Job.subject_id == key))
    # The steps of a payment are append-only, so the payment is renamed instead of deleted.
    till.session.execute(update(Payment).where(Payment.id == key).values(
        public_id=f"forgotten-{key}", gateway="forgotten", gateway_reference=None))
    till.session.commit()


def test_where_both_agree_there_is_no_alarm(compared: Till, clock: Clock) -> None:
    for decision in ("decline", None):
        compared.pay(decision)
    sell(compared)
    assert compare(compared, clock) == []
    assert compare(compared, clock) == []


def test_intents_of_payments_the_portal_forgot_are_listed_and_no_money_is_moved(compared: Till, clock: Clock) -> None:
    """U205: yesterday's backup was restored."""
    sell(compared)
    keys = [sell(compared), compared.pay(), compared.pay(None), compared.pay("decline")]
    for key in keys:
        forget(compared, key)
    before = compared.provider.intents()
    assert compare(compared, clock) == ["orphan_intent"] * 3
    said = compared.session.scalars(select(Alert.text).order_by(Alert.id)).all()
    for words, advice in zip(said, ("give the money back", "make the order anew", "give it up there"), strict=True):
        assert advice in words
    compared.work()
    assert compared.provider.intents() == before


def test_what_was_settled_is_not_said_again(compared: Till, clock: Clock) -> None:
    forget(compared, sell(compared))
    assert compare(compared, clock) == ["orphan_intent"]
    alert = compared.session.scalars(select(Alert)).one()
    alerting.end_alert(compared.session, alert.code, alert.about)
    assert compare(compared, clock) == []


def test_three_seeded_faults_are_found_and_no_other(compared: Till, clock: Clock) -> None:
    """M171."""
    for _ in range(2):
        sell(compared)
    forget(compared, sell(compared))
    differs, vanished = sell(compared), sell(compared)
    references = {payment.id: payment.gateway_reference for payment in compared.session.scalars(select(Payment))}
    compared.provider.change(str(references[differs]), status="authorised")
    compared.provider.change(str(references[vanished]), created_at="2000-01-01")
    assert compare(compared, clock) == ["differs_from_provider", "missing_at_provider", "orphan_intent"]
    assert compare(compared, clock) == ["differs_from_provider", "missing_at_provider", "orphan_intent"]


def test_another_sum_at_the_provider_is_found(compared: Till, clock: Clock) -> None:
    sell(compared)
    compared.provider.change(compared.provider.intents()[0]["reference"], amount=1)
    assert compare(compared, clock) == ["mismatch"]


def test_a_second_intent_of_one_payment_is_found_and_never_captured(compared: Till, clock: Clock) -> None:
    key = sell(compared)
    public_id = compared.session.get_one(Payment, key).public_id
    twin = compared.provider.ask("create", payment_id=public_id, amount=36_900, currency="SEK")[1]
    compared.provider.decide("approve", twin["reference"])
    assert compare(compared, clock) == ["mismatch"]
    compared.work()
    assert [intent["captures"] for intent in compared.provider.intents()] == [1, 0]


def test_a_payment_that_is_behind_catches_up(compared: Till, clock: Clock) -> None:
    key = compared.pay()
    compared.place(key)
    compared.provider.decide("capture")
    assert compare(compared, clock) == []
    compared.session.rollback()
    assert compared.session.scalars(select(Order.status)).all() == ["paid"]
    assert compared.status(key) == "captured"
    assert compared.session.scalars(
        select(PaymentEvent.source).where(PaymentEvent.to_status == "captured")).all() == ["sweeper"]


def test_an_approval_found_in_the_list_is_placed(compared: Till, clock: Clock) -> None:
    compared.pay()
    compared.session.execute(text("UPDATE outbox SET done_at = created_at WHERE topic = 'payment.resolve'"))
    compare(compared, clock)
    compared.work("payment.resolve")
    assert len(compared.session.scalars(select(Order)).all()) == 1


def test_a_list_that_cannot_be_had_is_asked_for_later(compared: Till, clock: Clock) -> None:
    forget(compared, sell(compared))
    compared.provider.goes_wrong("list", "fails")
    assert compare(compared, clock) == []
    assert compare(compared, clock) == ["orphan_intent"]


def test_what_began_a_moment_ago_may_be_missing(compared: Till, clock: Clock) -> None:
    sell(compared)
    compared.provider.change(compared.provider.intents()[0]["reference"], created_at="2000-01-01")
    assert compare(compared, clock, minutes=0) == []
    assert compare(compared, clock) == ["missing_at_provider"]
