"""Lines for what is not in the catalogue: priced, taxed, shipped, linked and bought like any other."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid, NotFound
from sales_portal.selections import ad_hoc
from sales_portal.selections.ad_hoc import AdHoc
from sales_portal.selections.basket import read_basket
from tests import make
from tests.make import Shop


def test_it_is_priced_and_taxed_by_its_class(session: Session, shop: Shop) -> None:
    make.tax_rate(session, "SE", 12000, "reduced")
    selection = make.selection(session, shop)
    ad_hoc.add_ad_hoc(session, selection, AdHoc(" Hand  engraving ", 11200, "reduced"), 3, by=shop.agent.actor)
    basket = read_basket(session, selection)
    [row] = basket.rows
    assert (row.title, row.is_ad_hoc, row.available, row.ships) == ("Hand engraving", True, None, False)
    assert (basket.quote.total_amount, basket.quote.taxes) == (33600, {12000: 3600})
    assert basket.checks == ()


def test_what_ships_needs_delivery(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    ad_hoc.add_ad_hoc(session, selection, AdHoc("Old crate", 10000, ships=True), by=shop.agent.actor)
    assert read_basket(session, selection).quote.total_amount == 15900


@pytest.mark.parametrize("ships", [True, False])
def test_it_is_linked_and_bought(session: Session, shop: Shop, ships: bool) -> None:
    selection = make.selection(session, shop, {shop.bag: 1})
    ad_hoc.add_ad_hoc(session, selection, AdHoc("Old crate", 10000, ships=ships), 2, by=shop.agent.actor)
    linked = make.link(session, selection)
    session.refresh(linked.link, ["lines"])
    assert [(line.title, line.variant_id, line.is_special_price) for line in linked.link.lines] == [
        ("Linen bag", shop.bag.id, False), ("Old crate", None, True)]
    order = make.order(session, linked)
    session.refresh(order, ["lines"])
    assert [(line.title, line.quantity, line.line_amount) for line in order.lines][1] == ("Old crate", 2, 20000)
    assert order.total_amount == 31000 + 20000 + 5900


def test_it_can_be_changed(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    line = ad_hoc.add_ad_hoc(session, selection, AdHoc("Crate", 10000), by=shop.agent.actor).line
    version = selection.version
    ad_hoc.change_ad_hoc(session, selection, line.id, AdHoc("Old crate", 9000, "zero", True), by=shop.agent.actor)
    row = read_basket(session, selection).rows[0]
    assert (row.title, row.unit_amount, row.tax_class, row.ships) == ("Old crate", 9000, "zero", True)
    ad_hoc.change_ad_hoc(session, selection, line.id, AdHoc("Old crate", 9000, "zero", True), by=shop.agent.actor)
    assert selection.version == version + 1


@pytest.mark.parametrize(("wanted", "field", "said"), [
    (AdHoc("  ", 1), "title", "Say what it is"), (AdHoc("x" * 301, 1), "title", "Use at most 300 characters"),
    (AdHoc("x", -1), "amount", "Enter an amount from 0 up"), (AdHoc("x", 2**60), "amount", "Enter a smaller amount"),
    (AdHoc("x", 1, "none"), "tax_class", "Choose how it is taxed")])
def test_what_is_wrong_is_said_of_its_field(
        session: Session, shop: Shop, wanted: AdHoc, field: str, said: str) -> None:
    selection = make.selection(session, shop)
    with pytest.raises(Invalid) as refusal:
        ad_hoc.add_ad_hoc(session, selection, wanted, by=shop.agent.actor)
    assert (refusal.value.field, refusal.value.text) == (field, said)
    assert read_basket(session, selection).is_empty


def test_a_product_is_no_ad_hoc_line(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.bag: 1})
    line_id = read_basket(session, selection).rows[0].line_id
    with pytest.raises(NotFound):
        ad_hoc.change_ad_hoc(session, selection, line_id, AdHoc("Bag", 1), by=shop.agent.actor)
