"""Products are found by code and by word, ranked, each with price, stock and the reason where it cannot be added."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.customers import service as customers
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.selections import queries
from sales_portal.selections.models import Selection
from sales_portal.selections.search import find_products
from tests import make
from tests.harness.statements import Counting
from tests.make import Shop


def _titles(session: Session, text: str, selection: Selection) -> list[str]:
    return [found.title for found in find_products(session, text, selection)]


def test_a_row_shows_price_and_stock_of_the_selections_market_and_pricelist(session: Session, shop: Shop) -> None:
    oslo = make.warehouse(session, "Oslo")
    norway = make.market(session, "Norway", site=shop.site, currency="NOK", warehouses=[oslo])
    retail = make.pricelist(session, norway, "Retail NOK")
    make.price(session, retail, shop.chair, 125000)
    inventory.set_on_hand(session, shop.chair.id, oslo.id, 3, by=SYSTEM)
    there = make.selection(session, shop, market=norway, pricelist=retail)
    [ours], [theirs] = (find_products(session, "oak", which) for which in (make.selection(session, shop), there))
    assert (ours.title, ours.sku, ours.barcode) == ("Oak chair, natural", "TSH-0042", "7350001000428")
    assert (ours.amount, ours.currency, ours.available, ours.reason) == (120000, "SEK", 14, "")
    assert (theirs.amount, theirs.currency, theirs.available, theirs.is_addable) == (125000, "NOK", 3, True)


def test_words_and_codes_match_from_their_beginnings(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    for text in ("oak", "OAK", "chair", "oak chair", "chair oak", "ch oa", "natural", "oak nat", "oak, natural!",
                 "  oak  ", "TSH-0042", "tsh-0042", "TSH0042", "tsh 0042", "TSH-00", "ts", "t", "7350001000428", "73",
                 "7"):
        assert (text, _titles(session, text, selection)) == (text, ["Oak chair, natural"])


def test_what_does_not_match_finds_nothing(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    for text in ("ak", "hair", "oak table", "0042x", "oa", "ch", "%", "_", "o%k", "oak%table", "🪑", "", " ", "'", "--",
                 "\x00", "\ud83e", "SH-0042"):
        assert (text, _titles(session, text, selection)) == (text, [])


def test_accents_and_case_make_no_difference(session: Session, shop: Shop) -> None:
    make.product(session, "Fåtölj Ærø ŞIK", sku="FÅ-1", prices={shop.pricelist: 1}, stock={shop.warehouse: 9})
    selection = make.selection(session, shop)
    for text in ("fåtölj", "FATOLJ", "Fatölj", "ærø", "aero", "şik", "sik", "FÅ-1", "fa1"):
        assert _titles(session, text, selection) == ["Fåtölj Ærø ŞIK"]


def test_short_texts_look_at_codes_alone(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    make.product(session, "Ba table", sku="XX-1", prices={shop.pricelist: 1}, stock={shop.warehouse: 9})
    assert _titles(session, "ba", selection) == ["Linen bag"]
    assert _titles(session, "b", selection) == ["Linen bag"]
    assert _titles(session, "bag", selection) == ["Linen bag"]
    assert _titles(session, "tab", selection) == ["Ba table"]


def test_codes_come_first_then_what_was_bought_then_whole_words_then_the_rest(session: Session, shop: Shop) -> None:
    stock, prices = {shop.warehouse: 9}, {shop.pricelist: 1}
    make.product(session, "Lampshade A", sku="S-1", prices=prices, stock=stock)
    make.product(session, "Lamp B", sku="S-2", prices=prices, stock=stock)
    bought = make.product(session, "Lampshade C", sku="S-3", prices=prices, stock=stock)
    make.product(session, "Anything D", sku="LAMP-12", prices=prices, stock=stock)
    make.product(session, "Anything E", sku="LAMP", prices=prices, stock=stock)
    make.product(session, "Anything F", sku="S-4", barcode="LAMP-7", prices=prices, stock=stock)
    customers.record_purchases(session, shop.customer.id, [bought.id], clock.now())
    other = make.customer(session)
    found = find_products(session, "lamp", make.selection(session, shop))
    assert [row.title for row in found] == [
        "Anything E", "Anything D", "Anything F", "Lampshade C", "Lamp B", "Lampshade A"]
    assert [row.was_bought for row in found] == [False, False, False, True, False, False]
    assert [row.is_exact for row in found] == [True, False, False, False, False, False]
    assert [row.title for row in find_products(session, "lamp", make.selection(session, shop, customer=other))] == [
        "Anything E", "Anything D", "Anything F", "Lamp B", "Lampshade A", "Lampshade C"]


def test_what_was_bought_is_found_behind_any_number_of_others(session: Session, shop: Shop) -> None:
    for number in range(60):
        make.product(session, f"Mirror {number:02}", sku=f"M-{number}")
    bought = make.product(session, "Mirror zz", sku="M-99")
    customers.record_purchases(session, shop.customer.id, [bought.id], clock.now())
    selection = make.selection(session, shop)
    assert _titles(session, "mirror", selection)[0] == "Mirror zz"
    assert "Mirror zz" not in _titles(session, "mirror", make.selection(session, shop, for_anyone=True))
    assert _titles(session, "m9", selection)[:2] == ["Mirror 09", "Mirror zz"]


def test_an_exact_code_is_found_behind_any_number_of_words(session: Session, shop: Shop) -> None:
    for number in range(60):
        make.product(session, "Bag 12", sku=f"B-{number}")
    make.product(session, "Shelf", sku="BAG-12")
    found = find_products(session, "bag 12", make.selection(session, shop))
    assert found[0].title == "Shelf"
    assert found[0].is_exact


def test_what_cannot_be_added_stays_visible_with_the_reason(session: Session, shop: Shop) -> None:
    stock, prices = {shop.warehouse: 9}, {shop.pricelist: 1}
    make.product(session, "Lamp A", prices=prices, stock={shop.warehouse: 0})
    make.product(session, "Lamp B", stock=stock)
    make.product(session, "Lamp C", prices=prices, stock=stock, unpublished_at=clock.now())
    make.product(session, "Lamp D", prices=prices, stock=stock, is_published=False)
    make.product(session, "Lamp E", prices=prices, stock=stock)
    make.product(session, "Lamp F", prices=prices)
    make.product(session, "Lamp G", prices=prices, kind="service")
    make.product(session, "Lamp H")
    found = find_products(session, "lamp", make.selection(session, shop))
    assert [(row.title, row.reason, row.is_addable) for row in found] == [
        ("Lamp A", "Sold out in Sweden", False), ("Lamp B", "No price in Retail SEK", False),
        ("Lamp C", "No longer sold", False), ("Lamp D", "Not for sale yet", False), ("Lamp E", "", True),
        ("Lamp F", "Sold out in Sweden", False), ("Lamp G", "", True), ("Lamp H", "No price in Retail SEK", False)]


def test_a_variant_is_one_row_however_many_of_its_words_match(session: Session, shop: Shop) -> None:
    table = make.product(session, "Table tables tablecloth", sku="TABLE-1").product
    make.variant(session, table, title="table oak")
    make.variant(session, table, title="ash")
    assert _titles(session, "table", make.selection(session, shop)) == [
        "Table tables tablecloth", "Table tables tablecloth, table oak", "Table tables tablecloth, ash"]


def test_a_variant_is_one_row_however_many_of_its_codes_begin_so(session: Session, shop: Shop) -> None:
    made = make.product(session, "Oak bench", sku="BEN-BENCH-7", barcode="BE7", prices={shop.pricelist: 1})
    for text in ("be", "ben"):
        found = find_products(session, text, make.selection(session, shop, customer=None))
        assert [one.variant_id for one in found] == [made.id]


def test_fifty_rows_are_ranked_and_a_limit_takes_the_best(session: Session, shop: Shop) -> None:
    for number in range(70):
        make.product(session, f"Plate {number:02}", prices={shop.pricelist: 1}, stock={shop.warehouse: 1})
    selection = make.selection(session, shop)
    titles = _titles(session, "plate", selection)
    assert titles == [f"Plate {number:02}" for number in range(50)]
    assert [row.title for row in find_products(session, "plate", selection, limit=8)] == titles[:8]


def test_very_long_texts_are_cut(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    assert _titles(session, "oak " * 1_250_000, selection) == ["Oak chair, natural"]
    assert _titles(session, "x" * 5_000_000, selection) == []
    long = make.product(session, "W" * 299, prices={shop.pricelist: 1}, stock={shop.warehouse: 1})
    assert _titles(session, "w" * 150, selection) == [long.product.title]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_is_harmless(session: Session, shop: Shop, text: str) -> None:
    found = find_products(session, text, Selection(
        market=shop.market, market_id=shop.market.id, pricelist=shop.pricelist, pricelist_id=shop.pricelist.id,
        currency="SEK", customer_id=shop.customer.id))
    assert len(found) <= 3
    session.expunge_all()


@pytest.mark.parametrize("count", [1, 5000])
def test_three_statements_are_enough_however_many_products(
        session: Session, portal: Session, shop: Shop, statements: Counting, count: int) -> None:
    make.many_products(session, count)
    made = make.selection(session, shop)
    session.commit()
    selection = queries.get_selection(portal, made.id)
    assert selection is not None
    for text in ("chair", "chair oak natural", "sku", "7", "SKU-000001", "chair zzz"):
        with statements(at_most=3) as sent:
            found = find_products(portal, text, selection)
        assert len(sent) >= 2
        assert bool(found) is (text != "chair zzz")
