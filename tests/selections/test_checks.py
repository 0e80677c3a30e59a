"""What stands between a selection and its link is said in the words of the design, on the line it is about."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from sales_portal.links.errors import SelectionBlocked
from sales_portal.selections.basket import Basket, Check, read_basket
from sales_portal.selections.models import Selection
from tests import make
from tests.harness.time import Clock
from tests.make import Shop

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(clock: Clock) -> None:
    clock.set(NOON)


def _said(session: Session, selection: Selection) -> list[tuple[str, str]]:
    return [(check.kind, check.text) for check in read_basket(session, selection).checks]


def _line_checks(basket: Basket, number: int) -> list[Check]:
    return list(basket.checks_of(basket.rows[number].line_id))


def test_a_basket_in_order_has_nothing_to_say(session: Session, shop: Shop) -> None:
    basket = read_basket(session, make.selection(session, shop, {shop.chair: 2, shop.bag: 1}))
    assert basket.checks == ()
    assert basket.blocks == ()


def test_an_empty_selection_blocks_with_what_to_do(session: Session, shop: Shop) -> None:
    basket = read_basket(session, make.selection(session, shop))
    assert [(check.code, check.kind, check.text, check.line_id) for check in basket.checks] == [
        ("empty.lines", "block",
         "Nothing here yet. Type a product name, SKU or scan a barcode above. You can also paste a list.", None)]
    assert basket.blocks == basket.checks


def test_a_pricelist_in_another_currency_blocks_the_link(session: Session, shop: Shop) -> None:
    """M166: an amount never changes its currency, and no link is made of it."""
    selection = make.selection(session, shop, {shop.bag: 1}, currency="NOK")
    assert _said(session, selection) == [
        ("block",
         "The amounts are in NOK, and the prices of Retail SEK are in SEK. Choose market and pricelist again.")]
    with pytest.raises(SelectionBlocked, match="1 thing to fix"):
        make.link(session, selection)


def test_a_line_without_a_price_blocks(session: Session, shop: Shop) -> None:
    rug = make.product(session, "Rug", stock={shop.warehouse: 9})
    basket = read_basket(session, make.selection(session, shop, {shop.bag: 1, rug: 1}))
    assert [(check.code, check.kind, check.text) for check in _line_checks(basket, 1)] == [
        ("line.no_price", "block", "No price in Retail SEK. Give a special price or remove the line.")]
    assert _line_checks(basket, 0) == []


def test_what_is_sold_needs_nothing_any_more(session: Session, shop: Shop) -> None:
    gone = make.product(session, "Gone", prices={shop.pricelist: 1000}, stock={shop.warehouse: 0})
    made = make.selection(session, shop, {gone: 1, shop.cap: 2})
    assert len(read_basket(session, made).checks) == 2
    made.status = "won"
    session.flush()
    assert read_basket(session, made).checks == ()


def test_a_sold_out_line_blocks(session: Session, shop: Shop) -> None:
    gone = make.product(session, "Gone", prices={shop.pricelist: 1000}, stock={shop.warehouse: 0})
    nowhere = make.product(session, "Nowhere", prices={shop.pricelist: 1000})
    basket = read_basket(session, make.selection(session, shop, {gone: 1, nowhere: 3}))
    for number in (0, 1):
        assert [(check.code, check.kind, check.text) for check in _line_checks(basket, number)] == [
            ("line.sold_out", "block", "Sold out in Sweden.")]


@pytest.mark.parametrize(("in_stock", "asked", "said"), [
    (1, 1, [("warn", "Only 1 left in Sweden.", None)]),
    (3, 2, [("warn", "Only 3 left in Sweden.", None)]),
    (4, 4, []),
    (8, 8, []),
    (8, 12, [("block", "You asked for 12, 8 in stock in Sweden.", 8)]),
    (1, 2, [("block", "You asked for 2, 1 in stock in Sweden.", 1)]),
])
def test_the_last_ones_are_counted_and_more_than_there_are_blocks(
        session: Session, shop: Shop, in_stock: int, asked: int, said: list[tuple[str, str, int | None]]) -> None:
    lamp = make.product(session, "Lamp", prices={shop.pricelist: 1000}, stock={shop.warehouse: in_stock})
    basket = read_basket(session, make.selection(session, shop, {lamp: asked}))
    assert [(check.kind, check.text, check.quantity) for check in _line_checks(basket, 0)] == said


def test_two_lines_of_one_product_share_its_stock(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    make.line(session, selection, shop.chair, 10, special_price=100000)
    make.line(session, selection, shop.chair, 5)
    basket = read_basket(session, selection)
    assert _line_checks(basket, 0) == []
    assert [(check.kind, check.text, check.quantity) for check in _line_checks(basket, 1)] == [
        ("block", "You asked for 15, 14 in stock in Sweden.", 4)]


def test_what_is_not_stocked_never_runs_out(session: Session, shop: Shop) -> None:
    plan = make.offer(session, prices={shop.pricelist: 9900})
    assert _said(session, make.selection(session, shop, {plan: 10_000})) == []


@pytest.mark.parametrize(("out_of_sale_at", "text"), [
    (datetime(2026, 11, 12, 8, 0, tzinfo=UTC), "No longer sold since 12 Nov."),
    (datetime(2026, 11, 11, 23, 30, tzinfo=UTC), "No longer sold since 12 Nov."),
    (datetime(2025, 11, 12, 8, 0, tzinfo=UTC), "No longer sold since 12 Nov 2025."),
])
def test_a_product_taken_out_of_sale_keeps_its_name_and_price_and_blocks(
        session: Session, shop: Shop, out_of_sale_at: datetime, text: str) -> None:
    """P-06: no product of a link is archived."""
    selection = make.selection(session, shop, {shop.chair: 1})
    shop.chair.product.unpublished_at = out_of_sale_at
    basket = read_basket(session, selection)
    assert [(check.code, check.kind, check.text) for check in basket.checks] == [("line.unpublished", "block", text)]
    assert (basket.rows[0].title, basket.rows[0].unit_amount) == ("Oak chair, natural", 120000)


def test_a_product_that_was_never_published_blocks(session: Session, shop: Shop) -> None:
    """P-06: no product of a link is a draft."""
    draft = make.product(session, "Draft", is_published=False, prices={shop.pricelist: 1}, stock={shop.warehouse: 9})
    assert _said(session, make.selection(session, shop, {draft: 1})) == [("block", "Not for sale yet.")]


@pytest.mark.parametrize("ignores_shipping", [False, True])
def test_goods_without_shipping_to_the_country_block_even_where_the_charge_is_ignored(
        session: Session, shop: Shop, ignores_shipping: bool) -> None:
    """C-30: a country without a shipping setup cannot be shipped to."""
    norway = make.market(session, "Norway", site=shop.site, countries=["NO"], warehouses=[shop.warehouse])
    make.tax_rate(session, "NO", 25000)
    prices = make.pricelist(session, norway)
    make.price(session, prices, shop.chair, 120000)
    selection = make.selection(session, shop, {shop.chair: 1}, for_anyone=True, market=norway, pricelist=prices,
                               ignores_shipping=ignores_shipping)
    basket = read_basket(session, selection)
    assert [(check.code, check.kind, check.text, check.line_id) for check in basket.checks] == [
        ("shipping.none", "block", "No shipping to Norway in market Norway.", None)]


def test_a_customer_living_where_the_market_does_not_ship_is_told_of(session: Session, shop: Shop) -> None:
    far = make.customer(session, country="NO")
    selection = make.selection(session, shop, {shop.chair: 1}, customer=far)
    assert _said(session, selection) == [("warn", "No shipping to Norway in market Sweden.")]


def test_services_need_no_shipping(session: Session, shop: Shop) -> None:
    advice = make.product(session, "Advice", kind="service", prices={shop.pricelist: 50000})
    far = make.customer(session, country="NO")
    assert _said(session, make.selection(session, shop, {advice: 1}, customer=far)) == []


@pytest.mark.parametrize("ignores_shipping", [False, True])
def test_a_parcel_too_heavy_for_every_method_blocks(session: Session, shop: Shop, ignores_shipping: bool) -> None:
    anvil = make.product(session, "Anvil", weight_grams=30_001, prices={shop.pricelist: 1}, stock={shop.warehouse: 9})
    selection = make.selection(session, shop, {anvil: 1}, ignores_shipping=ignores_shipping)
    assert _said(session, selection) == [
        ("block", "Too heavy to ship to Sweden in market Sweden. Split it into two links.")]


def test_a_missing_tax_rate_is_told_of_unless_tax_is_ignored(session: Session, shop: Shop) -> None:
    food = make.product(session, "Tea", tax_class="reduced", prices={shop.pricelist: 1}, stock={shop.warehouse: 9})
    book = make.product(session, "Book", tax_class="zero", prices={shop.pricelist: 1}, stock={shop.warehouse: 9})
    selection = make.selection(session, shop, {food: 1, book: 1})
    assert _said(session, selection) == [("warn", "No tax rate for Sweden, so no tax is counted.")]
    selection.ignores_tax = True
    assert _said(session, selection) == []


@pytest.mark.parametrize(("values", "text"), [
    ({"ends_at": NOON}, "SUMMER10 ended on 20 Nov."),
    ({"ends_at": NOON - timedelta(days=365)}, "SUMMER10 ended on 20 Nov 2025."),
    ({"starts_at": NOON + timedelta(days=1)}, "SUMMER10 starts on 21 Nov."),
    ({"usage_limit": 5, "uses_count": 5}, "SUMMER10 is used up."),
    ({"fixed_amount": 1000, "currency": "EUR"}, "SUMMER10 is not for SEK."),
    ({"minimum_amount": 500000, "currency": "SEK"}, "SUMMER10 needs items for at least 5\u00a0000,00\u00a0kr."),
    ({"code": None, "ends_at": NOON}, "Summer ended on 20 Nov."),
])
def test_a_discount_that_does_not_apply_says_why_and_takes_nothing_off(
        session: Session, shop: Shop, values: dict[str, object], text: str) -> None:
    refused = make.discount(session, **{"code": "SUMMER10", **values})
    basket = read_basket(session, make.selection(session, shop, {shop.chair: 1}, discount=refused))
    assert [(check.code, check.kind, check.text) for check in basket.checks] == [("discount.refused", "warn", text)]
    assert basket.quote.discount_amount == 0


@pytest.mark.parametrize(("values", "text"), [
    ({"ends_at": NOON}, "Old SEK ended on 20 Nov. Choose another pricelist."),
    ({"starts_at": NOON + timedelta(days=1)}, "Old SEK starts on 21 Nov. Choose another pricelist."),
])
def test_a_pricelist_out_of_force_blocks(session: Session, shop: Shop, values: dict[str, object], text: str) -> None:
    old = make.pricelist(session, shop.market, "Old SEK", position=2, **values)
    make.price(session, old, shop.chair, 1)
    assert _said(session, make.selection(session, shop, {shop.chair: 1}, pricelist=old)) == [("block", text)]


def test_a_total_no_system_can_hold_blocks(session: Session, shop: Shop) -> None:
    """M169: nothing above 2^53 minor units."""
    plan = make.offer(session, prices={shop.pricelist: 2**53 - 1})
    assert _said(session, make.selection(session, shop, {plan: 1})) == []
    assert _said(session, make.selection(session, shop, {plan: 2})) == [
        ("block", "The total is too large to be paid. Lower a quantity.")]


def test_names_of_people_are_never_read_as_anything_but_names(session: Session, shop: Shop) -> None:
    shop.market.name = "{0} <script>"
    assert _said(session, make.selection(session, shop, {shop.cap: 1})) == [("warn", "Only 1 left in {0} <script>.")]
