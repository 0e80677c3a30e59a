"""Money goes back: in parts or whole, never more than was taken, and once however often it is pressed."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid
from sales_portal.history.models import Event
from sales_portal.orders import cancelling, refunding
from sales_portal.orders.errors import NothingToRefund, RefundChanged, RefundOpen
from sales_portal.orders.undo_models import Refund
from sales_portal.outbox.models import Job
from sales_portal.payments.gateway import GatewayDown, GatewayRefused, Intent
from sales_portal.payments.models import Payment, PaymentEvent, TestIntent
from sales_portal.payments.test_gateway import TestGateway
from tests import make
from tests.harness.time import Clock
from tests.orders import after
from tests.orders.after import TOTAL, World


def test_a_part_goes_back_by_a_job_and_the_rest_stays(session: Session, paid: World) -> None:
    made = after.refund(session, paid, 50_000)
    assert (made.status, after.payment_of(session, paid).status) == ("pending", "refund_pending")
    assert after.refunded_at_provider(session) == 0
    after.work(session)()
    payment = after.payment_of(session, paid)
    assert (payment.status, payment.refunded_amount) == ("captured", 50_000)
    assert (session.get_one(Refund, made.id).status, after.refunded_at_provider(session)) == ("done", 50_000)
    assert after.status_of(session, paid) == "paid"


def test_a_whole_refund_ends_the_payment_and_leaves_the_order(session: Session, paid: World) -> None:
    after.refund(session, paid, TOTAL)
    after.work(session)()
    payment = after.payment_of(session, paid)
    assert (payment.status, payment.refunded_amount) == ("refunded", TOTAL)
    assert after.status_of(session, paid) == "paid"
    after.assert_stock_is_its_ledger(session, is_given_back=False)
    with pytest.raises(NothingToRefund):
        after.refund(session, paid, 1, 0)


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate],
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.integers(1, TOTAL), min_size=3, max_size=3))
def test_three_parts_and_the_rest_are_exactly_what_was_taken(
        session: Session, paid: World, parts: list[int]) -> None:
    """M165: the sum of refunds is never above what was captured, and ends on it."""
    _begin_again(session)
    work, left = after.work(session), TOTAL
    for part in parts:
        if part > left:
            with pytest.raises(Invalid):
                after.refund(session, paid, part, left)
            session.rollback()
            continue
        after.refund(session, paid, part, left)
        work()
        left -= part
        assert after.payment_of(session, paid).refunded_amount == TOTAL - left == after.refunded_at_provider(session)
        if not left:
            break
    if left:
        after.refund(session, paid, left, left)
        work()
    assert after.payment_of(session, paid).status == "refunded"
    assert after.refunded_at_provider(session) == TOTAL


def _begin_again(session: Session) -> None:
    """Each example of hypothesis finds the money taken and nothing given back."""
    session.rollback()
    session.execute(update(Refund).values(status="failed", finished_at=Refund.asked_at))
    session.execute(update(Payment).values(status="captured", refunded_amount=0))
    for intent in session.scalars(select(TestIntent)):
        intent.details = {}
    session.commit()


def test_the_same_page_sent_twice_is_one_refund(session: Session, paid: World) -> None:
    """R34 one after the other: the second manager's page says more is left than is."""
    after.refund(session, paid, 50_000)
    with pytest.raises(RefundOpen):
        after.refund(session, paid, 50_000)
    session.rollback()
    after.work(session)()
    with pytest.raises(RefundChanged):
        after.refund(session, paid, 50_000)
    session.rollback()
    assert after.refunded_at_provider(session) == 50_000


@pytest.mark.parametrize(("changes", "field"), [
    ({"amount": 0}, "amount"), ({"amount": TOTAL + 1}, "amount"), ({"amount": -5}, "amount"),
    ({"amount": 5, "reason": "whim"}, "reason"), ({"amount": 5, "reason": "cancelled"}, "reason"),
    ({"amount": 5, "reason": "no_order"}, "reason"),
    ({"amount": 5, "reason": "other"}, "note"), ({"amount": 5, "note": "x" * 501}, "note"),
    ({"amount": 5, "items": {1: 3}}, "pieces-1"), ({"amount": 5, "items": {1: 0}}, "pieces-1"),
    ({"amount": 5, "items": {3: 1}}, "pieces-3"), ({"amount": 5, "items": {9: 1}}, "pieces-9")])
