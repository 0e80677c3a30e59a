"""Letting a customer add products: offered in the Link dialog, promised, and told apart afterwards."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.checkout import adding
from sales_portal.orders import placing
from sales_portal.orders.models import Order
from sales_portal.selections.models import Selection
from tests import make
from tests.desk import linking
from tests.harness.app import Client
from tests.make import Shop

NEITHER = {"may_change_quantities": None, "may_add_products": None}


@pytest.mark.parametrize(("typed", "said", "stored"), [
    ({"may_add_products": "1"}, "can change quantities and add products.", (True, True)),
    ({"may_change_quantities": None, "may_add_products": "1"}, "can add products.", (False, True)),
    ({}, "can change quantities.", (True, False))])
def test_the_dialog_offers_both_changes_and_promises_what_is_ticked(
        maria: Client, session: Session, draft: Selection, typed: dict[str, str | None], said: str,
        stored: tuple[bool, bool]) -> None:
    """C-14: locked, or the customer may add products and change quantities."""
    made = linking.create(maria, linking.dialog(maria, draft), changes="more", **typed)
    assert said in made.words("#promise")
    link = linking.only_link(session)
    assert (link.may_change_quantities, link.may_add_products) == stored


def test_more_without_either_says_what_to_choose(maria: Client, draft: Selection) -> None:
    answer = linking.create(maria, linking.dialog(maria, draft), changes="more", **NEITHER)
    assert answer.status_code == 422
    assert answer.words("#field-changes-error") == (
        "Choose what may be changed: quantities, products, or nothing at all")


def test_nothing_and_pick_one_let_nobody_add_whatever_was_ticked_before(
        maria: Client, session: Session, draft: Selection) -> None:
    linking.create(maria, linking.dialog(maria, draft), changes="pick_one", may_add_products="1")
    link = linking.only_link(session)
    assert (link.changes, link.may_change_quantities, link.may_add_products) == ("pick_one", False, False)


def test_the_next_dialog_starts_with_what_was_ticked_last(
        maria: Client, session: Session, shop: Shop, draft: Selection) -> None:
    linking.create(maria, linking.dialog(maria, draft), changes="more", may_change_quantities=None,
                   may_add_products="1")
    shown = linking.dialog(maria, make.selection(session, shop, {shop.chair: 1}))
    assert linking.chosen(shown, "changes") == ["more"]
    assert (linking.chosen(shown, "may_change_quantities"), linking.chosen(shown, "may_add_products")) == ([], ["1"])


def test_link_and_order_tell_what_the_customer_added(maria: Client, session: Session, shop: Shop) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), changes="more", may_add_products=True)
    visit = make.visit(session, linked)
    for variant in (shop.bag, shop.cap, shop.bag):
        adding.add(session, visit, linked.link, variant.id)
    adding.remove(session, visit, linked.link, shop.cap.id)
    placed = placing.place_order(session, make.payment(session, visit), {"test": make.gateway(session)},
                                 source="customer")
    assert placed.order_id is not None
    shown = maria.get(f"/links/{linked.link.number}")
    assert "Added: 2 × Linen bag" in shown.words("#link-visits")
    timeline = shown.words("#link-timeline")
    for said in ("Added Linen bag · quantity 2", "Added Wool cap · quantity 1", "Removed Wool cap again"):
        assert said in timeline
    lines = maria.get(f"/orders/{session.get_one(Order, placed.order_id).number}").page.select("#order-lines tbody tr")
    assert ["Added by the customer" in line.get_text() for line in lines] == [False, True, False]
