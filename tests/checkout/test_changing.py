"""What a customer may change on their copy, and what they may not."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.checkout import pricing, service
from sales_portal.checkout.errors import Locked, NoDelivery, NoSuchMethod, SpecialPriceFixed, TooMany, VisitEnded
from tests import make
from tests.harness.time import Clock

OPEN = {"changes": "more", "may_change_quantities": True}


@pytest.fixture
def shop(kept_shop: make.Shop) -> make.Shop:
    return kept_shop


def test_a_locked_copy_refuses_another_quantity(session: Session, shop: make.Shop) -> None:
    """C-15: locked, the quantity is the agent's."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2}))
    visit = make.visit(session, linked)
    with pytest.raises(Locked):
        service.set_quantity(session, visit, linked.link, 1, 1)
    assert visit.lines[0].quantity == 2


def test_another_quantity_reprices_the_whole_copy(session: Session, shop: make.Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2}), **OPEN)
    visit = make.visit(session, linked)
    service.set_quantity(session, visit, linked.link, 1, 3)
    assert visit.total_amount == 3 * 120_000 + 5_900
    assert visit.lines[0].tax_amount == 72_000


@pytest.mark.parametrize("quantity", [0, -1, 5, 10**9])
def test_a_quantity_stays_within_what_the_agent_allowed(session: Session, shop: make.Shop, quantity: int) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2}), **OPEN, max_per_line=4)
    visit = make.visit(session, linked)
    with pytest.raises(TooMany, match="Enter a quantity from 1 to 4"):
        service.set_quantity(session, visit, linked.link, 1, quantity)


def test_a_line_with_a_special_price_never_grows_but_may_shrink(session: Session, shop: make.Shop) -> None:
    """C-27, C-28, M140: also on a link that is not locked."""
    selection = make.selection(session, shop, {shop.bag: 1})
    make.line(session, selection, shop.chair, 2, special_price=100_000)
    linked = make.link(session, selection, **OPEN)
    visit = make.visit(session, linked)
    with pytest.raises(SpecialPriceFixed):
        service.set_quantity(session, visit, linked.link, 2, 3)
    service.set_quantity(session, visit, linked.link, 2, 1)
    assert visit.total_amount == 31_000 + 100_000 + 5_900


def test_picking_another_product_replaces_the_one_before(session: Session, shop: make.Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1, shop.bag: 1}), changes="pick_one")
    visit = make.visit(session, linked)
    assert visit.total_amount == 120_000 + 5_900
    service.pick(session, visit, linked.link, 2)
    session.flush()
    assert [line.title for line in pricing.items_of(visit)] == ["Linen bag"]
    assert visit.total_amount == 31_000 + 5_900


def test_goods_cannot_go_to_a_country_without_shipping_even_when_shipping_is_ignored(
        session: Session, shop: make.Shop) -> None:
    """C-30: no shipping setup, no delivery."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), ignores_shipping=True)
    with pytest.raises(NoDelivery) as refused:
        make.visit(session, linked, country="NO")
    assert refused.value.details["countries"] == ("SE",)


def test_another_country_changes_delivery_and_tax_and_no_price(session: Session, shop: make.Shop) -> None:
    """C-29: market and pricelist stay the agent's, though another market sells to that country for less."""
    make.tax_rate(session, "NO", 15_000)
    make.shipping(session, shop.market, {"NO": 9_900})
    norway = make.market(session, "Norway", site=shop.site, currency="NOK", countries=["NO"])
    make.price(session, make.pricelist(session, norway, "Retail NOK"), shop.chair, 90_000)
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    visit = make.visit(session, linked, country="NO", postcode="0150", city="Oslo")
    assert (linked.link.market_id, linked.link.pricelist_id, visit.currency) == (
        shop.market.id, shop.pricelist.id, "SEK")
    assert (visit.lines[0].unit_amount, visit.lines[0].tax_rate) == (120_000, 15_000)
    assert visit.total_amount == 120_000 + 9_900


def test_ignoring_shipping_drops_the_charge(session: Session, shop: make.Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), ignores_shipping=True)
    assert make.visit(session, linked).total_amount == 120_000


def test_ignoring_tax_that_is_in_the_price_lowers_the_total_by_exactly_that_tax(
        session: Session, shop: make.Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), ignores_tax=True,
                       ignores_tax_reason="Reverse charge")
    visit = make.visit(session, linked)
    assert visit.total_amount == 96_000 + 4_720
    assert [(line.tax_amount, line.tax_waived_amount) for line in visit.lines] == [(0, 24_000), (0, 1_180)]


def test_another_way_to_deliver_changes_the_total(session: Session, shop: make.Shop) -> None:
    slow = make.shipping(session, shop.market, {"SE": 2_900}, name="Pick-up point")
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    visit = make.visit(session, linked)
    assert (visit.shipping_method_id, visit.total_amount) == (slow.id, 122_900)
    service.choose_delivery(session, visit, linked.link, shop.shipping.id)
    assert visit.total_amount == 125_900
    with pytest.raises(NoSuchMethod):
        service.choose_delivery(session, visit, linked.link, 999)


def test_a_copy_that_has_ended_cannot_be_changed(session: Session, shop: make.Shop, clock: Clock) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), **OPEN)
    visit = make.visit(session, linked)
    clock.advance(hours=25)
    with pytest.raises(VisitEnded):
        service.set_quantity(session, visit, linked.link, 1, 2)
