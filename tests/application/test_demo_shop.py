"""The demo shop fills an empty database with what a portal needs to be tried."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, joinedload, selectinload

from sales_portal.accounts import passwords
from sales_portal.accounts.models import Role, Staff
from sales_portal.accounts.permissions import ROLES
from sales_portal.application.demo import shop
from sales_portal.approvals.models import Approval
from sales_portal.catalog import search
from sales_portal.catalog.models import Offer, OfferVersion, Product, SearchWord, TrainingEvent, Variant
from sales_portal.core import clock
from sales_portal.core.money import ratio
from sales_portal.customers.models import Account, Customer, CustomerPurchase
from sales_portal.history.models import Event
from sales_portal.inventory.models import Stock, StockMove, Warehouse
from sales_portal.links.models import CheckoutLink
from sales_portal.links.state import LinkState
from sales_portal.markets import queries as markets
from sales_portal.markets.models import Market, MarketWarehouse
from sales_portal.messaging.models import Delivery
from sales_portal.orders.models import Order, Subscription
from sales_portal.outbox.models import Job
from sales_portal.payments.models import Payment
from sales_portal.pricing import queries as pricing
from sales_portal.pricing.models import Discount, Price, Pricelist
from sales_portal.selections.models import Selection
from tests.harness.databases import KINDS, Databases


@pytest.fixture(scope="module", params=KINDS)
def demo(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Session]:
    """A session on the demo shop, loaded once for all of these tests, which only look."""
    database = databases.get(request.param)
    database.reset()
    with Session(database.engine) as opened:
        shop.load_demo(opened)
        if database.kind == "postgresql":
            # Of tables filled within the transaction it knows no figures, and may take minutes for a join of four.
            opened.execute(text("ANALYZE"))
        opened.expire_all()
        yield opened
        opened.rollback()


def test_everybody_who_works_there_can_log_in_and_every_role_has_somebody(demo: Session) -> None:
    staff = demo.scalars(select(Staff).options(joinedload(Staff.role).selectinload(Role.grants))).all()
    assert {"admin@demo.example", "manager@demo.example", "maria@demo.example", "ben@demo.example"} <= {
        person.email for person in staff}
    assert {person.role.slug for person in staff} == set(ROLES)
    assert all(passwords.verify(person.password_hash, "demo") for person in staff)
    granted = {role.slug: {grant.permission: grant.reach for grant in role.grants} for role in {
        person.role for person in staff}}
    assert granted == {slug: {permission.value: reach.value for permission, reach in grants.items()}
                       for slug, (_, grants) in ROLES.items()}


def test_the_examples_of_the_brief_are_there_to_the_last_krona(demo: Session) -> None:
    sweden = demo.scalars(select(Market).where(Market.slug == "sweden")).one()
    [retail, *_] = pricing.list_pricelists(demo, sweden.id)
    found = {}
    for sku in ("TSH-0042", "BAG-0110", "CAP-0007"):
        variant = search.exact(demo, sku)
        assert variant is not None
        price = pricing.get_price(demo, retail.id, variant.id)
        stock = markets.list_serving_stock(demo, sweden.id, [variant.id])[variant.id]
        assert price is not None
        found[variant.full_title] = (price.amount, stock.available)
    assert (retail.name, retail.is_tax_included) == ("Retail SEK", True)
    assert found == {"Oak chair, natural": (120000, 14), "Linen bag": (31000, 31), "Wool cap": (96000, 1)}


def test_stock_is_the_sum_of_its_moves_with_some_sold_out_and_some_at_their_last(demo: Session) -> None:
    moved = dict(tuple(row) for row in demo.execute(
        select(StockMove.stock_id, func.sum(StockMove.delta)).group_by(StockMove.stock_id)))
    rows = demo.scalars(select(Stock)).all()
    assert all(row.on_hand == moved.get(row.id, 0) for row in rows)
    stockholm = demo.scalars(select(Stock.on_hand).join(Warehouse).where(Warehouse.slug == "stockholm")).all()
    assert stockholm.count(0) >= 10
    assert stockholm.count(1) >= 5
    assert len(stockholm) >= 400


def test_one_market_is_served_by_the_second_warehouse_alone(demo: Session) -> None:
    slugs = demo.execute(
        select(Market.slug, Warehouse.slug).join(MarketWarehouse, MarketWarehouse.market_id == Market.id)
        .join(Warehouse, Warehouse.id == MarketWarehouse.warehouse_id)).all()
    assert [row[0] for row in slugs if row[1] == "gothenburg"] == ["outlet"]
    assert [row[1] for row in slugs if row[0] == "outlet"] == ["gothenburg"]


def test_nothing_that_a_market_can_sell_lacks_its_stock_row_there(demo: Session) -> None:
    for market in demo.scalars(select(Market)).all():
        lists = [one.id for one in pricing.list_pricelists(demo, market.id)]
        sold = set(demo.scalars(
            select(Variant.id).join(Product).join(Price, Price.variant_id == Variant.id)
            .where(Price.pricelist_id.in_(lists), Product.kind.in_(("goods", "training")))))
        assert sold == markets.list_serving_stock(demo, market.id, sold).keys(), market.slug


def test_markets_have_their_currency_and_tax_as_their_people_expect(demo: Session) -> None:
    first = {market.slug: (market.currency, lists[0].is_tax_included, {one.currency for one in lists})
             for market in demo.scalars(select(Market)) for lists in [pricing.list_pricelists(demo, market.id)]}
    assert first == {
        "sweden": ("SEK", True, {"SEK"}), "germany": ("EUR", True, {"EUR"}), "united-states": ("USD", False, {"USD"}),
        "japan": ("JPY", True, {"JPY"}), "outlet": ("SEK", True, {"SEK"})}


def test_nobody_delivers_to_one_country_that_is_sold_to(demo: Session) -> None:
    germany = demo.scalars(select(Market).where(Market.slug == "germany").options(selectinload(Market.countries))).one()
    reached = pricing.list_delivery_countries(demo, germany.id)
    assert {row.country for row in germany.countries} - set(reached) == {"MT"}
    terms = pricing.get_country_terms(demo, germany.id, "MT")
    assert (terms.tax_rates["standard"], terms.shipping) == (18000, ())


def test_the_example_parcel_costs_what_the_brief_says(demo: Session) -> None:
    sweden = demo.scalars(select(Market).where(Market.slug == "sweden")).one()
    terms = pricing.get_country_terms(demo, sweden.id, "SE")
    option = terms.cheapest(2 * 5800 + 300 + 110, 324900)
    assert option is not None
    assert (option.name, option.price(12010, 324900)) == ("Standard parcel", 5900)


def test_every_training_lies_ahead_with_seats_as_its_stock(demo: Session) -> None:
    now = datetime.now(UTC)
    rows = demo.execute(
        select(TrainingEvent, Stock.on_hand).join(Stock, Stock.variant_id == TrainingEvent.variant_id)
        .join(Warehouse).where(Warehouse.slug == "seats")).all()
    assert len(rows) == len(demo.scalars(select(TrainingEvent)).all()) >= 10
    assert all(event.starts_at > now and 0 <= left <= event.seats for event, left in rows)
    assert 0 in [left for _, left in rows]


def test_every_subscription_has_an_offer_with_an_old_and_a_new_version(demo: Session) -> None:
    plans = set(demo.scalars(select(Variant.id).join(Product).where(Product.kind == "subscription")))
    versions = demo.execute(select(Offer.variant_id, OfferVersion.number, OfferVersion.created_at)
                            .join(Offer, OfferVersion.offer_id == Offer.id).order_by(OfferVersion.number)).all()
    assert {row.variant_id for row in versions} == plans
    assert [row.number for row in versions] == [1] * len(plans) + [2] * len(plans)
    assert demo.scalars(select(Offer.id).where(Offer.path == "/offers2/Pro Plan")).one()


def test_the_gift_card_costs_what_people_want_above_a_minimum(demo: Session) -> None:
    row = demo.execute(
        select(Product.is_pay_what_you_want, Price.amount, Price.minimum_amount)
        .join(Variant, Variant.product_id == Product.id).join(Price, Price.variant_id == Variant.id).join(Pricelist)
        .where(Product.title == "Gift card", Pricelist.slug == "retail-sek")).one()
    assert tuple(row) == (True, 50000, 10000)


def test_thirty_customers_have_an_account_with_a_crm_id(demo: Session) -> None:
    customers = demo.scalars(
        select(Customer).options(joinedload(Customer.account), selectinload(Customer.addresses))).all()
    assert len(customers) == 30
    assert all(customer.account is not None and len(customer.account.crm_id or "") == 18 for customer in customers)
    assert all(len(customer.addresses) == 1 for customer in customers)
    assert demo.scalar(select(func.count()).select_from(Account)) < 30
    [anna] = [customer for customer in customers if customer.email == "anna@example.com"]
    assert (anna.name, anna.addresses[0].country) == ("Anna Svensson", "SE")


def test_discounts_run_wait_have_ended_and_are_counted(demo: Session) -> None:
    now = datetime.now(UTC)
    found = {one.code: one for one in demo.scalars(select(Discount))}
    assert found["SUMMER10"].percent == 10_000
    assert (found["WELCOME100"].fixed_amount, found["WELCOME100"].currency) == (10_000, "SEK")
    ended, waiting = found["MIDSUMMER25"].ends_at, found["ADVENT15"].starts_at
    assert ended is not None
    assert waiting is not None
    assert ended < now < waiting
    assert found["FIRST3"].usage_limit == 3


def test_a_company_of_the_union_pays_no_tax_and_a_discount_is_on_lamps_alone(demo: Session) -> None:
    """Issue 3, 5: reverse charge and discounts limited to products are in the demo shop."""
    link = demo.scalars(select(CheckoutLink).where(CheckoutLink.vat_number != "").options(
        selectinload(CheckoutLink.lines))).one()
    lamps = sum(line.unit_amount * line.quantity for line in link.lines if line.sku.startswith(("LMP-", "PEN-")))
    assert link.totals["discounts"] == [["LAMPS10", ratio(lamps, 10)]]
    assert lamps < link.totals["items"]
    assert (link.totals["tax"], link.totals["tax_ignored"]) == (0, True)
    assert link.total_amount == link.totals["items"] - link.discount_amount + link.totals["shipping"]


def test_everything_on_sale_is_found_by_its_codes_and_words(demo: Session) -> None:
    indexed = set(demo.scalars(select(SearchWord.variant_id).distinct()))
    assert indexed == set(demo.scalars(select(Variant.id)))


def test_a_few_products_are_not_on_sale(demo: Session) -> None:
    hidden = {product.title for product in demo.scalars(select(Product)) if not product.is_published}
    assert hidden == {"Christmas hamper", "Advent candelabra"}


def test_links_stand_in_every_state_there_is(demo: Session) -> None:
    now = clock.now()
    states = [link.state(now) for link in demo.scalars(select(CheckoutLink))]
    assert set(states) == set(LinkState)
    assert len(states) >= 30


def test_links_show_every_progress_the_portal_can_know_of(demo: Session) -> None:
    assert set(demo.scalars(select(CheckoutLink.progress))) == {
        "not_sent", "sent", "opened", "checkout_started", "payment_failed", "paid", "bounced"}


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
