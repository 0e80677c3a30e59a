"""What a customer adds to an unlocked offer: own lines at the pricelist's price, beside what the agent offered."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Product
from sales_portal.checkout import adding, pricing, service
from sales_portal.checkout.errors import (
    AllTaken,
    Locked,
    NoMore,
    NoneLeft,
    NotAdded,
    NotInPacks,
    NotSold,
    TooFewLeft,
    TooMany,
    TooManyAdded,
    VisitEnded,
)
from sales_portal.checkout.models import CheckoutSession
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.pricing.models import Price
from tests import make
from tests.harness.time import Clock
from tests.make import Linked, Shop

OPEN = {"changes": "more", "may_add_products": True}


@pytest.fixture
def shop(kept_shop: Shop) -> Shop:
    return kept_shop


@pytest.fixture
def linked(session: Session, shop: Shop) -> Linked:
    """Two chairs at a special price, and whatever else the customer likes."""
    selection = make.selection(session, shop)
    make.line(session, selection, shop.chair, 2, special_price=100_000)
    return make.link(session, selection, **OPEN)


@pytest.fixture
def visit(session: Session, linked: Linked) -> CheckoutSession:
    """Anna's copy of it."""
    return make.visit(session, linked)


def held(visit: CheckoutSession) -> list[tuple[int, str, int, int]]:
    return [(line.line_no, line.title, line.quantity, line.unit_amount) for line in pricing.items_of(visit)]


def test_an_added_product_is_a_line_of_its_own_at_the_pricelists_price(
        session: Session, shop: Shop, linked: Linked, visit: CheckoutSession) -> None:
    """C-14: unlocked, the customer may add products."""
    line = adding.add(session, visit, linked.link, shop.bag.id)
    session.flush()
    session.refresh(visit)
    assert held(visit) == [(1, "Oak chair, natural", 2, 100_000), (adding.FIRST_LINE_NO, "Linen bag", 1, 31_000)]
    assert (line.is_added, line.tax_amount, line.line_amount) == (True, 6_200, 31_000)
    assert visit.total_amount == 200_000 + 31_000 + 5_900


def test_adding_it_again_takes_one_more(
        session: Session, shop: Shop, linked: Linked, visit: CheckoutSession) -> None:
    adding.add(session, visit, linked.link, shop.bag.id)
    adding.add(session, visit, linked.link, shop.bag.id)
    assert [line.quantity for line in adding.lines_of(visit)] == [2]
    assert visit.total_amount == 200_000 + 62_000 + 5_900


def test_more_of_a_product_at_a_special_price_costs_what_the_pricelist_says(
        session: Session, shop: Shop, linked: Linked, visit: CheckoutSession) -> None:
    """C-27, C-28, V140: the agent's line stays at its quantity, one's own is a line apart."""
    adding.add(session, visit, linked.link, shop.chair.id)
    assert held(visit) == [(1, "Oak chair, natural", 2, 100_000),
                           (adding.FIRST_LINE_NO, "Oak chair, natural", 1, 120_000)]


@pytest.mark.parametrize("terms", [
    {}, {"changes": "more", "may_change_quantities": True}, {"changes": "pick_one"}])
