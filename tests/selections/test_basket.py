"""A basket shows each line with the price and stock of now, and what the customer would pay."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from sales_portal.customers.models import CustomerAddress
from sales_portal.inventory.models import Stock
from sales_portal.pricing.engine import Shipping
from sales_portal.pricing.models import Price
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from sales_portal.selections.models import Selection
from tests import make
from tests.harness.statements import Counting
from tests.harness.time import Clock
from tests.make import Shop


def test_the_example_of_the_design_costs_3308_kronor(session: Session, shop: Shop) -> None:
    summer = make.discount(session, 10000, code="SUMMER10")
    selection = make.selection(session, shop, {shop.chair: 2}, discount=summer)
    make.line(session, selection, shop.bag, special_price=25000, reason="loyal customer")
    make.line(session, selection, shop.cap)
    basket = read_basket(session, selection)
    assert [(row.title, row.sku, row.quantity, row.list_amount, row.unit_amount) for row in basket.rows] == [
        ("Oak chair, natural", "TSH-0042", 2, 120000, 120000),
        ("Linen bag", "BAG-0001", 1, 31000, 25000),
        ("Wool cap", "CAP-0001", 1, 96000, 96000)]
    assert [(row.is_special_price, row.special_price_reason) for row in basket.rows] == [
        (False, ""), (True, "loyal customer"), (False, "")]
    assert [row.available for row in basket.rows] == [14, 40, 1]
    assert (basket.quote.items_amount, basket.quote.discount_amount) == (361000, 36100)
    assert (basket.quote.shipping_amount, basket.quote.tax_amount, basket.quote.total_amount) == (5900, 66160, 330800)
    assert basket.country == "SE"
    assert not basket.blocks


def test_each_row_carries_its_part_of_the_quote(session: Session, shop: Shop) -> None:
    basket = read_basket(session, make.selection(session, shop, {shop.chair: 2, shop.bag: 3}))
    assert [row.priced for row in basket.rows] == list(basket.quote.lines)
    first = basket.rows[0]
    assert basket.row(first.line_id) is first
    assert first.priced is not None
    assert first.priced.line_amount == 240000
    assert basket.row(10**9) is None


def test_an_empty_basket_costs_nothing(session: Session, shop: Shop) -> None:
    basket = read_basket(session, make.selection(session, shop))
    assert basket.is_empty
    assert basket.quote.total_amount == 0
    assert basket.quote.shipping is Shipping.NOT_NEEDED


def test_a_line_without_a_price_stays_as_a_row_and_is_left_out_of_the_total(session: Session, shop: Shop) -> None:
    unpriced = make.product(session, "Rug", stock={shop.warehouse: 5})
    basket = read_basket(session, make.selection(session, shop, {unpriced: 1, shop.bag: 1}))
    rug, bag = basket.rows
    assert (rug.list_amount, rug.unit_amount, rug.priced) == (None, None, None)
    assert bag.priced is not None
    assert basket.quote.items_amount == 31000


def test_a_special_price_stands_in_for_a_missing_one(session: Session, shop: Shop) -> None:
    unpriced = make.product(session, "Rug", stock={shop.warehouse: 5})
    selection = make.selection(session, shop)
    make.line(session, selection, unpriced, special_price=50000)
    basket = read_basket(session, selection)
    assert (basket.rows[0].list_amount, basket.rows[0].unit_amount) == (None, 50000)
    assert basket.quote.items_amount == 50000
    assert not basket.blocks


def test_a_product_given_away_costs_nothing_and_is_no_missing_price(session: Session, shop: Shop) -> None:
    gift = make.product(session, "Sample", prices={shop.pricelist: 0}, stock={shop.warehouse: 5})
    basket = read_basket(session, make.selection(session, shop, {gift: 2}))
    assert basket.rows[0].unit_amount == 0
    assert basket.rows[0].priced is not None
    assert not basket.blocks


@pytest.mark.parametrize(("lives_in", "delivers_to"), [
    ("FI", "FI"), ("SE", "SE"), ("DE", "SE"), (None, "SE")])
def test_it_is_delivered_where_the_customer_lives_if_the_market_serves_that_country(
        session: Session, shop: Shop, lives_in: str | None, delivers_to: str) -> None:
    nordic = make.market(session, "Nordic", site=shop.site, countries=["FI", "SE", "DK"], warehouses=[shop.warehouse])
    make.tax_rate(session, "FI", 25500)
    make.shipping(session, nordic, {"FI": 9900, "SE": 5900, "DK": 7900})
    ours = make.pricelist(session, nordic, "Nordic SEK")
    make.price(session, ours, shop.chair, 120000)
    anna = make.customer(session, country=lives_in)
    basket = read_basket(session, make.selection(session, shop, {shop.chair: 1}, customer=anna, market=nordic,
                                                 pricelist=ours))
    assert (basket.country, basket.home_country) == (delivers_to, lives_in)
    assert basket.quote.shipping_amount == {"FI": 9900, "SE": 5900}[delivers_to]
    assert list(basket.quote.taxes) == [{"FI": 25500, "SE": 25000}[delivers_to]]


@pytest.mark.parametrize(("locale", "countries", "country"), [
    ("sv_SE", ["DK", "SE"], "SE"), ("sv-SE", ["DK", "SE"], "SE"), ("en", ["NO", "DK"], "DK"), ("de_DE", ["DK"], "DK")])
def test_without_a_customer_it_is_delivered_to_the_markets_own_country(
        session: Session, shop: Shop, locale: str, countries: list[str], country: str) -> None:
    place = make.market(session, "Somewhere", site=shop.site, locale=locale, countries=countries)
    selection = make.selection(session, shop, for_anyone=True, market=place)
    basket = read_basket(session, selection)
    assert (basket.country, basket.home_country) == (country, None)


def test_the_default_address_says_where_the_customer_lives(session: Session, shop: Shop) -> None:
    session.add(CustomerAddress(customer_id=shop.customer.id, is_default=False, street="x", postcode="1", city="y",
                                country="NO"))
    assert read_basket(session, make.selection(session, shop)).home_country == "SE"


def test_the_shipping_estimate_is_the_cheapest_that_carries_the_parcel(session: Session, shop: Shop) -> None:
    letter = make.shipping(session, shop.market, {"SE": 1500}, name="Letter", up_to_grams=500)
    van = make.shipping(session, shop.market, {"SE": 99000}, name="Van", up_to_grams=900_000)
    chosen = [read_basket(session, make.selection(session, shop, {variant: quantity})).quote.shipping_option
              for variant, quantity in ((shop.bag, 1), (shop.bag, 2), (shop.chair, 10))]
    assert [option.id for option in chosen if option is not None] == [letter.id, shop.shipping.id, van.id]


def test_free_shipping_is_found_even_where_another_way_is_cheaper_below_its_threshold(
        session: Session, shop: Shop) -> None:
    make.shipping(session, shop.market, {"SE": 9900}, name="Free over 1000", free_over_amount=100000)
    assert read_basket(session, make.selection(session, shop, {shop.bag: 1})).quote.shipping_amount == 5900
    quote = read_basket(session, make.selection(session, shop, {shop.chair: 1})).quote
    assert (quote.shipping, quote.shipping_amount) == (Shipping.FREE, 0)


def test_nothing_is_shipped_for_training_services_and_subscriptions(session: Session, shop: Shop) -> None:
    seats = make.warehouse(session, "Seats", country=None)
    place = make.market(session, "Sweden with seats", site=shop.site, warehouses=[shop.warehouse, seats])
    prices = make.pricelist(session, place)
    course = make.training(session, at=seats, prices={prices: 250000})
    plan = make.offer(session, versions=2, prices={prices: 9900})
    advice = make.product(session, "Advice", kind="service", prices={prices: 50000})
    basket = read_basket(session, make.selection(
        session, shop, {course: 2, plan: 1, advice: 1}, market=place, pricelist=prices))
    assert basket.quote.shipping is Shipping.NOT_NEEDED
    assert [row.available for row in basket.rows] == [12, None, None]
    assert not basket.blocks


def test_an_offer_is_sold_in_its_newest_version(session: Session, shop: Shop) -> None:
    plan = make.offer(session, versions=3, prices={shop.pricelist: 9900})
    make.offer(session, "Another plan", versions=5, prices={shop.pricelist: 9900})
    basket = read_basket(session, make.selection(session, shop, {plan: 1, shop.bag: 1}))
    newest, none = (row.offer_version_id for row in basket.rows)
    assert newest == 3
    assert none is None


def test_the_first_warehouse_by_priority_that_stocks_it_serves_it(session: Session, shop: Shop) -> None:
    malmo, oslo = make.warehouse(session, "Malmö"), make.warehouse(session, "Oslo", "NO")
    place = make.market(session, "South", site=shop.site, warehouses=[malmo, shop.warehouse])
    prices = make.pricelist(session, place)
    both = make.product(session, "Both", prices={prices: 1}, stock={shop.warehouse: 9, malmo: 2, oslo: 50})
    empty = make.product(session, "Empty in Malmö", prices={prices: 1}, stock={shop.warehouse: 9, malmo: 0})
    second = make.product(session, "Second", prices={prices: 1}, stock={shop.warehouse: 9})
    nowhere = make.product(session, "Only in Oslo", prices={prices: 1}, stock={oslo: 50})
    basket = read_basket(session, make.selection(
        session, shop, {both: 1, empty: 1, second: 1, nowhere: 1}, market=place, pricelist=prices))
    assert [row.available for row in basket.rows] == [2, 0, 9, 0]
    assert [row.stock_id is None for row in basket.rows] == [False, False, False, True]


def test_what_payments_hold_is_not_available(session: Session, shop: Shop) -> None:
    row = read_basket(session, make.selection(session, shop, {shop.chair: 1})).rows[0]
    session.execute(update(Stock).where(Stock.variant_id == shop.chair.id).values(held=5))
    assert row.available == 14
    assert read_basket(session, make.selection(session, shop, {shop.chair: 1})).rows[0].available == 9


def test_ignored_shipping_and_tax_are_left_out_as_the_site_says(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 1}, ignores_shipping=True, ignores_tax=True)
    quote = read_basket(session, selection).quote
    assert (quote.total_amount, quote.shipping, quote.shipping_ignored_amount) == (96000, Shipping.IGNORED, 5900)
    shop.site.waives_included_tax = False
    quote = read_basket(session, selection).quote
    assert (quote.total_amount, quote.tax_amount) == (120000, 0)


def test_a_change_of_the_catalogue_shows_at_the_next_look(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.chair: 1})
    assert read_basket(session, selection).quote.items_amount == 120000
    session.execute(update(Price).where(Price.variant_id == shop.chair.id).values(amount=130000))
    assert read_basket(session, selection).quote.items_amount == 130000


def test_all_a_page_needs_is_loaded_with_it(portal: Session, session: Session, shop: Shop) -> None:
    made = make.selection(session, shop, {shop.chair: 1}, discount=make.discount(session))
    session.commit()
    selection = portal.get_one(Selection, made.id)
    found = read_basket(portal, selection).selection
    assert found is selection
    assert (found.agent.name, found.customer and found.customer.name) == ("Maria Lind", "Anna Svensson")
    assert (found.market.name, found.pricelist.name, found.site.name) == ("Sweden", "Retail SEK", "Nordic Home")
    assert [row.country for row in found.market.countries] == ["SE"]


@pytest.mark.parametrize("lines", [0, 1, 3, 100, 200])
def test_it_takes_three_statements_however_many_lines(
        session: Session, portal: Session, shop: Shop, statements: Counting, lines: int) -> None:
    variants = make.many_products(session, lines, pricelist=shop.pricelist, warehouse=shop.warehouse)
    made = selections.create_selection(session, agent=shop.agent, lines=dict.fromkeys(variants, 1),
                                       by=shop.agent.actor)
    session.commit()
    selection = portal.get_one(Selection, made.id)
    with statements(at_most=3):
        basket = read_basket(portal, selection)
    assert [row.available for row in basket.rows] == [3] * lines
    assert len(basket.quote.lines) == lines


def test_the_quote_is_of_the_instant_it_is_read(session: Session, shop: Shop, clock: Clock) -> None:
    clock.set(datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC))
    june = make.discount(session, 10000, ends_at=datetime(2026, 6, 30, 22, 0, tzinfo=UTC))
    selection = make.selection(session, shop, {shop.chair: 1}, discount=june)
    assert read_basket(session, selection).quote.discount_amount == 12000
    clock.advance(seconds=1)
    assert read_basket(session, selection).quote.discount_amount == 0
