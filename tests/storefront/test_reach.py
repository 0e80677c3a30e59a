"""Where things go and what is charged for it: countries with a way to ship, and the tax line of every kind."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.payments.models import Payment
from tests import make
from tests.make import Shop
from tests.storefront.walking import DETAILS, Enter

SHIPS_TO = ("US", "GB", "JP", "IE", "AE")
LABELS = {
    "SE": ["Delivery address", "Postcode", "Town or city"],
    "US": ["Delivery address", "City", "State", "ZIP code"],
    "GB": ["Delivery address", "Town or city", "Postcode"],
    "JP": ["Postcode", "Prefecture", "Delivery address"],
    "IE": ["Delivery address", "City", "County (optional)", "Eircode (optional)"],
    "AE": ["Delivery address", "Emirate"],
}


@pytest.mark.parametrize("country", LABELS)
def test_each_country_names_its_lines_in_its_words_and_says_which_may_stay_empty(
        session: Session, shop: Shop, enter: Enter, country: str) -> None:
    """C10."""
    make.shipping(session, shop.market, dict.fromkeys(SHIPS_TO, 9900))
    anna = enter(make.link(session, make.selection(session, shop, {shop.chair: 1})))
    anna.go_on()
    shown = anna.post("/details?act=country", **DETAILS, country=country)
    names = {"street", "postcode", "city", "region"}
    labels = [" ".join(label.get_text(" ").split()) for label in shown.page.select("#details-address label")
              if str(label["for"]).removeprefix("field-") in names]
    assert labels == LABELS[country]
    for name, value in DETAILS.items():
        for field in shown.page.select(f"input[name={name}]"):
            assert field["value"] == value


def test_no_country_asks_for_more_than_nine_typed_fields(session: Session, shop: Shop, enter: Enter) -> None:
    """C09: the driver's phone number on the next page among them."""
    make.shipping(session, shop.market, dict.fromkeys(SHIPS_TO, 9900), needs_phone=True)
    anna = enter(make.link(session, make.selection(session, shop, {shop.chair: 1}, for_anyone=True)))
    anna.go_on()
    for country in LABELS:
        shown = anna.post("/details?act=country", country=country)
        typed = shown.page.select("#details-form input:not([type=hidden])")
        assert len(typed) + 1 <= 9, country
        assert all(field.get("autocomplete") for field in typed)


@pytest.mark.parametrize("ignores", [False, True])
def test_goods_go_to_no_country_without_a_way_to_ship_whatever_the_form_says(
        session: Session, shop: Shop, enter: Enter, ignores: bool) -> None:
    """C-30: ignoring shipping drops the charge, not the rule."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), ignores_shipping=ignores)
    anna = enter(linked)
    shown = anna.go_on()
    assert [option["value"] for option in shown.page.select("#field-country option")] == ["SE"]
    refused = anna.post("/details", **DETAILS, country="NO")
    assert refused.status_code == 422
    assert refused.words("#field-country-error") == (
        "We can't deliver to Norway with this offer. We deliver to Sweden.")
    paid = anna.post("/payment", shown_total="120000", method=str(shop.shipping.id), country="NO")
    assert paid.location == f"{linked.path}/details"
    session.rollback()
    assert session.scalars(select(CheckoutSession.details_at)).one() is None
    assert session.scalars(select(Payment)).all() == []


def test_where_shipping_is_ignored_the_address_is_asked_and_nothing_charged(
        session: Session, shop: Shop, enter: Enter) -> None:
    """C-16: the two ignores are two."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 1}), ignores_shipping=True)
    shown = enter(linked).give_details()
    assert shown.words("#totals").replace("\u00a0", " ") == (
        "Items 1 200,00 Delivery Not charged Incl. VAT 25 % 240,00 You pay 1 200,00 kr")
    assert shown.words(".radio-card-price") == "Not charged"


def test_tax_in_the_prices_is_named_by_rate(session: Session, shop: Shop, enter: Enter) -> None:
    """C16: several rates."""
    make.tax_rate(session, "SE", 12000, "reduced")
    tea = make.product(session, "Tea", tax_class="reduced", prices={shop.pricelist: 11_200}, stock={shop.warehouse: 9})
    shown = enter(make.link(session, make.selection(session, shop, {shop.bag: 1, tea: 1}))).give_details()
    assert shown.words("#totals").replace("\u00a0", " ") == (
        "Items 422,00 Delivery PostNord to the door 59,00 Incl. VAT 25 % 73,80 Incl. VAT 12 % 12,00 "
        "You pay 481,00 kr")


def test_tax_on_top_is_added_and_named_as_the_market_does(session: Session, shop: Shop, enter: Enter) -> None:
    """C16: prices without tax; the total holds it before the first field is typed."""
    market = make.market(session, "United States", site=shop.site, currency="USD", locale="en_US", countries=["US"],
                         warehouses=[shop.warehouse])
    prices = make.pricelist(session, market, is_tax_included=False)
    make.tax_rate(session, "US", 8875)
    make.shipping(session, market, {"US": 500})
    make.price(session, prices, shop.bag, 10_000)
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}, market=market, pricelist=prices))
    anna = enter(linked)
    first = anna.look().words("#totals").replace("\u00a0", " ")
    assert first == "Delivery Parcel 5.00 Tax 8.875 % 9.32 You pay $114.32"
    shown = anna.give_details(country="US", postcode="95014", city="Cupertino", region="CA")
    assert shown.words("#totals").replace("\u00a0", " ") == f"Items 100.00 {first}"


def test_frozen_prices_say_until_when_they_hold_and_current_ones_what_they_follow(
        session: Session, shop: Shop, enter: Enter) -> None:
    """Section 3, row 15."""
    lines = {shop.bag: 1}
    frozen = make.link(session, make.selection(session, shop, lines))
    current = make.link(session, make.selection(session, shop, lines), price_mode="current")
    shown = enter(frozen).look().words("#prices")
    assert shown.startswith("Prices held until ")
    assert enter(current).look().words("#prices") == (
        "Prices follow our pricelist: you pay what it says when you continue.")
    shop.site.allows_endless_links = True
    endless = make.link(session, make.selection(session, shop, lines), expires_at=None)
    assert not enter(endless).look().page.select("#prices")
