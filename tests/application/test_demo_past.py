"""The demo shop has a past: links in every state, orders, subscriptions, and who asked whom for what."""

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from sales_portal.accounts.models import Staff
from sales_portal.approvals.models import Approval
from sales_portal.catalog.models import Variant
from sales_portal.core import clock
from sales_portal.core.money import ratio
from sales_portal.customers.models import Customer, CustomerPurchase
from sales_portal.history.models import Event
from sales_portal.links.models import CheckoutLink
from sales_portal.links.state import LinkState
from sales_portal.messaging.models import Delivery
from sales_portal.orders.models import Order, Subscription
from sales_portal.outbox.models import Job
from sales_portal.payments.models import Payment
from sales_portal.selections.models import Selection


def test_links_stand_in_every_state_there_is(demo: Session) -> None:
    now = clock.now()
    states = [link.state(now) for link in demo.scalars(select(CheckoutLink))]
    assert set(states) == set(LinkState)
    assert len(states) >= 30


def test_links_show_every_progress_the_portal_can_know_of(demo: Session) -> None:
    assert set(demo.scalars(select(CheckoutLink.progress))) == {
        "not_sent", "delivered", "opened", "checkout_started", "payment_failed", "paid", "bounced"}


def test_the_example_of_the_brief_costs_what_it_says(demo: Session) -> None:
    link = demo.scalars(select(CheckoutLink).where(CheckoutLink.label == "Anna Svensson – oak chairs")
                        .options(selectinload(CheckoutLink.lines))).one()
    assert [(line.title, line.quantity, line.unit_amount) for line in link.lines] == [
        ("Oak chair, natural", 2, 120000), ("Linen bag", 1, 25000), ("Wool cap", 1, 96000)]
    assert (link.discount_amount, link.total_amount, link.currency) == (36100, 330800, "SEK")


def test_every_order_is_paid_its_lines_add_up_and_both_sides_were_told(demo: Session) -> None:
    orders = demo.scalars(select(Order).options(selectinload(Order.lines))).all()
    assert len(orders) >= 15
    assert all(order.status == "paid" and order.paid_at is not None for order in orders)
    assert all(sum(line.line_amount for line in order.lines) == order.total_amount for order in orders)
    sent = Counter(demo.scalars(select(Delivery.template).where(Delivery.state == "sent")))
    assert (sent["receipt"], sent["agent-paid"]) == (len(orders), len(orders))
    assert demo.scalars(select(Delivery.state).where(Delivery.state != "sent")).all() == ["failed"]


def test_money_was_taken_declined_and_is_under_way(demo: Session) -> None:
    payments = Counter(demo.scalars(select(Payment.status)))
    assert payments.keys() == {"captured", "declined", "created"}
    costing = demo.scalar(select(func.count()).select_from(Order).where(Order.total_amount > 0))
    assert payments["captured"] == costing
    assert payments["created"] == 1


def test_a_trial_was_ordered_without_a_payment(demo: Session) -> None:
    free = demo.scalars(select(Order).where(Order.payment_id.is_(None)).order_by(Order.id)).all()
    started = demo.scalars(select(Subscription.order_id).where(Subscription.status == "trialing")
                           .order_by(Subscription.order_id)).all()
    assert [order.total_amount for order in free] == [0]
    assert [order.id for order in free] == list(started)


def test_the_worker_has_nothing_left_but_the_payment_under_way(demo: Session) -> None:
    left = demo.execute(select(Job.topic, Job.dead_at, Job.last_error).where(Job.done_at.is_(None))).all()
    assert [tuple(row) for row in left] == [("payment.resolve", None, None)]


def test_subscriptions_run_are_tried_out_and_have_lapsed(demo: Session) -> None:
    today = clock.now().date()
    renews: dict[str, list[bool]] = {}
    for subscription in demo.scalars(select(Subscription)):
        renews.setdefault(subscription.status, []).append(subscription.renews_on > today)
    assert {status: set(ahead) for status, ahead in renews.items()} == {
        "active": {True}, "trialing": {True}, "lapsed": {False}}
    assert len(renews["active"]) >= 2


