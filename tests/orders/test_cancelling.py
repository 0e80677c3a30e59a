"""An order ends once: its stock goes back once, and its money is given up or given back, never both."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.history.models import Event
from sales_portal.inventory.models import Stock
from sales_portal.links.models import CheckoutLink
from sales_portal.orders import cancelling, jobs, placing, refunding
from sales_portal.orders.errors import CancellationOpen, CannotCancel, OwnRequest, RefundOpen
from sales_portal.orders.models import Order, Subscription
from sales_portal.orders.undo_models import Refund
from sales_portal.outbox.models import Job
from sales_portal.payments.gateway import Intent
from sales_portal.payments.models import Payment, TestIntent
from sales_portal.payments.test_gateway import TestGateway
from sales_portal.selections import lines
from sales_portal.selections.models import SelectionLine
from tests import make
from tests.orders import after
from tests.orders.after import TOTAL, World, cancel, wish


@pytest.fixture
def world(session: Session, kept_shop: make.Shop) -> World:
    """The order, placed and not paid yet."""
    return after.world(session, kept_shop)


def intents(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(TestIntent.status)))


def test_before_the_capture_the_authorisation_is_given_up(session: Session, world: World) -> None:
    cancel(session, world)
    assert (after.status_of(session, world), after.payment_of(session, world).status) == ("cancelled", "void_pending")
    after.work(session)()
    assert (after.payment_of(session, world).status, intents(session)) == ("voided", ["cancelled"])
    assert session.scalars(select(Refund)).all() == []
    after.assert_stock_is_its_ledger(session, is_given_back=True)


def test_after_the_capture_all_that_is_left_goes_back(session: Session, world: World) -> None:
    work = after.work(session)
    work()
    refunding.ask_refund(session, world.order_id, wish(900), person=world.erik, may_decide=True)
    work()
    cancel(session, world)
    work()
    payment = after.payment_of(session, world)
    assert (payment.status, payment.refunded_amount) == ("refunded", TOTAL)
    assert session.scalars(select(Refund.amount).order_by(Refund.id)).all() == [900, TOTAL - 900]
    assert after.status_of(session, world) == "cancelled"
    after.assert_stock_is_its_ledger(session, is_given_back=True)


def test_what_was_taken_while_it_was_given_up_goes_back(session: Session, world: World) -> None:
    """R27 where the capture comes first: the provider refuses to void, and the answer to that is a refund."""
    cancel(session, world)
    gateway = make.gateway(session)
    gateway.capture(after.payment_of(session, world).gateway_reference or "", "capture:late")
    after.work(session)()
    payment = after.payment_of(session, world)
    assert (payment.status, payment.captured_amount, payment.refunded_amount) == ("refunded", TOTAL, TOTAL)
    assert make.gateway(session).fetch(payment.gateway_reference or "").refunded_amount == TOTAL
    after.assert_stock_is_its_ledger(session, is_given_back=True)


class Gated(TestGateway):
    """A provider whose capture does `meanwhile` before it takes the money, or after it took it."""

    meanwhile: Callable[[], object]
    is_late: bool

    def capture(self, reference: str, idempotency_key: str) -> Intent:
        if self.is_late:
            intent = super().capture(reference, idempotency_key)
            self.meanwhile()
            return intent
        self.meanwhile()
        return super().capture(reference, idempotency_key)


@pytest.mark.parametrize("is_late", [False, True])
@pytest.mark.parametrize("is_voided_at_once", [False, True])
def test_a_cancellation_while_the_capture_job_runs_ends_in_one_of_both(
        session: Session, world: World, is_late: bool, is_voided_at_once: bool) -> None:
    """R27, forced: the manager cancels, and the void perhaps runs, while the worker stands inside the capture."""
    gated = Gated(make.gateway(session)._engine, "http://localhost")
    others = sessionmaker(session.get_bind())

    def meanwhile() -> None:
        with others() as own:
            cancelling.ask_cancellation(own, world.order_id, "customer", "",
                                        person=own.merge(world.erik, load=False), may_decide=True)
            own.commit()
            if is_voided_at_once:
                after.work(own)()

    gated.is_late, gated.meanwhile = is_late, meanwhile
    session.commit()
    after.work(session, gated)()
    gated.meanwhile = lambda: None
    for _ in range(2):
        after.work(session)()
    payment = after.payment_of(session, world)
    taken = payment.captured_amount
    assert (payment.status, taken, payment.refunded_amount) in (("voided", 0, 0), ("refunded", TOTAL, TOTAL))
    assert intents(session) == ["captured" if taken else "cancelled"]
    assert after.status_of(session, world) == "cancelled"
    after.assert_stock_is_its_ledger(session, is_given_back=True)


def test_an_order_that_cost_nothing_is_cancelled_too(session: Session, kept_shop: make.Shop) -> None:
    plan = make.offer(session, trial_days=14, prices={kept_shop.pricelist: 9_900})
    made = after.world(session, kept_shop)
    order = make.order(session, make.link(session, make.selection(session, kept_shop, {plan: 1})))
    free = World(kept_shop, order.id, made.erik, made.eva)
    cancel(session, free)
    assert after.status_of(session, free) == "cancelled"
    assert session.scalars(select(Subscription.status)).all() == ["lapsed"]


def test_only_the_subscriptions_of_the_order_end_with_it(session: Session, kept_shop: make.Shop) -> None:
    plan = make.offer(session, trial_days=14, prices={kept_shop.pricelist: 9_900})
    made = after.world(session, kept_shop)
    orders = [make.order(session, make.link(session, make.selection(session, kept_shop, {plan: 1}))) for _ in range(2)]
    cancel(session, World(kept_shop, orders[0].id, made.erik, made.eva))
    statuses = session.scalars(select(Subscription.status).order_by(Subscription.order_id)).all()
    assert statuses == ["lapsed", "trialing"]


def test_the_link_stays_used_up(session: Session, world: World) -> None:
    cancel(session, world)
    link = session.scalars(select(CheckoutLink)).one()
    assert (link.status, link.orders_count) == ("consumed", 1)


def test_pieces_that_were_never_taken_do_not_come_back(session: Session, kept_shop: make.Shop) -> None:
    kept_shop.market.backorder_weeks = 3
    selection = make.selection(session, kept_shop, {kept_shop.cap: 4})
    [line] = session.scalars(select(SelectionLine).where(SelectionLine.selection_id == selection.id)).all()
    lines.allow_backorder(session, selection, line.id, by=kept_shop.agent.actor)
    order = make.order(session, make.link(session, selection))
    made = World(kept_shop, order.id, make.staff(session, site=kept_shop.site, role="manager"), kept_shop.agent)
    session.commit()
    of_caps = select(Stock.on_hand).where(Stock.variant_id == kept_shop.cap.id)
    assert session.scalars(of_caps).one() == 0
    cancel(session, made)
    after.assert_stock_is_its_ledger(session, is_given_back=True)
    assert session.scalars(of_caps).one() == 1


def test_nothing_is_cancelled_twice_or_after_it_was_fulfilled(session: Session, world: World) -> None:
    session.get_one(Order, world.order_id).status = "fulfilled"
    session.commit()
    with pytest.raises(CannotCancel, match="fulfilled"):
        cancel(session, world)
    session.rollback()
    session.get_one(Order, world.order_id).status = "placed"
    session.commit()
    cancel(session, world)
    with pytest.raises(CannotCancel, match="cancelled"):
        cancel(session, world)


def test_an_agent_asks_and_somebody_else_agrees(session: Session, world: World) -> None:
    asked = cancel(session, world, may_decide=False)
    assert (asked.status, after.status_of(session, world)) == ("asked", "placed")
    with pytest.raises(CancellationOpen):
        cancel(session, world)
    session.rollback()
    cancelling.agree(session, asked, person=world.erik)
    session.commit()
    assert (asked.status, asked.decided_by_id) == ("done", world.erik.id)
    assert after.status_of(session, world) == "cancelled"


def test_much_money_needs_a_second_person(session: Session, world: World) -> None:
    world.shop.site.refund_limits = {"SEK": TOTAL - 1}
    session.commit()
    asked = cancel(session, world)
    assert asked.status == "asked"
    with pytest.raises(OwnRequest):
        cancelling.agree(session, asked, person=world.erik)
    session.rollback()
    assert session.scalars(select(Job.topic).where(Job.topic == cancelling.ANSWERED)).all() == []
    cancelling.refuse(session, asked, person=world.eva)
    session.commit()
    assert (asked.status, after.status_of(session, world)) == ("refused", "placed")
    assert session.scalars(select(Job.topic).where(Job.topic == cancelling.ANSWERED)).all() == [cancelling.ANSWERED]
    assert session.scalars(select(Job.topic).where(Job.topic == cancelling.ASKED)).all() == [cancelling.ASKED]
    told = session.scalars(select(Event).where(Event.name == "cancellation.refused")).one()
    assert (told.actor_name, told.subject_id) == ("Eva Berg", world.order_id)


def test_who_takes_it_back_themselves_is_not_told(session: Session, world: World) -> None:
    asked = cancel(session, world, may_decide=False)
    cancelling.refuse(session, asked, person=world.maria)
    session.commit()
    assert session.scalars(select(Job.topic).where(Job.topic == cancelling.ANSWERED)).all() == []


def test_a_refund_under_way_comes_first(session: Session, world: World) -> None:
    after.work(session)()
    refunding.ask_refund(session, world.order_id, wish(900), person=world.erik, may_decide=True)
    session.commit()
    with pytest.raises(RefundOpen):
        cancel(session, world)


def test_a_cancelled_order_still_answers_the_customer_who_comes_back(session: Session, world: World) -> None:
    cancel(session, world)
    key = after.payment_of(session, world).id
    placed = placing.place_order(session, key, {"test": make.gateway(session)}, source="customer")
    assert placed == placing.Placing("already", world.order_id)


def test_the_jobs_have_nothing_to_do_where_somebody_was_quicker(session: Session, world: World) -> None:
    cancel(session, world)
    session.commit()
    handlers = jobs.handlers(sessionmaker(session.get_bind()), {"test": make.gateway(session)})
    capture = session.scalars(select(Job).where(Job.topic == "payment.capture")).one()
    assert handlers["payment.capture"](session, capture) is None
    assert session.scalars(select(Payment.status)).all() == ["void_pending"]
