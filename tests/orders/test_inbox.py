"""What the provider sends: kept once, never believed, and with the same end in whatever order it comes."""

import itertools
import json

import pytest
from sqlalchemy import func, select, update

from sales_portal.accounts.models import Staff
from sales_portal.orders import cancelling
from sales_portal.orders.errors import EventRefused
from sales_portal.orders.models import Order
from sales_portal.orders.watch_models import Alert, ProviderEvent
from sales_portal.outbox.models import Job
from sales_portal.payments.models import Payment
from tests.harness import provider
from tests.harness.time import Clock
from tests.orders.owning import Till


def count(till: Till, model: type[Order] | type[ProviderEvent]) -> int:
    return till.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_order_is_placed_and_captured_once_though_the_customer_never_came_back(till: Till) -> None:
    key = till.pay()
    till.receive()
    till.work()
    assert (till.status(key), count(till, Order)) == ("captured", 1)
    assert [intent["captures"] for intent in till.provider.intents()] == [1]
    assert (till.errors(), till.alerts(), till.broken()) == ([], [], [])


def test_an_event_that_comes_twice_is_kept_and_processed_once(till: Till) -> None:
    """R18."""
    till.pay()
    events = till.provider.events()
    assert till.receive(*events, *events) == [True, True, False, False]
    till.work()
    assert till.receive(*events) == [False, False]
    till.work()
    assert (count(till, ProviderEvent), count(till, Order)) == (2, 1)


def test_an_event_may_come_before_the_reference_was_stored(till: Till) -> None:
    """R15, C40: the web process died between the provider's answer and our commit."""
    key = till.pay()
    till.session.execute(update(Payment).values(gateway_reference=None))
    till.receive()
    till.work()
    assert till.status(key) == "captured"
    assert till.session.get_one(Payment, key).gateway_reference == till.provider.intents()[0]["reference"]
    assert len(till.provider.intents()) == 1


def test_the_order_of_events_does_not_matter(till: Till) -> None:
    """R19: created, authorised, captured and refunded, in each of their 24 orders."""
    ends = set()
    for permutation in itertools.permutations(range(4)):
        till.session.execute(update(ProviderEvent).values(processed_at=None))
        before = len(till.provider.events())
        key = till.pay()
        if permutation[0] % 2:
            till.place(key)
        till.work("payment.capture")
        reference = till.provider.intents()[-1]["reference"]
        till.provider.ask("capture", reference=reference)
        till.provider.ask("refund", reference=reference, amount=100)
        mine = till.provider.events()[before:]
        till.receive(*(mine[place] for place in permutation))
        till.work()
        till.work("payment.capture")
        ends.add((till.status(key), till.session.get_one(Payment, key).captured_amount))
    assert ends == {("captured", 36_900)}
    assert till.broken() == []


def test_an_event_three_days_late_changes_nothing_that_is_settled(till: Till, clock: Clock) -> None:
    """R17: nobody came back and nothing was heard; the payment was given up at the provider and here."""
    key = till.pay(None)
    till.watch()
    for _ in range(60):
        clock.advance(minutes=1)
        till.work("payments.sweep", "payment.resolve")
    assert (till.status(key), till.provider.intents()[0]["status"]) == ("cancelled", "cancelled")
    clock.advance(days=3)
    till.receive()
    till.work("provider.event")
    assert (till.status(key), count(till, Order), till.alerts()) == ("cancelled", 0, [])


def test_an_approval_heard_of_three_days_late_is_given_back(till: Till, clock: Clock) -> None:
    """R17: the worker stood still too."""
    key = till.pay()
    clock.advance(days=3)
    till.receive()
    till.work()
    assert (till.status(key), till.provider.intents()[0]["status"], count(till, Order)) == ("voided", "cancelled", 0)


def test_an_unknown_payment_is_kept_told_once_and_tried_again(till: Till, clock: Clock) -> None:
    """R20: acknowledged, never forgotten, and no crash loop."""
    made = till.provider.ask("create", payment_id="of nobody", amount=500, currency="SEK")[1]
    till.provider.decide("approve", made["reference"])
    assert till.receive() == [True, True]
    till.work("provider.event")
    assert till.errors() == ["No payment of this portal is meant"] * 2
    assert till.alerts() == ["unknown_payment"]
    assert made["reference"] in till.session.scalars(select(Alert.text)).one()
    till.watch()
    for _ in range(12):
        clock.advance(minutes=1)
        till.work("payments.sweep", "provider.event")
    assert till.alerts() == ["unknown_payment"]
    till.pay(None)
    known = till.session.scalars(select(Payment.public_id)).one()
    till.provider.change(made["reference"], payment_id=known, amount=36_900)
    till.session.execute(update(Payment).values(gateway_reference=made["reference"]))
    clock.advance(minutes=1)
    till.work("payments.sweep", "provider.event")
    assert (till.errors(), till.alerts(), count(till, Order)) == ([], [], 1)


