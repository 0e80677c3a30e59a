"""An order of a subscription offer starts the subscription, and keeps what outlives the order."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.history.models import Event
from sales_portal.orders import making
from sales_portal.orders.models import OrderLine, Subscription
from tests import make


@pytest.fixture
def shop(kept_shop: make.Shop) -> make.Shop:
    return kept_shop


def test_buying_a_subscription_offer_starts_one_subscription(session: Session, shop: make.Shop) -> None:
    plan = make.offer(session, versions=2, trial_days=14, prices={shop.pricelist: 9_900})
    linked = make.link(session, make.selection(session, shop, {plan: 1}), metadata={"crm": "0034"})
    order = make.order(session, linked)
    found = session.scalars(select(Subscription)).one()
    assert (found.order_id, found.status, found.quantity) == (order.id, "trialing", 1)
    assert found.renews_on == found.trial_ends_on == order.placed_at.date() + timedelta(days=14)
    assert order.order_metadata == found.subscription_metadata == {"crm": "0034"}


def test_each_line_that_is_an_offer_starts_its_own_subscription(session: Session, shop: make.Shop) -> None:
    """The same offer at two prices is two lines, of which neither may be lost."""
    plan = make.offer(session, prices={shop.pricelist: 9_900})
    selection = make.selection(session, shop, {plan: 1})
    make.line(session, selection, plan, 3, special_price=8_000)
    order = make.order(session, make.link(session, selection))
    found = session.scalars(select(Subscription).order_by(Subscription.line_no)).all()
    assert [(one.line_no, one.quantity, one.status) for one in found] == [(1, 1, "active"), (2, 3, "active")]
    facts = session.scalars(select(Event.name).where(Event.subject_type == "orders", Event.subject_id == order.id)
                            .order_by(Event.id)).all()
    assert facts[:3] == ["order.placed", "subscription.started", "subscription.started"]


def test_a_subscription_holds_all_that_outlives_its_order(session: Session, shop: make.Shop) -> None:
    """P-12: state, next renewal, whose it is, and the metadata."""
    plan = make.offer(session, prices={shop.pricelist: 9_900})
    order = make.order(session, make.link(session, make.selection(session, shop, {plan: 2}), metadata={"crm": "0034"}))
    one = session.scalars(select(Subscription)).one()
    assert (one.customer_id, one.account_id, one.order_id) == (shop.customer.id, shop.customer.account_id, order.id)
    assert (one.status, one.quantity, one.trial_ends_on, one.started_at) == ("active", 2, None, order.placed_at)
    assert one.renews_on is not None
    assert timedelta(days=28) <= one.renews_on - order.placed_at.date() <= timedelta(days=31)
    assert one.subscription_metadata == {"crm": "0034"}


@pytest.mark.parametrize(("start", "interval", "count", "renews"), [
    ("2026-01-15", "month", 1, "2026-02-15"), ("2026-01-31", "month", 1, "2026-02-28"),
    ("2024-01-31", "month", 1, "2024-02-29"), ("2026-11-30", "month", 3, "2027-02-28"),
    ("2026-12-01", "month", 1, "2027-01-01"), ("2026-11-05", "month", 1, "2026-12-05"),
    ("2024-02-29", "year", 1, "2025-02-28"), ("2026-06-10", "year", 2, "2028-06-10")])
def test_a_subscription_renews_on_the_same_day_of_a_later_month_or_its_last(
        start: str, interval: str, count: int, renews: str) -> None:
    assert making.next_renewal(date.fromisoformat(start), interval, count) == date.fromisoformat(renews)


def test_an_order_of_a_trial_takes_no_money_and_keeps_the_price_of_a_period(session: Session, shop: make.Shop) -> None:
    plan = make.offer(session, trial_days=14, prices={shop.pricelist: 9_900})
    order = make.order(session, make.link(session, make.selection(session, shop, {plan: 2})))
    assert (order.total_amount, order.payment_id) == (0, None)
    line = session.scalars(select(OrderLine)).one()
    assert (line.unit_amount, line.list_amount, line.line_amount) == (0, 9_900, 0)