def test_nothing_is_added_where_the_agent_did_not_allow_it(
        session: Session, shop: Shop, terms: dict[str, object]) -> None:
    """C-15, V141: locked, only the products named; neither on a link to pick one of, nor where quantities alone may
    change."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.cap: 1}), **terms)
    visit = make.visit(session, linked)
    for refused in (lambda: adding.add(session, visit, linked.link, shop.bag.id),
                    lambda: adding.set_quantity(session, visit, linked.link, shop.bag.id, 2),
                    lambda: adding.remove(session, visit, linked.link, shop.bag.id)):
        with pytest.raises(Locked):
            refused()
    assert adding.lines_of(visit) == []


def test_only_what_is_sold_there_is_added(
        session: Session, shop: Shop, linked: Linked, visit: CheckoutSession) -> None:
    """C-29, V147: unknown, unpublished, without a price in the link's own pricelist, at a price of one's choice."""
    norway = make.norway(session, shop, {})
    prices, stock = {shop.pricelist: 5_000}, {shop.warehouse: 5}
    elsewhere = make.pricelist(session, norway, "Outlet NOK")
    wrong = [
        make.product(session, "Draft", prices=prices, stock=stock, is_published=False),
        make.product(session, "Priced elsewhere", prices={elsewhere: 5_000}, stock=stock),
        make.product(session, "Gift", prices=prices, stock=stock, is_pay_what_you_want=True),
        make.product(session, "Crate", prices=prices, stock={shop.warehouse: 40_000}, pack_size=20_000)]
    for variant_id in (0, -1, 10**30, 999_999, *(variant.id for variant in wrong)):
        with pytest.raises(NotSold, match="Choose another product"):
            adding.add(session, visit, linked.link, variant_id)
    assert visit.total_amount == 205_900


def test_no_more_is_added_than_is_left(
        session: Session, shop: Shop, linked: Linked, visit: CheckoutSession) -> None:
    """C-26: what the agent's line takes of the same stock is not there for another."""
    inventory.set_on_hand(session, shop.chair.id, shop.warehouse.id, 3, by=SYSTEM)
    adding.add(session, visit, linked.link, shop.chair.id)
    with pytest.raises(AllTaken, match="You have 1 × Oak chair, natural, which"):
        adding.add(session, visit, linked.link, shop.chair.id)
    with pytest.raises(TooFewLeft, match=r"Only 1 left\. Enter 1 or fewer"):
        adding.set_quantity(session, visit, linked.link, shop.chair.id, 2)
    inventory.set_on_hand(session, shop.bag.id, shop.warehouse.id, 0, by=SYSTEM)
    with pytest.raises(NoMore, match="Linen bag just sold out"):
        adding.add(session, visit, linked.link, shop.bag.id)
    inventory.set_on_hand(session, shop.chair.id, shop.warehouse.id, 2, by=SYSTEM)
    with pytest.raises(NoneLeft, match="Remove it to go on"):
        adding.set_quantity(session, visit, linked.link, shop.chair.id, 2)


def test_what_the_market_sells_beyond_its_stock_is_added_and_follows(session: Session, shop: Shop) -> None:
    shop.market.backorder_weeks = 3
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), **OPEN)
    visit = make.visit(session, linked)
    inventory.set_on_hand(session, shop.cap.id, shop.warehouse.id, 0, by=SYSTEM)
    assert adding.add(session, visit, linked.link, shop.cap.id).backorder_weeks == 3
    adding.set_quantity(session, visit, linked.link, shop.cap.id, 7)
    assert adding.lines_of(visit)[0].quantity == 7


def test_no_more_is_added_than_the_agent_allows_per_line(session: Session, shop: Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), **OPEN, max_per_line=2)
    visit = make.visit(session, linked)
    adding.add(session, visit, linked.link, shop.bag.id)
    for quantity in (0, -1, 3, 10**9):
        with pytest.raises(TooMany, match="Enter a quantity from 1 to 2"):
            adding.set_quantity(session, visit, linked.link, shop.bag.id, quantity)
    adding.set_quantity(session, visit, linked.link, shop.bag.id, 2)
    with pytest.raises(AllTaken, match="You have 2 × Linen bag"):
        adding.add(session, visit, linked.link, shop.bag.id)


def test_what_is_sold_in_packs_is_added_by_the_pack(
        session: Session, shop: Shop, linked: Linked, visit: CheckoutSession) -> None:
    mugs = make.product(session, "Mug", prices={shop.pricelist: 1_000}, stock={shop.warehouse: 14}, pack_size=6)
    adding.add(session, visit, linked.link, mugs.id)
    adding.add(session, visit, linked.link, mugs.id)
    assert adding.lines_of(visit)[0].quantity == 12
    with pytest.raises(NotInPacks, match="Sold in packs of 6"):
        adding.set_quantity(session, visit, linked.link, mugs.id, 7)
    with pytest.raises(TooFewLeft, match="Only 12 left"):
        adding.set_quantity(session, visit, linked.link, mugs.id, 18)


def test_a_copy_holds_so_many_added_products_and_no_more(
        session: Session, shop: Shop, linked: Linked, visit: CheckoutSession) -> None:
    *many, last = make.many_products(session, adding.MOST + 1, pricelist=shop.pricelist, warehouse=shop.warehouse)
    for variant_id in many:
        adding.add(session, visit, linked.link, variant_id)
    with pytest.raises(TooManyAdded, match="up to 50 products"):
        adding.add(session, visit, linked.link, last)
    assert max(line.line_no for line in adding.lines_of(visit)) < pricing.SHIPPING_LINE_NO