@pytest.mark.parametrize("values", [{"amount": 100}, {"currency": "EUR"}, {"payment_id": "another's"}])
def test_a_payment_of_another_sum_or_another_order_is_not_accepted_and_is_flagged(
        till: Till, values: dict[str, object]) -> None:
    """T115: one euro paid, and the name of an order of two thousand on it."""
    key, other = till.pay(None), till.pay(None)
    cheap = till.provider.intents()[0]["reference"]
    if "payment_id" in values:
        values = {"payment_id": till.session.get_one(Payment, other).public_id, "amount": 36_900}
    till.provider.change(cheap, **values)
    till.provider.decide("approve", cheap)
    till.receive()
    till.work("provider.event")
    assert (till.status(key), till.status(other), count(till, Order)) == ("created", "created", 0)
    assert till.alerts() == ["mismatch"]
    assert len([error for error in till.errors() if error]) == 2
    assert till.session.scalars(select(Alert.about)).one() == f"own {cheap}"


def test_a_provider_that_is_down_keeps_the_event_for_later(till: Till, clock: Clock) -> None:
    key = till.pay()
    till.receive()
    till.provider.goes_wrong("fetch", "fails")
    till.work("provider.event")
    assert till.status(key) == "created"
    assert len(till.errors()) >= 1
    clock.advance(minutes=2)
    till.work()
    assert (till.status(key), till.errors()) == ("captured", [])


def test_what_is_not_the_providers_is_not_kept(till: Till) -> None:
    till.pay()
    body, headers = till.provider.events()[0]
    for sent, signed in ((body + b" ", headers), (body, {}),
                         (body, {provider.SIGNATURE: provider.sign(body, secret=b"another")})):
        with pytest.raises(EventRefused):
            till.receive((sent, signed))
    assert count(till, ProviderEvent) == 0
    assert till.session.scalars(select(Job).where(Job.topic == "provider.event")).all() == []


def test_an_event_about_something_else_is_kept_and_done_with(till: Till) -> None:
    body = json.dumps({"id": "evt_1", "type": "account.updated", "reference": None}).encode()
    till.receive((body, {provider.SIGNATURE: provider.sign(body)}))
    till.work()
    assert (till.errors(), till.alerts()) == ([], [])


def test_an_authorisation_that_lives_on_after_its_payment_was_given_up_is_voided(till: Till) -> None:
    """The provider's truth arrives late and contradicts ours: accepted as fact, and answered."""
    key = till.pay()
    till.session.execute(update(Payment).values(status="cancelled", steps_count=2))
    till.receive()
    till.work("provider.event", "payment.void")
    assert (till.status(key), till.provider.intents()[0]["status"]) == ("voided", "cancelled")


def test_hearing_that_an_authorisation_was_let_go_ends_its_payment(till: Till) -> None:
    key = till.pay(None)
    till.session.execute(update(Payment).values(status="void_pending", steps_count=2))
    till.provider.decide("cancel")
    till.receive()
    till.work("provider.event")
    assert till.status(key) == "voided"


def test_money_taken_for_a_payment_that_was_given_up_goes_back(till: Till) -> None:
    key = till.pay()
    till.session.execute(update(Payment).values(status="cancelled", steps_count=2))
    till.provider.decide("capture")
    till.receive()
    till.work("provider.event", "payment.refund")
    assert (till.status(key), till.alerts()) == ("refunded", [])
    intent = till.provider.intents()[0]
    assert intent["refunded"] == intent["amount"]


def test_money_taken_while_a_cancelled_order_was_being_let_go_is_refunded_and_no_alert(till: Till) -> None:
    key = till.pay()
    assert till.place(key).outcome == "placed"
    order = till.session.scalars(select(Order)).one()
    cancelling.ask_cancellation(till.session, order.id, "customer", "", may_decide=True,
                                person=till.session.get_one(Staff, order.agent_id))
    till.session.commit()
    till.provider.decide("capture")
    till.receive()
    till.work("provider.event")
    assert (till.status(key), till.alerts()) == ("void_pending", [])
    till.work("payment.void", "payment.refund")
    assert (till.status(key), till.alerts(), till.broken()) == ("refunded", [], [])


def test_money_taken_for_a_payment_that_was_declined_is_shown_to_a_person(till: Till) -> None:
    key = till.pay()
    till.session.execute(update(Payment).values(status="declined", steps_count=2))
    till.provider.decide("capture")
    till.receive()
    till.work("provider.event")
    assert (till.status(key), till.alerts()) == ("declined", ["charged_without_order"])
