"""The demo shop fills an empty database with what a portal needs to be tried."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from sales_portal.accounts import passwords
from sales_portal.accounts.models import Role, Staff
from sales_portal.accounts.permissions import ROLES
from sales_portal.application.demo import hooks
from sales_portal.catalog import search
from sales_portal.catalog.models import Offer, OfferVersion, Product, SearchWord, TrainingEvent, Variant
from sales_portal.customers.models import Account, Customer
from sales_portal.inventory.models import Stock, StockMove, Warehouse
from sales_portal.markets import queries as markets
from sales_portal.markets.models import Market, MarketWarehouse
from sales_portal.messaging import webhooks
from sales_portal.messaging.webhook_models import Endpoint, WebhookDelivery
from sales_portal.outbox.models import Job
from sales_portal.pricing import queries as pricing
from sales_portal.pricing.models import Discount, Price, Pricelist


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


def test_everything_on_sale_is_found_by_its_codes_and_words(demo: Session) -> None:
    indexed = set(demo.scalars(select(SearchWord.variant_id).distinct()))
    assert indexed == set(demo.scalars(select(Variant.id)))


def test_a_few_products_are_not_on_sale(demo: Session) -> None:
    hidden = {product.title for product in demo.scalars(select(Product)) if not product.is_published}
    assert hidden == {"Christmas hamper", "Advent candelabra"}


def test_a_webhook_told_of_the_last_sales_and_is_off(demo: Session) -> None:
    endpoint = demo.scalars(select(Endpoint)).one()
    assert endpoint.state == "off"
    told = demo.scalars(select(WebhookDelivery)).all()
    assert len(told) == hooks.MOST_TOLD
    assert {delivery.state for delivery in told} == {"delivered"}
    assert demo.scalars(select(Job).where(Job.topic == webhooks.DELIVER)).all() == []