def test_one_customer_is_asked_to_renew_and_one_to_come_back(demo: Session) -> None:
    metadata = [row for row in demo.scalars(select(CheckoutLink.link_metadata).order_by(CheckoutLink.id)) if row]
    assert metadata == [{"campaign": "winback-q4"}, {"campaign": "renewal-2027"}]


def test_selections_are_drafts_linked_won_and_archived(demo: Session) -> None:
    assert set(demo.scalars(select(Selection.status))) == {"draft", "linked", "won", "archived"}


def test_each_agent_has_sold_and_each_currency_was_paid_in(demo: Session) -> None:
    sold = demo.execute(select(Staff.name, Order.currency).join(Staff, Order.agent_id == Staff.id)).all()
    assert {row.name for row in sold} == {"Maria Lind", "Ben Carter", "Ingrid Sund"}
    assert {row.currency for row in sold} == {"SEK", "EUR", "USD", "JPY"}


def test_the_past_lies_in_order_and_behind_us(demo: Session) -> None:
    made = demo.scalars(select(CheckoutLink.created_at).order_by(CheckoutLink.id)).all()
    assert made == sorted(made)
    assert max(demo.scalars(select(Event.at))) <= clock.now()
    for order in demo.scalars(select(Order).options(joinedload(Order.link))):
        assert order.link.created_at < order.placed_at


def test_people_work_by_day(demo: Session) -> None:
    made = [at.astimezone(ZoneInfo("Europe/Stockholm")) for at in demo.scalars(select(CheckoutLink.created_at))]
    earlier = [at for at in made if at < clock.now() - timedelta(days=2)]
    assert len(earlier) >= 20
    assert all(9 <= at.hour < 18 for at in earlier)


def test_what_was_bought_is_known_of_each_customer(demo: Session) -> None:
    bought = demo.scalars(select(Variant.sku).join(CustomerPurchase, CustomerPurchase.variant_id == Variant.id)
                          .join(Customer).where(Customer.email == "gustav.wallin@example.com")).all()
    assert bought == ["BLA-0020"]


def test_approvals_wait_were_given_and_were_refused(demo: Session) -> None:
    assert set(demo.scalars(select(Approval.status))) == {"waiting", "approved", "rejected"}
    assert {"approval-needed", "approval-answered"} <= set(demo.scalars(select(Delivery.template)))


def test_the_demo_has_fixed_details_words_after_payment_and_prices_that_follow(demo: Session) -> None:
    """What the Link dialog can do is there to be seen."""
    links = demo.scalars(select(CheckoutLink)).all()
    fixed = [link for link in links if link.prefill_locks]
    assert [(link.prefill_locks, link.link_metadata["campaign"]) for link in fixed] == [
        (["email", "name"], "renewal-2027")]
    assert fixed[0].after_message == "Thank you. Your new year starts the day the old one ends."
    assert [link.label for link in links if link.price_mode == "current"] == ["Consultation, for the website"]


def test_a_company_of_the_union_pays_no_tax_and_a_discount_is_on_lamps_alone(demo: Session) -> None:
    """Issue 3, 5: reverse charge and discounts limited to products are in the demo shop."""
    link = demo.scalars(select(CheckoutLink).where(CheckoutLink.vat_number != "").options(
        selectinload(CheckoutLink.lines))).one()
    lamps = sum(line.unit_amount * line.quantity for line in link.lines if line.sku.startswith(("LMP-", "PEN-")))
    assert link.totals["discounts"] == [["LAMPS10", ratio(lamps, 10)]]
    assert lamps < link.totals["items"]
    assert (link.totals["tax"], link.totals["tax_ignored"]) == (0, True)
    assert link.total_amount == link.totals["items"] - link.discount_amount + link.totals["shipping"]
