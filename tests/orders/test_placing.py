"""T1: one order for one authorised payment, or the money is given back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sales_portal.checkout import queries as visits
from sales_portal.checkout import service as checkout
from sales_portal.checkout.models import CheckoutSession
from sales_portal.customers.models import CustomerPurchase
from sales_portal.history.models import Event
from sales_portal.inventory import service as inventory
from sales_portal.inventory.models import Stock, StockMove
from sales_portal.links import queries as link_queries
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink
from sales_portal.orders import placing, queries
from sales_portal.orders.models import Order, OrderLine
from sales_portal.orders.placing import Placing
from sales_portal.outbox.models import Job
from sales_portal.payments.models import Payment, TestIntent
from sales_portal.selections.models import Selection
from tests import make
from tests.harness.counting import count_on
from tests.harness.time import Clock


@pytest.fixture
def shop(kept_shop: make.Shop) -> make.Shop:
    return kept_shop


def place(session: Session, payment_id: int) -> Placing:
    return placing.place_order(session, payment_id, {"test": make.gateway(session)}, source="customer")


def linked_chair(session: Session, shop: make.Shop, quantity: int = 1, **terms: object) -> make.Linked:
    return make.link(session, make.selection(session, shop, {shop.chair: quantity, shop.bag: 1}), **terms)


def take_two(session: Session, linked: make.Linked, visit: CheckoutSession) -> None:
    """What the customer does in another tab."""
    visits.load_lines(session, visit)
    checkout.set_quantity(session, visit, link_queries.lock_link(session, linked.link.id), 1, 2)
    session.commit()


def test_an_approved_payment_becomes_one_order_with_everything_that_follows(session: Session, shop: make.Shop) -> None:
    """A-41."""
    linked = linked_chair(session, shop, 2)
    key = make.payment(session, make.visit(session, linked))
    placed = place(session, key)
    order = session.scalars(select(Order)).one()
    assert placed == Placing("placed", order.id)
    assert (order.status, order.total_amount, order.email) == ("placed", 276_900, "anna@example.com")
    lines = session.scalars(select(OrderLine).order_by(OrderLine.line_no)).all()
    assert sum(line.line_amount for line in lines) == order.total_amount
    assert [line.kind for line in lines] == ["item", "item", "shipping"]
    assert session.scalars(select(Stock.on_hand).where(Stock.variant_id == shop.chair.id)).one() == 12
    assert session.scalars(select(StockMove.delta).where(StockMove.order_id == order.id)
                           .order_by(StockMove.line_no)).all() == [-2, -1]
    link = session.get_one(CheckoutLink, linked.link.id)
    assert (link.status, link.orders_count, link.progress) == ("consumed", 1, "paid")
    assert session.scalars(select(Payment.status)).all() == ["capturing"]
    assert set(session.scalars(select(Job.topic))) == {"payment.resolve", "payment.capture", "order.placed"}
    assert session.scalars(select(Selection.status)).all() == ["won"]
    assert len(session.scalars(select(CustomerPurchase)).all()) == 2
    assert session.scalars(select(Event.name).where(Event.name == "order.placed")).all() == ["order.placed"]


def test_placing_again_answers_the_same_order(session: Session, shop: make.Shop) -> None:
    key = make.payment(session, make.visit(session, linked_chair(session, shop)))
    first = place(session, key)
    assert place(session, key) == Placing("already", first.order_id)
    assert session.scalar(select(func.count()).select_from(Order)) == 1


@pytest.mark.parametrize(("decision", "outcome", "status"), [
    (None, "waiting", "created"), ("decline", "declined", "declined"), ("cancel", "cancelled", "cancelled"),
    ("challenge", "waiting", "created"), ("slow", "waiting", "created")])
def test_without_an_authorisation_there_is_no_order(session: Session, shop: make.Shop, decision: str | None,
                                                    outcome: str, status: str) -> None:
    key = make.payment(session, make.visit(session, linked_chair(session, shop)), decision)
    assert place(session, key).outcome == outcome
    assert place(session, key).outcome == outcome, "asked again it says the same"
    assert session.scalars(select(Payment.status)).all() == [status]
    assert session.scalars(select(Order)).all() == []
    told = select(Event.name).where(Event.name.in_(["payment.declined", "payment.cancelled"]))
    assert session.scalars(told).all() == ([f"payment.{status}"] if status != "created" else [])
    progress = "payment_failed" if status == "declined" else "checkout_started"
    assert session.scalars(select(CheckoutLink.progress)).all() == [progress]


def test_after_a_decline_the_copy_can_be_paid_again(session: Session, shop: make.Shop) -> None:
    visit = make.visit(session, linked_chair(session, shop))
    assert place(session, make.payment(session, visit, "decline")).outcome == "declined"
    assert place(session, make.payment(session, visit, "approve")).outcome == "placed"


def test_an_intent_of_another_amount_places_nothing(session: Session, shop: make.Shop) -> None:
    key = make.payment(session, make.visit(session, linked_chair(session, shop)))
    session.scalars(select(TestIntent)).one().amount = 100
    session.commit()
    assert place(session, key).outcome == "waiting"
    assert session.scalars(select(Order)).all() == []


def test_the_second_buyer_of_a_single_link_gets_the_money_back(session: Session, shop: make.Shop) -> None:
    linked = linked_chair(session, shop)
    keys = [make.payment(session, make.visit(session, linked)) for _ in range(2)]
    assert place(session, keys[0]).outcome == "placed"
    assert place(session, keys[1]) == Placing("lost", reason="used")
    assert place(session, keys[1]) == Placing("lost", reason="used"), "asked again it says the same"
    assert session.scalars(select(Payment.status).order_by(Payment.id)).all() == ["capturing", "void_pending"]
    assert session.scalars(select(CheckoutSession.status).order_by(CheckoutSession.id)).all() == ["completed", "voided"]
    refused = session.scalars(select(Event).where(Event.name == "order.refused")).one()
    assert (refused.data["reason"], refused.data["was_charged"], refused.context_id) == ("used", False, linked.link.id)
    after_losing = select(Job.topic).where(Job.topic.in_(["payment.void", "payment.failed"])).order_by(Job.topic)
    assert session.scalars(after_losing).all() == ["payment.failed", "payment.void"]


def test_first_closes_lets_earlier_copies_buy_while_stock_lasts(session: Session, shop: make.Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.bag: 15}), policy="first_closes")
    keys = [make.payment(session, make.visit(session, linked)) for _ in range(3)]
    assert [place(session, key).outcome for key in keys] == ["placed", "placed", "lost"]
    link = session.get_one(CheckoutLink, linked.link.id)
    assert (link.status, link.orders_count) == ("consumed", 2)


def test_a_reusable_link_is_used_up_by_its_last_order(session: Session, shop: make.Shop) -> None:
    linked = linked_chair(session, shop, policy="reusable", max_orders=2)
    keys = [make.payment(session, make.visit(session, linked)) for _ in range(3)]
    assert [place(session, key).outcome for key in keys] == ["placed", "placed", "lost"]
    assert session.get_one(CheckoutLink, linked.link.id).status == "consumed"


def test_a_limit_lowered_meanwhile_counts_for_those_who_are_paying(session: Session, shop: make.Shop) -> None:
    linked = linked_chair(session, shop, policy="reusable", max_orders=3)
    keys = [make.payment(session, make.visit(session, linked)) for _ in range(2)]
    assert place(session, keys[0]).outcome == "placed"
    session.get_one(CheckoutLink, linked.link.id).max_orders = 1
    session.commit()
    assert place(session, keys[1]) == Placing("lost", reason="used")


def test_a_reusable_link_without_a_limit_stays_open(session: Session, shop: make.Shop) -> None:
    """P-25."""
    linked = linked_chair(session, shop, policy="reusable")
    assert place(session, make.payment(session, make.visit(session, linked))).outcome == "placed"
    assert session.get_one(CheckoutLink, linked.link.id).status == "active"


def test_what_sold_out_during_payment_places_nothing_and_takes_nothing(session: Session, shop: make.Shop) -> None:
    key = make.payment(session, make.visit(session, linked_chair(session, shop, 2)))
    inventory.set_on_hand(session, shop.chair.id, shop.warehouse.id, 1, by=shop.agent.actor)
    session.commit()
    assert place(session, key) == Placing("lost", reason="sold_out")
    assert session.scalars(select(Stock.on_hand).order_by(Stock.id)).all() == [1, 40, 1]
    assert session.scalars(select(Payment.status)).all() == ["void_pending"]
    assert session.scalars(select(CheckoutLink.status)).all() == ["active"]


def test_a_revoked_link_places_nothing_even_when_the_card_was_approved(session: Session, shop: make.Shop) -> None:
    linked = linked_chair(session, shop)
    key = make.payment(session, make.visit(session, linked))
    links.revoke_link(session, linked.link, "", by=shop.agent.actor)
    session.commit()
    assert place(session, key) == Placing("lost", reason="revoked")
    assert place(session, key) == Placing("lost", reason="revoked"), "asked again it says the same"


def test_a_payment_begun_before_the_end_may_finish_after_it(session: Session, shop: make.Shop, clock: Clock) -> None:
    linked = linked_chair(session, shop)
    assert linked.link.expires_at is not None
    clock.set(linked.link.expires_at)
    clock.advance(minutes=-1)
    session.commit()
    key = make.payment(session, make.visit(session, linked))
    clock.advance(minutes=5)
    links.expire_due(session)
    session.commit()
    assert session.scalars(select(CheckoutLink.status)).all() == ["expired"]
    assert place(session, key).outcome == "placed"
    assert session.scalars(select(CheckoutLink.status)).all() == ["consumed"]


@pytest.mark.parametrize(("seconds", "placed"), [(-1, Placing("placed", 1)), (0, Placing("lost", reason="late"))])
def test_an_approval_after_its_window_is_given_back(
        session: Session, shop: make.Shop, clock: Clock, seconds: int, placed: Placing) -> None:
    key = make.payment(session, make.visit(session, linked_chair(session, shop)))
    clock.set(session.get_one(Payment, key).started_until + timedelta(seconds=seconds))
    session.commit()
    assert place(session, key) == placed


@pytest.mark.parametrize(("seconds", "outcome"), [(-1, "placed"), (0, "lost"), (1, "lost")])
def test_a_copy_claimed_when_a_link_had_closed_places_nothing(
        session: Session, shop: make.Shop, seconds: int, outcome: str) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}), policy="first_closes")
    visit = make.visit(session, linked)
    key, copy_id = make.payment(session, visit), visit.id
    link = session.get_one(CheckoutLink, linked.link.id)
    link.status, link.consumed_at = "consumed", session.get_one(CheckoutSession, copy_id).claimed_at
    session.get_one(CheckoutSession, copy_id).claimed_at = link.consumed_at + timedelta(seconds=seconds)
    session.commit()
    placed = place(session, key)
    assert (placed.outcome, placed.reason) == (outcome, "used" if outcome == "lost" else "")


def test_a_discount_is_counted_when_the_order_is_placed_and_never_above_its_limit(
        session: Session, shop: make.Shop) -> None:
    discount = make.discount(session, usage_limit=1)
    keys = [make.payment(session, make.visit(session, make.link(
        session, make.selection(session, shop, {shop.bag: 1}, discount=discount)))) for _ in range(2)]
    assert [place(session, key) for key in keys] == [
        Placing("placed", 1), Placing("lost", reason="discount_used_up")]
    session.refresh(discount)
    assert discount.uses_count == 1


def test_a_second_order_of_a_single_link_cannot_be_stored(session: Session, shop: make.Shop) -> None:
    linked = linked_chair(session, shop)
    make.order(session, linked)
    session.execute(text("UPDATE checkout_links SET status = 'active', consumed_at = NULL, orders_count = 0"))
    session.execute(text("UPDATE checkout_sessions SET status = 'open'"))
    other = make.visit(session, linked)
    key = make.payment(session, other)
    with pytest.raises(IntegrityError):
        place(session, key)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Order)) == 1


def test_placing_takes_few_statements_whatever_the_number_of_lines(session: Session, shop: make.Shop) -> None:
    variants = [make.product(session, f"Product {number}", prices={shop.pricelist: 1000}, stock={shop.warehouse: 5})
                for number in range(60)]
    linked = make.link(session, make.selection(session, shop, dict.fromkeys(variants, 1)))
    key = make.payment(session, make.visit(session, linked))
    sent = count_on(session, lambda: place(session, key))
    assert len(sent) <= 20, "\n".join(sent)


def test_a_payment_for_another_amount_than_the_copy_costs_by_now_is_given_back(
        session: Session, shop: make.Shop) -> None:
    linked = linked_chair(session, shop, changes="more", may_change_quantities=True)
    visit = make.visit(session, linked)
    key = make.payment(session, visit)
    take_two(session, linked, visit)
    assert place(session, key) == Placing("lost", reason="changed")
    assert session.scalars(select(Payment.status)).all() == ["void_pending"]
    assert session.scalar(select(func.count()).select_from(Order)) == 0


@pytest.mark.parametrize("counts", [0, 1])
def test_lines_read_before_the_locks_serve_as_long_as_the_version_of_their_copy(
        session: Session, shop: make.Shop, counts: int) -> None:
    linked = linked_chair(session, shop)
    visit = make.visit(session, linked)
    key = make.payment(session, visit)
    seen = queries.see_payment(session, key)
    session.execute(text("UPDATE checkout_session_lines SET title = 'Another' WHERE line_no = 1"))
    session.execute(text(f"UPDATE checkout_sessions SET version = version + {counts}"))
    session.commit()
    placing.place_order(session, key, {"test": make.gateway(session)}, source="customer", seen=seen)
    title = session.scalars(select(OrderLine.title).where(OrderLine.line_no == 1)).one()
    assert (title == "Another") == bool(counts)


def test_every_change_of_a_copy_is_a_new_version(session: Session, shop: make.Shop) -> None:
    linked = linked_chair(session, shop, changes="more", may_change_quantities=True)
    visit = make.visit(session, linked)
    session.commit()
    # As another process would meanwhile, which this session has not read.
    session.execute(text("UPDATE checkout_sessions SET version = version + 5"))
    take_two(session, linked, visit)
    assert session.scalars(select(CheckoutSession.version)).one() == 8
