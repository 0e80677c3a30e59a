"""Buying for a company: the VAT number is looked at without asking anybody, and decides who accounts for the tax."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.orders.models import Order
from tests import make
from tests.harness.app import Client
from tests.make import Linked, Shop
from tests.storefront.walking import Enter

GERMAN = {"country": "DE", "street": "Lindenweg 1", "postcode": "10115", "city": "Berlin",
          "company": "Möbelhaus GmbH"}


@pytest.fixture
def abroad(session: Session, shop: Shop) -> Linked:
    """A Swedish seller's link for a bag that may go to Germany."""
    shop.site.country = "SE"
    make.tax_rate(session, "DE", 19000)
    make.shipping(session, shop.market, {"DE": 5900})
    return make.link(session, make.selection(session, shop, {shop.bag: 1}, for_anyone=True))


def the_copy(session: Session) -> CheckoutSession:
    session.rollback()
    return session.scalars(select(CheckoutSession)).one()


@pytest.mark.parametrize("typed", ["DE136695976", "de 136 695 976", "136695976", "DE-136.695.976"])
def test_a_company_of_another_country_of_the_union_pays_no_tax_here(
        session: Session, abroad: Linked, enter: Enter, typed: str) -> None:
    anna = enter(abroad)
    shown = anna.give_details(**GERMAN, vat_number=typed)
    assert anna.where == "/delivery"
    assert the_copy(session).vat_number == "DE136695976"
    assert "VAT number DE136695976" in shown.words("#delivery-done")
    totals = shown.words("#totals").replace("\u00a0", " ")
    assert "VAT not charged" in totals
    assert "Incl. VAT" not in totals
    assert the_copy(session).total_amount < 36_900


def test_without_a_number_or_at_home_the_tax_is_charged(session: Session, abroad: Linked, enter: Enter) -> None:
    for details in (GERMAN, GERMAN | {"country": "SE", "postcode": "111 22", "city": "Stockholm",
                                      "vat_number": "DE136695976"}):
        anna = enter(abroad)
        anna.give_details(**details)
        assert "Incl. VAT" in anna.page.words("#totals")
        session.rollback()
        totals = session.scalars(select(CheckoutSession.total_amount)).all()
        assert set(totals) == {36_900}


def test_a_number_that_cannot_be_right_is_named_and_the_field_may_stay_empty(
        session: Session, abroad: Linked, enter: Enter) -> None:
    anna = enter(abroad)
    shown = anna.give_details(**GERMAN, vat_number="DE136695977")
    assert shown.status_code == 422
    assert [(link["href"], link.get_text()) for link in shown.page.select("#error-summary a")] == [
        ("#field-vat_number", "DE136695977 is not a VAT number. Check its digits, or leave it empty")]
    both = anna.submit(shown, "#details-form", street="")
    assert [link["href"] for link in both.page.select("#error-summary a")] == ["#field-street", "#field-vat_number"]
    assert shown.page.select("#buying-for-company[open]")
    assert shown.one("#field-vat_number")["value"] == "DE136695977"
    assert shown.one("#field-company")["value"] == "Möbelhaus GmbH"
    anna.submit(shown, "#details-form", vat_number="")
    assert anna.where == "/delivery"


@pytest.mark.parametrize("typed", ["NO 974 760 673 MVA", "12-3456789", "CHE-116.281.710", "x" * 40, "\u202e1"])
def test_a_number_nobody_can_check_here_blocks_nothing_and_changes_no_tax(
        session: Session, abroad: Linked, enter: Enter, typed: str) -> None:
    anna = enter(abroad)
    anna.give_details(**GERMAN, vat_number=typed)
    assert anna.where == "/delivery"
    assert (the_copy(session).total_amount, bool(the_copy(session).vat_number)) == (36_900, True)


def test_taking_the_number_back_charges_the_tax_again(session: Session, abroad: Linked, enter: Enter) -> None:
    anna = enter(abroad)
    anna.give_details(**GERMAN, vat_number="DE136695976")
    anna.submit(anna.look("/details"), "#details-form", vat_number="")
    assert the_copy(session).total_amount == 36_900


def test_the_number_is_on_order_and_receipt_and_the_house_sees_it(
        session: Session, shop: Shop, abroad: Linked, enter: Enter, client: Client) -> None:
    anna = enter(abroad)
    anna.give_details(**GERMAN, vat_number="DE136695976")
    shown = anna.buy()
    assert "Möbelhaus GmbH VAT number DE136695976" in shown.words("#buyer")
    session.rollback()
    order = session.scalars(select(Order)).one()
    assert order.vat_number == "DE136695976"
    client.sign_in(shop.agent.email)
    assert "VAT number DE136695976" in client.get(f"/orders/{order.number}").words("#order-customer")
