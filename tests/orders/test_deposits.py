"""An order that is placed by a deposit, and its balance: paid once, and all of it goes back together."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.accounts.models import Staff
from sales_portal.history.models import Event
from sales_portal.links.models import CheckoutLink
from sales_portal.orders import balancing, cancelling, invariants, jobs, placing, refunding, undone
from sales_portal.orders.errors import BalanceNotDue
from sales_portal.orders.models import Order
from sales_portal.orders.undo_models import Refund
from sales_portal.outbox import waking
from sales_portal.outbox.loop import Loop
from sales_portal.outbox.models import Job
from sales_portal.payments import methods
from sales_portal.payments.errors import PaymentRunning, ProviderDown
from sales_portal.payments.gateway import GatewayDown, Intent, IntentRequest
from sales_portal.payments.models import Payment, TestIntent
from sales_portal.payments.starting import Started
from sales_portal.payments.test_gateway import TestGateway
from sales_portal.sites.methods import BANK_TRANSFER, CARD, INVOICE, Method
from tests import make
from tests.orders.after import wish

WAIT_SECONDS = 60
TOTAL, DEPOSIT = 276_900, 83_070
BALANCE = TOTAL - DEPOSIT
Work = Callable[..., None]


@pytest.fixture
def work(session: Session) -> Work:
    """Does every job of this rung that is due, with the provider it is given."""
    sessions = sessionmaker(session.get_bind())

    def run(gateway: TestGateway | None = None) -> None:
        session.commit()
        there = {**make.gateways(session), **({"test": gateway} if gateway is not None else {})}
        Loop(sessions, jobs.handlers(sessions, there)).run_once()
        session.expire_all()

    return run


def place(session: Session, key: int) -> placing.Placing:
    return placing.place_order(session, key, make.gateways(session), source="customer")


def deposited(session: Session, shop: make.Shop, method: Method = CARD, **terms: object) -> Order:
    """An order placed by a deposit of 30 %, whose money is taken where the method does so at once."""
    chosen = make.selection(session, shop, {shop.chair: 2, shop.bag: 1})
    linked = make.link(session, chosen, **({"deposit_percent": 30_000} | terms))
    return make.order(session, linked, method=method)


def start(session: Session, order: Order) -> Started:
    return balancing.start_balance(session, order, make.gateways(session), return_url="http://localhost/return")


def pay_balance(session: Session, order: Order, decision: str = "approve") -> placing.Placing:
    started = start(session, order)
    make.decide(session, started.redirect_url, decision)
    return place(session, started.payment_id)


def standing(session: Session, order: Order) -> tuple[str, int]:
    session.rollback()
    session.expire_all()
    return order.status, order.outstanding_amount


def payments_of(session: Session) -> list[tuple[str, int, str, int]]:
    """Purpose, amount, status and what went back of each payment, in their order."""
    session.rollback()
    columns = (Payment.purpose, Payment.amount, Payment.status, Payment.refunded_amount)
    return [tuple(row) for row in session.execute(select(*columns).order_by(Payment.id))]  # type: ignore[misc]


def broken(session: Session) -> list[str]:
    session.rollback()
    return [str(one) for one in invariants.find_violations(session) if one.invariant.code != "I26"]


def test_the_deposit_places_the_order_and_the_rest_is_outstanding(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    assert payments_of(session) == [("deposit", DEPOSIT, "capturing", 0)]
    assert (standing(session, order), broken(session)) == (("placed", BALANCE), [])
    work()
    assert payments_of(session) == [("deposit", DEPOSIT, "captured", 0)]
    assert (standing(session, order), broken(session)) == (("placed", BALANCE), [])
    assert undone.marks_of(session, [order.id]) == {order.id: frozenset({"balance_due"})}
    assert session.scalars(select(Event.data["left"].as_integer()).where(
        Event.name == "order.deposit_paid")).all() == [BALANCE]


@pytest.mark.parametrize("method", [CARD, BANK_TRANSFER])
def test_the_balance_makes_the_order_paid(
        session: Session, kept_shop: make.Shop, work: Work, method: Method) -> None:
    order = deposited(session, kept_shop, method)
    work()
    made = pay_balance(session, order)
    assert (made.outcome, made.order_id, broken(session)) == ("placed", order.id, [])
    work()
    assert payments_of(session) == [("deposit", DEPOSIT, "captured", 0), ("balance", BALANCE, "captured", 0)]
    assert (standing(session, order), broken(session)) == (("paid", 0), [])
    assert session.scalars(select(Job.dedupe).where(Job.topic == "order.receipt")).all() == ["balance"]
    assert undone.marks_of(session, [order.id]) == {order.id: frozenset()}
    with pytest.raises(BalanceNotDue):
        start(session, order)


def test_a_link_that_is_used_up_and_over_still_takes_its_balance(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    session.get_one(CheckoutLink, order.link_id).expires_at = order.placed_at + timedelta(microseconds=1)
    assert pay_balance(session, order).outcome == "placed"


def test_before_the_deposit_is_here_nothing_more_is_asked(session: Session, kept_shop: make.Shop) -> None:
    order = deposited(session, kept_shop)
    with pytest.raises(BalanceNotDue):
        start(session, order)


def test_an_order_paid_whole_has_no_balance(session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop, deposit_percent=None)
    work()
    assert standing(session, order) == ("paid", 0)
    with pytest.raises(BalanceNotDue):
        start(session, order)


def test_a_deposit_that_is_no_part_of_what_it_came_to_is_all_of_it(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    """The customer may take less than was offered: then nothing is left for later."""
    chosen = make.selection(session, kept_shop, {kept_shop.chair: 2})
    linked = make.link(session, chosen, deposit_percent=None, deposit_amount=1000)
    linked.link.deposit_amount = 10_000_000
    order = make.order(session, linked)
    work()
    assert standing(session, order) == ("paid", 0)
    assert [row[0] for row in payments_of(session)] == ["full"]


def test_a_declined_balance_can_be_tried_again(session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    assert pay_balance(session, order, "decline").outcome == "declined"
    assert balancing.stand_of(session, order) == balancing.Standing("due", DEPOSIT, "declined")
    assert pay_balance(session, order).outcome == "placed"
    assert balancing.stand_of(session, order).state == "running"
    with pytest.raises(PaymentRunning):
        start(session, order)


def test_the_same_press_twice_is_the_same_payment(session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    assert start(session, order) == start(session, order)
    assert session.scalar(select(func.count()).select_from(TestIntent)) == 2


class Gated(TestGateway):
    """A provider that lets nobody through until both tabs are there, or one came alone and waited long enough."""

    barrier: threading.Barrier

    def create(self, request: IntentRequest) -> Intent:
        with suppress(threading.BrokenBarrierError):
            self.barrier.wait(2)
        return super().create(request)


@pytest.mark.parametrize("turn", range(2))
def test_two_tabs_that_pay_at_once_are_charged_once(
        session: Session, portals_engine: Engine, kept_shop: make.Shop, work: Work, turn: int) -> None:
    """Forced: both stand before the provider with their promise made, and both come back at once."""
    order = deposited(session, kept_shop)
    work()
    gated = Gated(portals_engine, "http://localhost")
    gated.barrier = threading.Barrier(2)
    order_id, answers = order.id, dict[int, Started | Exception]()
    session.rollback()

    def press(place: int) -> None:
        with Session(portals_engine) as own:
            try:
                answers[place] = balancing.start_balance(
                    own, own.get_one(Order, order_id), {"test": gated}, return_url="http://localhost/return")
            except Exception as refusal:
                answers[place] = refusal

    _at_once(press)
    first = answers[0]
    assert isinstance(first, Started)
    assert answers[1] == first
    make.decide(session, first.redirect_url, "approve")
    outcomes: dict[int, str] = {}

    def come_back(place: int) -> None:
        with Session(portals_engine) as own:
            outcomes[place] = placing.place_order(own, first.payment_id, {"test": gated}, source="customer").outcome

    _at_once(come_back)
    assert sorted(outcomes.values()) == ["already", "placed"]
    work()
    assert payments_of(session) == [("deposit", DEPOSIT, "captured", 0), ("balance", BALANCE, "captured", 0)]
    assert (standing(session, order), broken(session)) == (("paid", 0), [])


def _at_once(act: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=act, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)


def test_a_payment_given_up_that_is_confirmed_late_pays_nothing_twice(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    """The first attempt is given up, the second pays, and then the customer says yes to the first."""
    order = deposited(session, kept_shop, BANK_TRANSFER)
    first = start(session, order)
    placing.cancel_unfinished(session, first.payment_id, source="worker")
    session.commit()
    assert pay_balance(session, order).outcome == "placed"
    make.decide(session, first.redirect_url, "approve")
    waking.wake(session, "payment.resolve", (Payment.__tablename__, first.payment_id))
    work()
    assert payments_of(session)[1:] == [
        ("balance", BALANCE, "refunded", BALANCE), ("balance", BALANCE, "captured", 0)]
    assert (standing(session, order), broken(session)) == (("paid", 0), [])


def cancel(session: Session, order: Order) -> None:
    person = session.get_one(Staff, order.agent_id)
    cancelling.ask_cancellation(session, order.id, "customer", "", person=person, may_decide=True)
    session.commit()


@pytest.mark.parametrize("is_paid_whole", [False, True])
def test_cancelled_all_that_was_taken_goes_back(
        session: Session, kept_shop: make.Shop, work: Work, is_paid_whole: bool) -> None:
    order = deposited(session, kept_shop)
    work()
    if is_paid_whole:
        pay_balance(session, order)
        work()
    cancel(session, order)
    assert broken(session) == []
    work()
    back = [("deposit", DEPOSIT, "refunded", DEPOSIT), ("balance", BALANCE, "refunded", BALANCE)]
    assert payments_of(session) == (back if is_paid_whole else back[:1])
    assert (standing(session, order)[0], broken(session)) == ("cancelled", [])


def test_cancelled_while_the_balance_is_being_taken_that_is_given_up(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    pay_balance(session, order)
    cancel(session, order)
    work()
    assert payments_of(session) == [("deposit", DEPOSIT, "refunded", DEPOSIT), ("balance", BALANCE, "voided", 0)]
    assert (standing(session, order), broken(session)) == (("cancelled", BALANCE), [])


@pytest.mark.parametrize("method", [CARD, BANK_TRANSFER])
def test_a_balance_confirmed_after_the_order_was_cancelled_is_not_kept(
        session: Session, kept_shop: make.Shop, work: Work, method: Method) -> None:
    order = deposited(session, kept_shop, method)
    work()
    started = start(session, order)
    cancel(session, order)
    make.decide(session, started.redirect_url, "approve")
    assert place(session, started.payment_id).outcome == "lost"
    work()
    last = payments_of(session)[-1]
    assert last == (("balance", BALANCE, "voided", 0) if method is CARD else ("balance", BALANCE, "refunded", BALANCE))
    assert broken(session) == []


def test_a_balance_the_bank_no_longer_gives_stays_due(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    made = pay_balance(session, order)
    cancelling.fail_capture(session, session.scalars(select(Payment.id).where(Payment.purpose == "balance")).one())
    session.commit()
    assert made.order_id == order.id
    assert (standing(session, order), broken(session)) == (("placed", BALANCE), [])
    assert balancing.stand_of(session, order) == balancing.Standing("due", DEPOSIT, "capture_failed")
    assert pay_balance(session, order).outcome == "placed"


def test_a_refund_takes_from_the_balance_first_and_then_from_the_deposit(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    pay_balance(session, order)
    work()
    ask(session, order, 1000, TOTAL)
    work()
    assert [row[3] for row in payments_of(session)] == [0, 1000]
    ask(session, order, BALANCE, TOTAL - 1000)
    work()
    assert [row[3] for row in payments_of(session)] == [1000, BALANCE]
    assert session.scalars(select(Refund.amount).order_by(Refund.id)).all() == [1000, BALANCE - 1000, 1000]
    assert (standing(session, order), broken(session)) == (("paid", 0), [])


def ask(session: Session, order: Order, amount: int, left: int) -> None:
    person = session.get_one(Staff, order.agent_id)
    refunding.ask_refund(session, order.id, wish(amount, left), person=person, may_decide=True)
    session.commit()


def test_a_part_of_the_deposit_may_go_back_and_the_rest_stays_due(
        session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    ask(session, order, 500, DEPOSIT)
    assert broken(session) == []
    work()
    assert (standing(session, order), broken(session)) == (("placed", BALANCE), [])
    assert pay_balance(session, order).outcome == "placed"


def test_a_link_with_a_deposit_is_not_paid_by_invoice(session: Session, kept_shop: make.Shop) -> None:
    kept_shop.site.payment_methods = f"{INVOICE.slug} {CARD.slug}"
    chosen = make.selection(session, kept_shop, {kept_shop.chair: 1})
    plain, asked = make.link(session, chosen), make.link(session, chosen, deposit_amount=1000)
    there = make.gateways(session)
    assert [way.slug for way in methods.offered(plain.link, there)] == [INVOICE.slug, CARD.slug]
    assert [way.slug for way in methods.offered(asked.link, there)] == [CARD.slug]


def test_a_silent_provider_leaves_the_order_as_it_is(session: Session, kept_shop: make.Shop, work: Work) -> None:
    order = deposited(session, kept_shop)
    work()
    silent = Silent(make.gateway(session)._engine, "http://localhost")
    with pytest.raises(ProviderDown):
        balancing.start_balance(session, order, {"test": silent}, return_url="/")
    assert (standing(session, order), broken(session)) == (("placed", BALANCE), [])
    assert pay_balance(session, order).outcome == "placed"


class Silent(TestGateway):
    """A provider nobody can reach."""

    def create(self, request: IntentRequest) -> Intent:
        raise GatewayDown
