"""Whoever dies on the way, and whatever the provider does: after a sweep money and orders agree again."""

import itertools
import time

import pytest
from sqlalchemy import delete, func, select, text, update

from sales_portal.orders import alerting, sweeping
from sales_portal.orders.models import Order
from sales_portal.orders.watch_models import Alert
from sales_portal.outbox.models import Job
from sales_portal.payments.errors import ProviderDown
from sales_portal.payments.gateway import GatewayDown, GatewayRefused, IntentRequest
from sales_portal.payments.models import Payment
from tests.harness.time import Clock
from tests.orders.owning import Till


@pytest.fixture
def watched(till: Till) -> Till:
    """The till with the sweep and its like running."""
    till.watch()
    return till


def pass_minutes(till: Till, clock: Clock, minutes: int) -> None:
    for _ in range(minutes):
        clock.advance(minutes=1)
        till.work()


def statuses(till: Till) -> list[str]:
    return [intent["status"] for intent in till.provider.intents()]


def orders(till: Till) -> list[str]:
    till.session.rollback()
    return list(till.session.scalars(select(Order.status).order_by(Order.id)))


def forget_jobs(till: Till) -> None:
    """As if the job had never been, or had been given up long ago."""
    till.session.execute(update(Job).where(Job.topic.like("payment.%"), Job.every_seconds.is_(None))
                         .values(dead_at=Job.created_at, done_at=None))
    till.session.commit()


def test_an_approval_nobody_tells_of_is_placed_within_two_minutes(watched: Till, clock: Clock) -> None:
    """R16: the customer closed the browser after 3-D Secure, and no event came."""
    key = watched.pay(None)
    pass_minutes(watched, clock, 9)
    watched.provider.decide("approve")
    pass_minutes(watched, clock, 2)
    assert (orders(watched), watched.status(key), watched.broken()) == (["paid"], "captured", [])


def test_a_payment_without_an_intent_is_cancelled_and_its_copy_can_be_paid_again(watched: Till, clock: Clock) -> None:
    """C39: killed after the promise, before the provider was asked."""
    visit = watched.visit()
    key = watched.pay(None, visit)
    watched.provider.change(watched.provider.intents()[0]["reference"], payment_id="")
    watched.session.execute(update(Payment).values(gateway_reference=None))
    forget_jobs(watched)
    pass_minutes(watched, clock, 37)
    assert watched.status(key) == "cancelled"
    assert watched.status(watched.pay("approve", visit)) == "created"


@pytest.mark.parametrize(("status", "path", "end"), [
    ("authorised", ("created", "authorised"), "captured"),
    ("void_pending", ("created", "authorised", "void_pending"), "voided")])
def test_what_stands_still_is_set_going_again(watched: Till, clock: Clock, status: str, path: tuple[str, ...],
                                              end: str) -> None:
    key = watched.pay()
    for seq, (before, after) in enumerate(itertools.pairwise(path), 2):
        watched.session.execute(text(
            "INSERT INTO payment_events (payment_id, seq, from_status, to_status, at, source) "
            "SELECT payment_id, :seq, :before, :after, at, source FROM payment_events WHERE seq = 1"),
            {"seq": seq, "before": before, "after": after})
    watched.session.execute(update(Payment).values(status=status, steps_count=len(path)))
    forget_jobs(watched)
    pass_minutes(watched, clock, 4)
    assert (watched.status(key), watched.broken()) == (end, [])


def test_a_capture_whose_job_was_given_up_is_done_all_the_same(watched: Till, clock: Clock) -> None:
    key = watched.pay()
    watched.place(key)
    forget_jobs(watched)
    pass_minutes(watched, clock, 4)
    assert (watched.status(key), orders(watched)) == ("captured", ["paid"])


@pytest.mark.parametrize("kind", ["fails", "fails_after", "lost", "too_many"])
def test_a_capture_that_goes_wrong_is_one_capture_in_the_end(watched: Till, clock: Clock, kind: str) -> None:
    """C59: 500 after success, which this provider then answers to the same key for ever."""
    key = watched.pay()
    watched.provider.goes_wrong("capture", kind)
    watched.place(key)
    watched.work("payment.capture")
    assert watched.status(key) == "capturing"
    pass_minutes(watched, clock, 3)
    assert (watched.status(key), orders(watched), watched.broken()) == ("captured", ["paid"], [])
    assert [intent["captures"] for intent in watched.provider.intents()] == [1]


