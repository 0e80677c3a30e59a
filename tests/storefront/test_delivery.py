"""Delivery and payment: the ways to deliver, the total the server computes, and the words before *Pay*."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.payments.models import Payment
from sales_portal.pricing.models import ShippingMethod, ShippingRate
from tests import make
from tests.harness.time import Clock
from tests.make import Linked, Shop
from tests.storefront.walking import Enter


@pytest.fixture
def courier(session: Session, shop: Shop) -> ShippingMethod:
    """A dearer way to ship whose driver calls."""
    return make.shipping(session, shop.market, {"SE": 14900}, name="Courier", min_days=1, max_days=1, needs_phone=True)


def payments(session: Session) -> list[Payment]:
    session.rollback()
    return list(session.scalars(select(Payment).order_by(Payment.id)))


def the_copy(session: Session) -> CheckoutSession:
    session.rollback()
    return session.scalars(select(CheckoutSession)).one()


def test_ways_to_deliver_show_name_days_and_price_with_the_cheapest_chosen(
        shop: Shop, courier: ShippingMethod, linked: Linked, enter: Enter, clock: Clock) -> None:
    clock.set(datetime(2026, 11, 20, 12, tzinfo=UTC))
    anna = enter(linked)
    shown = anna.give_details()
    cards = [" ".join(card.get_text(" ").split()) for card in shown.page.select(".radio-card-label")]
    assert [card.replace("\u2009", " ") for card in cards] == [
        "PostNord to the door Mon 23 – Wed 25 Nov 59,00", "Courier Mon, 23 Nov 149,00"]
    assert shown.one("[name=method][checked]")["value"] == str(shop.shipping.id)
    assert shown.words("#pay .button-label").replace("\u00a0", " ") == "Pay 3 669,00 kr"
    assert "By paying you buy these items from Nordic Home AB." in shown.words("#delivery-sum")
    assert [step.get_text(" ", strip=True) for step in shown.page.select(".step-current")] == ["3 Pay"]


def test_another_way_to_deliver_is_priced_by_the_server(
        session: Session, courier: ShippingMethod, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.give_details()
    token = anna.page.one("[name=form_token]")["value"]
    answer = anna.client.post(f"{linked.path}/delivery", data={
        "form_token": token, "method": str(courier.id), "shown_total": "1", "amount": "1"})
    assert (answer.status_code, answer.location) == (303, f"{linked.path}/delivery")
    assert "Pay 3 759,00 kr" in anna.look("/delivery").words("#pay").replace("\u00a0", " ")
    assert the_copy(session).total_amount == 375900


def test_pay_with_a_total_that_changed_shows_both_and_starts_nothing(
        session: Session, courier: ShippingMethod, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.give_details()
    field = f"phone-{courier.id}"
    shown = anna.submit(anna.page, "#pay-form", method=str(courier.id), **{field: "+46 70 111 22 33"})
    assert shown.words("#total-changed").replace("\u00a0", " ") == (
        "The total has changed It was 3 669,00 kr and is now 3 759,00 kr . Look at it once more before you pay.")
    assert payments(session) == []
    assert shown.one(f"#field-{field}")["value"] == "+46 70 111 22 33"
    anna.submit(shown, "#pay-form")
    assert [payment.amount for payment in payments(session)] == [375900]


@pytest.mark.parametrize("typed", ["0", "1", "-1", "366899", "3669,00", "", "9" * 40])
def test_no_total_but_the_computed_one_is_taken(
        session: Session, linked: Linked, enter: Enter, typed: str) -> None:
    """M167: the page is shown again, and nothing is charged."""
    anna = enter(linked)
    anna.give_details()
    anna.submit(anna.page, "#pay-form", shown_total=typed, amount=typed, total=typed)
    assert anna.where == "/delivery"
    assert payments(session) == []


def test_a_driver_who_calls_needs_a_number_and_says_why(
        session: Session, courier: ShippingMethod, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    shown = anna.give_details()
    field = f"phone-{courier.id}"
    assert shown.words(f"#field-{field}-hint") == "Only for the driver, if they can't find you."
    assert shown.one(f"#field-{field}")["autocomplete"] == "tel"
    assert [element["name"] for element in shown.page.select("[type=tel]")] == [field]
    for typed in ("", "call me"):
        shown = anna.submit(shown, "#pay-form", method=str(courier.id), **{field: typed})
        assert shown.status_code == 422
        assert [link.get_text() for link in shown.page.select("#error-summary a")] == [
            "Enter a phone number the driver can call"]
        assert shown.one(f"#field-{field}")["value"] == typed
    assert payments(session) == []


def test_no_number_is_asked_where_no_driver_calls(linked: Linked, enter: Enter) -> None:
    assert not enter(linked).give_details().page.select("[type=tel]")


@pytest.mark.parametrize("typed", ["", "999999", "abc", "-1"])
def test_a_way_to_deliver_that_does_not_exist_is_refused(
        session: Session, linked: Linked, enter: Enter, typed: str) -> None:
    anna = enter(linked)
    anna.give_details()
    shown = anna.submit(anna.page, "#pay-form", method=typed)
    assert shown.status_code == 422
    assert shown.words("#field-method-error") == "Choose how we should deliver"
    assert payments(session) == []


def test_the_page_asks_for_the_details_first(linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.go_on()
    anna.look("/delivery")
    assert anna.where == "/details"


def test_an_address_nothing_can_be_brought_to_is_said_before_paying(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.give_details()
    session.execute(delete(ShippingRate).where(ShippingRate.method_id == shop.shipping.id))
    shown = anna.look("/delivery")
    assert shown.words("#unreachable") == "We can't deliver to Sweden with this offer. Maria can help you."
    assert not shown.page.select("#pay")


def test_what_sold_out_meanwhile_is_said_and_everything_typed_is_kept(
        session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    shown = anna.give_details()
    inventory.set_on_hand(session, shop.cap.id, shop.warehouse.id, 0, by=SYSTEM)
    shown = anna.submit(shown, "#pay-form")
    assert anna.where == "/delivery"
    assert shown.words("#sold-out-2") == (
        "Sold out just now: Wool cap. Maria can suggest something else. Nothing you typed is lost.")
    assert "Storgatan 1" in shown.words("#delivery-done")
    assert payments(session) == []


def test_free_delivery_and_ignored_delivery_say_so(session: Session, shop: Shop, enter: Enter) -> None:
    free = make.shipping(session, shop.market, {"SE": 9900}, name="Big parcel", free_over_amount=100_000)
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    shown = enter(linked).give_details()
    assert shown.one("[name=method][checked]")["value"] == str(free.id)
    assert "Delivery Free" in shown.words("#totals")
    ignored = make.link(session, make.selection(session, shop, {shop.bag: 1}), ignores_shipping=True)
    shown = enter(ignored).give_details()
    assert "Delivery Not charged" in shown.words("#totals")
    assert "Storgatan 1" in shown.words("#delivery-done")


def test_ignored_tax_is_taken_off_and_named(session: Session, shop: Shop, enter: Enter) -> None:
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}), ignores_shipping=True, ignores_tax=True,
                       ignores_tax_reason="Export")
    shown = enter(linked).give_details()
    assert shown.words("#totals").replace("\u00a0", " ") == (
        "Items 310,00 Delivery Not charged VAT not charged −62,00 You pay 248,00 kr")
