"""Tax on shipping, and tax a company abroad accounts for itself."""

from dataclasses import replace

import pytest

from sales_portal.pricing import engine, tax
from sales_portal.pricing.engine import Line, Rules, ShippingOption, ShippingTier
from sales_portal.pricing.tax import TaxOnShipping
from tests.pricing.baskets import AT

PARCEL = ShippingOption(1, "Parcel", (ShippingTier(30000, 1000),))
GERMANY = Rules("EUR", True, {"standard": 19000, "reduced": 7000}, shipping=PARCEL,
                tax_on_shipping=TaxOnShipping.PROPORTIONAL)
BOOK_AND_LAMP = [Line(1, 1, 3000, 3000, "reduced"), Line(2, 1, 7000, 7000)]


def test_shipping_taxed_in_proportion_follows_the_worth_of_the_goods_at_each_rate() -> None:
    quote = engine.quote(BOOK_AND_LAMP, GERMANY, AT)
    assert [(line.tax_rate, line.unit_amount, line.tax_amount) for line in quote.shipping_lines] == [
        (19000, 700, 112), (7000, 300, 20)]
    assert (quote.shipping_amount, quote.total_amount) == (1000, 11000)
    assert quote.taxes == {19000: 1118 + 112, 7000: 196 + 20}


def test_shipping_taxed_at_the_standard_rate_is_one_line() -> None:
    quote = engine.quote(BOOK_AND_LAMP, replace(GERMANY, tax_on_shipping=TaxOnShipping.STANDARD), AT)
    assert [(line.tax_rate, line.unit_amount, line.tax_amount) for line in quote.shipping_lines] == [(19000, 1000, 160)]


def test_only_goods_in_the_parcel_share_its_tax_and_those_that_cost_nothing_leave_the_standard_rate() -> None:
    lines = [Line(1, 1, 3000, 3000, "reduced"), Line(2, 1, 7000, 7000, ships=False)]
    assert [line.tax_rate for line in engine.quote(lines, GERMANY, AT).shipping_lines] == [7000]
    free = [Line(1, 1, 0, 0, "reduced")]
    assert [line.tax_rate for line in engine.quote(free, GERMANY, AT).shipping_lines] == [19000]


def test_goods_of_one_rate_make_one_line_of_shipping() -> None:
    lines = [Line(1, 1, 3000, 3000, "reduced"), Line(2, 1, 100, 100, "reduced")]
    assert [line.unit_amount for line in engine.quote(lines, GERMANY, AT).shipping_lines] == [1000]


def test_a_part_of_shipping_too_small_for_a_minor_unit_makes_no_line() -> None:
    lines = [Line(1, 1, 1, 1, "reduced"), Line(2, 1, 1_000_000, 1_000_000)]
    assert [line.tax_rate for line in engine.quote(lines, GERMANY, AT).shipping_lines] == [19000]


@pytest.mark.parametrize(("is_included", "total", "waived"), [(True, 8403, 1597), (False, 10000, 0)])
def test_reversed_tax_leaves_the_net_price(is_included: bool, total: int, waived: int) -> None:
    rules = Rules("EUR", is_included, {"standard": 19000}, is_reverse_charged=True, waives_included_tax=False)
    quote = engine.quote([Line(1, 1, 10000, 10000)], rules, AT)
    assert (quote.total_amount, quote.tax_waived_amount, quote.tax_amount) == (total, waived, 0)
    assert (quote.is_reverse_charged, quote.ignores_tax, quote.taxes) == (True, False, {})


@pytest.mark.parametrize(("seller", "delivery", "number", "is_reversed"), [
    ("SE", "DE", "DE123456789", True),
    ("SE", "DE", "de 123.456-789", True),
    ("SE", "FI", "DE123456789", True),
    ("SE", "GR", "EL123456789", True),
    ("SE", "SE", "DE123456789", False),
    ("SE", "DE", "SE556012579001", False),
    ("SE", "NO", "DE123456789", False),
    ("NO", "DE", "DE123456789", False),
    ("SE", "DE", "NO123456789", False),
    ("SE", "DE", "DE12345678", False),
    ("SE", "DE", "", False),
    ("", "DE", "DE123456789", False),
    ("DE", "SE", "SE556012579001", True),
])
def test_tax_is_reversed_onto_a_company_of_the_union_delivered_to_outside_the_sellers_country(
        seller: str, delivery: str, number: str, is_reversed: bool) -> None:
    assert tax.is_reverse_charged(seller, delivery, number) is is_reversed


@pytest.mark.parametrize(("number", "country"), [
    ("ATU12345678", "AT"), ("BE0123456789", "BE"), ("BG123456789", "BG"), ("HR12345678901", "HR"),
    ("CY12345678X", "CY"), ("CZ12345678", "CZ"), ("DK12345678", "DK"), ("EE123456789", "EE"), ("FI12345678", "FI"),
    ("FRXX123456789", "FR"), ("DE123456789", "DE"), ("EL123456789", "GR"), ("HU12345678", "HU"),
    ("IE1234567WA", "IE"), ("IE1X23456A", "IE"), ("IT12345678901", "IT"), ("LV12345678901", "LV"),
    ("LT123456789", "LT"), ("LT123456789012", "LT"), ("LU12345678", "LU"), ("MT12345678", "MT"),
    ("NL123456789B01", "NL"), ("PL1234567890", "PL"), ("PT123456789", "PT"), ("RO12345678", "RO"),
    ("SK1234567890", "SK"), ("SI12345678", "SI"), ("ESX1234567X", "ES"), ("SE123456789001", "SE"),
    ("GR123456789", None), ("SE123456789002", None), ("DE1234567890", None), ("XXDE123456789", None), ("DE", None),
    ("D", None), ("DE12345678９", None), ("GB123456789", None), ("DE123456789\n1", None), ("<script>", None),
])
def test_a_vat_number_is_one_of_the_country_it_is_written_like(number: str, country: str | None) -> None:
    assert tax.vat_country(number) == country