def test_a_void_that_goes_wrong_is_done_in_the_end(watched: Till, clock: Clock) -> None:
    key = watched.pay()
    clock.advance(minutes=36)
    assert watched.place(key).outcome == "lost"
    watched.provider.goes_wrong("void", "fails_after")
    watched.work("payment.void")
    assert watched.status(key) == "void_pending"
    pass_minutes(watched, clock, 3)
    assert (watched.status(key), statuses(watched)) == ("voided", ["cancelled"])


def test_an_intent_whose_answer_was_lost_is_given_up_and_the_next_try_is_another(watched: Till, clock: Clock) -> None:
    """C56, R21: the customer is told, nothing is locked, and no intent is left over."""
    visit = watched.visit()
    watched.provider.goes_wrong("create", "lost")
    with pytest.raises(ProviderDown):
        watched.pay(None, visit)
    assert watched.session.scalars(select(Payment.status)).all() == ["cancelled"]
    again = watched.pay("approve", watched.session.merge(visit))
    assert watched.place(again).outcome == "placed"
    pass_minutes(watched, clock, 3)
    assert (statuses(watched), watched.status(again)) == (["cancelled", "captured"], "captured")
    assert watched.alerts() == []


def test_the_same_key_is_the_same_intent_and_never_another_sum(till: Till) -> None:
    """R21, R22: the answer came too late; asking again with the same key finds it."""
    asked = IntentRequest("p1", 500, "SEK", "Chair", "http://localhost/", "create:p1")
    till.provider.goes_wrong("create", "slow", seconds=1)
    with pytest.raises(GatewayDown):
        till.gateway.create(asked)
    assert till.gateway.create(asked).reference == till.provider.intents()[0]["reference"]
    with pytest.raises(GatewayRefused, match="something else"):
        till.gateway.create(IntentRequest("p1", 900, "SEK", "Chair", "http://localhost/", "create:p1"))
    assert len(till.provider.intents()) == 1


def test_a_slow_provider_keeps_nobody_waiting_in_the_database(till: Till) -> None:
    """C57: no transaction is open while it is asked."""
    key = till.pay()
    till.provider.goes_wrong("fetch", "slow", seconds=0.3)
    asked = till.gateway.fetch
    seen = []

    def fetch(reference: str) -> object:
        seen.append(till.session.in_transaction())
        return asked(reference)

    till.gateway.fetch = fetch  # type: ignore[method-assign, assignment]
    began = time.monotonic()
    assert till.place(key).outcome == "placed"
    assert time.monotonic() - began > 0.3
    assert seen == [False]


def test_no_money_is_taken_while_orders_and_money_do_not_agree(watched: Till, clock: Clock) -> None:
    """e.8, step 8: after I01, I14 or I15 only what was begun stays, until somebody has looked."""
    key = watched.pay()
    alerting.raise_alert(watched.session, "I14", "Money without an order")
    watched.place(key)
    watched.work("payment.capture")
    assert (watched.status(key), statuses(watched)) == ("capturing", ["authorised"])
    alerting.end_alert(watched.session, "I14")
    alerting.raise_alert(watched.session, "I09", "Stock alone")
    pass_minutes(watched, clock, 3)
    assert (watched.status(key), orders(watched)) == ("captured", ["paid"])


def test_a_capture_that_must_be_soon_is_shown_to_a_person_once(watched: Till, clock: Clock) -> None:
    """Step 5: the last moment is the provider's, known since the order was placed."""
    key = watched.pay()
    watched.place(key)
    deadline = watched.session.get_one(Payment, key).capture_before
    assert deadline is not None
    clock.set(deadline)
    clock.advance(hours=-23)
    for _ in range(2):
        sweeping.sweep(watched.session)
    watched.session.commit()
    assert watched.alerts() == ["capture_deadline"]
    assert f"{deadline:%Y-%m-%d}" in watched.session.scalars(select(Alert.text)).one()
    watched.work()
    assert watched.status(key) == "captured"


def test_what_goes_well_is_left_alone(watched: Till, clock: Clock) -> None:
    watched.place(watched.pay())
    watched.work("payment.capture")
    clock.advance(minutes=30)
    assert sweeping.sweep(watched.session) == 0
    assert watched.session.scalar(select(func.count()).select_from(Alert)) == 0


def test_money_that_waits_to_go_back_is_asked_for_again(till: Till, clock: Clock) -> None:
    """The job of a refund died: the sweep sets it going, and the provider knows the key."""
    key = till.pay()
    till.session.execute(update(Payment).values(status="cancelled", steps_count=2))
    till.provider.decide("capture")
    till.receive()
    till.work("provider.event")
    till.session.execute(delete(Job).where(Job.topic == "payment.refund"))
    clock.advance(minutes=3)
    sweeping.sweep(till.session)
    till.work("payment.refund")
    assert till.status(key) == "refunded"