def test_after_removing_all_that_may_be_removed_the_agents_items_are_there(
        session: Session, shop: Shop, linked: Linked, visit: CheckoutSession) -> None:
    """V147: a copy is never empty; what the agent offered cannot be taken out."""
    adding.add(session, visit, linked.link, shop.bag.id)
    adding.add(session, visit, linked.link, shop.chair.id)
    for variant in (shop.bag, shop.chair):
        adding.remove(session, visit, linked.link, variant.id)
    with pytest.raises(NotAdded):
        adding.remove(session, visit, linked.link, shop.chair.id)
    session.flush()
    session.refresh(visit)
    assert held(visit) == [(1, "Oak chair, natural", 2, 100_000)]
    assert visit.total_amount == 205_900


def test_a_discount_on_some_products_reaches_added_lines_of_those_alone(session: Session, shop: Shop) -> None:
    off = make.discount(session, 50_000, on=[shop.bag])
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}, discount=off), **OPEN)
    visit = make.visit(session, linked)
    adding.add(session, visit, linked.link, shop.cap.id)
    adding.add(session, visit, linked.link, shop.bag.id)
    assert [(line.title, line.discount_amount) for line in pricing.items_of(visit)] == [
        ("Linen bag", 15_500), ("Wool cap", 0), ("Linen bag", 15_500)]


def test_goods_added_to_what_needs_no_parcel_ask_for_an_address(session: Session, shop: Shop) -> None:
    """C-30: whatever was answered before, goods go nowhere without a place that is reached."""
    hours = make.product(session, "Consultation", kind="service", prices={shop.pricelist: 50_000})
    linked = make.link(session, make.selection(session, shop, {hours: 1}), **OPEN)
    visit = make.visit(session, linked, street="", postcode="", city="")
    assert (visit.details_at is None, visit.shipping_method_id) == (False, None)
    adding.add(session, visit, linked.link, shop.bag.id)
    assert visit.details_at is None
    adding.remove(session, visit, linked.link, shop.bag.id)
    assert (visit.shipping_method_id, visit.total_amount) == (None, 50_000)


def test_a_trial_is_added_at_nothing_and_charged_in_its_periods(
        session: Session, shop: Shop, linked: Linked, visit: CheckoutSession) -> None:
    plan = make.offer(session, versions=2, trial_days=14, prices={shop.pricelist: 9_900})
    line = adding.add(session, visit, linked.link, plan.id)
    assert (line.unit_amount, line.list_amount, line.offer_version_id is not None) == (0, 9_900, True)


def test_a_worn_out_copy_comes_back_with_added_lines_at_todays_price_and_without_what_is_gone(
        session: Session, shop: Shop, linked: Linked, clock: Clock) -> None:
    claimed = make.claim(session, linked)
    adding.add(session, claimed.visit, linked.link, shop.bag.id)
    adding.add(session, claimed.visit, linked.link, shop.cap.id)
    session.commit()
    clock.advance(hours=25)
    with pytest.raises(VisitEnded):
        adding.add(session, claimed.visit, linked.link, shop.bag.id)
    clock.advance(hours=-2)
    claimed.visit.status = "expired"
    session.get_one(Product, shop.cap.product_id).unpublished_at = claimed.visit.claimed_at
    session.get_one(Price, (shop.pricelist.id, shop.bag.id)).amount = 29_000
    session.flush()
    again = make.claim(session, linked, claimed.visitor_token)
    assert again.visit.id == claimed.visit.id
    assert held(again.visit) == [(1, "Oak chair, natural", 2, 100_000), (501, "Linen bag", 1, 29_000)]


def test_a_quantity_of_an_added_line_is_not_set_as_one_of_the_agents(
        session: Session, shop: Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), **OPEN, may_change_quantities=True)
    visit = make.visit(session, linked)
    line = adding.add(session, visit, linked.link, shop.bag.id)
    with pytest.raises(VisitEnded):
        service.set_quantity(session, visit, linked.link, line.line_no, 2)