def test_what_cannot_be_given_back_is_refused_by_field(
        session: Session, paid: World, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        after.refund(session, paid, **changes)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_pieces_are_given_back_once(session: Session, paid: World) -> None:
    after.refund(session, paid, 1000, items={1: 2})
    after.work(session)()
    with pytest.raises(Invalid, match="up to 0"):
        after.refund(session, paid, 1000, TOTAL - 1000, items={1: 1})


def test_pieces_of_a_refund_that_failed_are_still_there(session: Session, paid: World) -> None:
    after.refund(session, paid, 1000, items={1: 2})
    after.work(session, silent(session, GatewayRefused("account closed")))()
    assert after.refund(session, paid, 1000, items={1: 2}).status == "pending"


def test_one_piece_of_two_goes_back(session: Session, paid: World) -> None:
    assert after.refund(session, paid, 1000, items={1: 1}).items == [[1, 1]]


def test_pieces_are_those_of_this_order(session: Session, paid: World) -> None:
    shop = paid.shop
    make.order(session, make.link(session, make.selection(session, shop, {shop.chair: 1, shop.bag: 1, shop.cap: 1})))
    with pytest.raises(Invalid, match="up to 0"):
        after.refund(session, paid, 1000, items={3: 1})


def test_pieces_of_another_order_that_went_back_are_no_pieces_of_this_one(session: Session, paid: World) -> None:
    other = after.world(session, paid.shop)
    after.work(session)()
    after.refund(session, other, 1000, items={1: 2})
    after.work(session)()
    assert after.refund(session, paid, 1000, items={1: 2}).items == [[1, 2]]


def test_a_note_may_be_as_long_as_it_says(session: Session, paid: World) -> None:
    assert after.refund(session, paid, 1000, note="x" * 500).note == "x" * 500


def test_of_a_cancelled_order_all_that_is_left_goes_back_and_no_part_of_it(session: Session, paid: World) -> None:
    cancelling.ask_cancellation(session, paid.order_id, "customer", "", person=paid.erik, may_decide=True)
    after.work(session, silent(session, GatewayRefused("account closed")))()
    assert session.scalars(select(Refund.status)).all() == ["failed"]
    with pytest.raises(Invalid, match="all that is left goes back"):
        after.refund(session, paid, TOTAL - 1)
    session.rollback()
    after.refund(session, paid, TOTAL)
    after.work(session)()
    assert after.refunded_at_provider(session) == TOTAL


def test_money_the_provider_kept_of_a_cancelled_order_stays_on_its_way_back(session: Session, paid: World) -> None:
    """Nobody may keep it, so that no step leads back; of an order that stands the payment is captured as before."""
    after.refund(session, paid, 900)
    after.work(session, silent(session, GatewayRefused("account closed")))()
    steps = select(PaymentEvent.to_status, PaymentEvent.source).order_by(PaymentEvent.seq.desc())
    assert session.execute(steps).first() == ("captured", "worker")
    cancelling.ask_cancellation(session, paid.order_id, "customer", "", person=paid.erik, may_decide=True)
    after.work(session, silent(session, GatewayRefused("account closed")))()
    assert after.payment_of(session, paid).status == "refund_pending"


def test_an_open_refund_of_another_order_is_no_hindrance(session: Session, paid: World) -> None:
    other = after.world(session, paid.shop)
    after.work(session)()
    after.refund(session, other, 900)
    assert after.refund(session, paid, 900).status == "pending"


def test_before_the_money_is_taken_there_is_nothing_to_give_back(session: Session, kept_shop: make.Shop) -> None:
    placed = after.world(session, kept_shop)
    with pytest.raises(NothingToRefund):
        after.refund(session, placed, 100)


@pytest.mark.parametrize("values", [
    "amount = 0", "currency = 'EUR'", "status = 'whim'", "reason = 'whim'", "status = 'done'"])
def test_the_database_refuses_what_is_no_refund(session: Session, paid: World, values: str) -> None:
    after.refund(session, paid, 900)
    with pytest.raises(IntegrityError):
        session.execute(text(f"UPDATE refunds SET {values}"))


def test_a_payment_has_one_open_refund(session: Session, paid: World) -> None:
    after.refund(session, paid, 900)
    with pytest.raises(IntegrityError):
        session.execute(text(
            "INSERT INTO refunds (payment_id, amount, currency, reason, note, items, status, failure, "
            "idempotency_key, asked_at) SELECT payment_id, amount, currency, reason, note, items, status, failure, "
            "'another', asked_at FROM refunds"))


class Silent(TestGateway):
    """A provider that first answers with trouble: it gave money back and its answer is lost, or it refuses."""

    answers: list[Exception]

    def refund(self, reference: str, amount: int, idempotency_key: str) -> Intent:
        trouble = self.answers.pop(0) if self.answers else None
        if isinstance(trouble, GatewayRefused):
            raise trouble
        intent = super().refund(reference, amount, idempotency_key)
        if trouble is not None:
            raise trouble
        return intent


def silent(session: Session, *answers: Exception) -> Silent:
    made = Silent(make.gateway(session)._engine, "http://localhost")
    made.answers = list(answers)
    return made


def test_a_lost_answer_is_asked_again_by_the_same_key(session: Session, paid: World, clock: Clock) -> None:
    made = after.refund(session, paid, 50_000)
    work = after.work(session, silent(session, GatewayDown("lost")))
    work()
    assert (session.get_one(Refund, made.id).status, after.refunded_at_provider(session)) == ("pending", 50_000)
    clock.advance(seconds=60)
    work()
    assert (session.get_one(Refund, made.id).status, after.refunded_at_provider(session)) == ("done", 50_000)
    assert after.payment_of(session, paid).refunded_amount == 50_000


def test_a_refusal_of_the_provider_is_told_and_can_be_tried_again(session: Session, paid: World) -> None:
    made = after.refund(session, paid, 50_000)
    after.work(session, silent(session, GatewayRefused("account closed")))()
    failed, payment = session.get_one(Refund, made.id), after.payment_of(session, paid)
    assert (failed.status, failed.failure) == ("failed", "account closed")
    assert (payment.status, payment.refunded_amount) == ("captured", 0)
    assert "refund.failed" in session.scalars(select(Event.name)).all()
    assert after.refund(session, paid, 50_000).status == "pending"


def test_settling_twice_counts_once(session: Session, paid: World) -> None:
    made = after.refund(session, paid, 50_000)
    for _ in range(2):
        refunding.settle_refund(session, made.id)
        session.commit()
    assert after.payment_of(session, paid).refunded_amount == 50_000
    assert session.scalars(select(Job.topic).where(Job.topic == "order.refunded")).all() == ["order.refunded"]


def test_every_step_is_written_down(session: Session, paid: World) -> None:
    after.refund(session, paid, 900)
    after.work(session)()
    told = session.scalars(select(Event).where(Event.name.in_(("refund.approved", "order.refunded")))
                           .order_by(Event.id)).all()
    assert [(event.actor_name, event.subject_id, event.context_type) for event in told] == [
        ("Erik Holm", paid.order_id, "checkout_links")] * 2
    assert (told[1].data["amount"], told[1].data["left"], told[1].data["currency"]) == (900, TOTAL - 900, "SEK")
    steps = session.execute(select(PaymentEvent.to_status, PaymentEvent.source).order_by(PaymentEvent.seq)).all()
    assert steps[-2:] == [("refund_pending", "staff"), ("captured", "worker")]


def test_the_test_provider_gives_back_once_by_key_and_never_too_much(session: Session, paid: World) -> None:
    gateway, reference = make.gateway(session), session.scalars(select(TestIntent.reference)).one()
    session.commit()
    assert gateway.refund(reference, 900, "a").refunded_amount == 900
    assert gateway.refund(reference, 900, "a").refunded_amount == 900
    for amount in (TOTAL, 0, -1):
        with pytest.raises(GatewayRefused):
            gateway.refund(reference, amount, "b")
    assert gateway.refund(reference, TOTAL - 900, "b").refunded_amount == TOTAL
