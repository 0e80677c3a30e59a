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
    ("SE", "DE", "DE136695976", True),
    ("SE", "DE", "de 136.695-976", True),
    ("SE", "FI", "DE136695976", True),
    ("SE", "GR", "EL094259216", True),
    ("SE", "SE", "DE136695976", False),
    ("SE", "DE", "SE556012579001", False),
    ("SE", "NO", "DE136695976", False),
    ("NO", "DE", "DE136695976", False),
    ("SE", "DE", "NO123456789", False),
    ("SE", "DE", "DE136695977", False),
    ("SE", "DE", "", False),
    ("", "DE", "DE136695976", False),
    ("DE", "SE", "SE556012579001", True),
])
def test_tax_is_reversed_onto_a_company_of_the_union_delivered_to_outside_the_sellers_country(
        seller: str, delivery: str, number: str, is_reversed: bool) -> None:
    assert tax.is_reverse_charged(seller, delivery, number) is is_reversed


@pytest.mark.parametrize("number", [
    "ATU13585627", "BE0428759497", "BG175074752", "HR33392005961", "CY10259033P", "CZ25123891", "DK13585628",
    "EE100931558", "FI20774740", "FR40303265045", "DE136695976", "EL094259216", "HU12892312", "IE6433435F",
    "IE6433435OA", "IE8D79739I", "IT00743110157", "LV40003521600", "LT119511515", "LT100001919017", "LU15027442",
    "MT11679112", "NL004495445B01", "PL8567346215", "PT501964843", "RO18547290", "SK2022749619", "SI50223054",
    "ESB58378431", "ESX5910266W", "SE556012579001",
])
def test_a_vat_number_is_one_of_the_country_it_begins_with_and_its_check_digits_hold(number: str) -> None:
    assert tax.vat_country(number) == {"EL": "GR"}.get(number[:2], number[:2])
    for last in set("0123456789") - {number[-1]}:
        assert tax.vat_country(number[:-1] + last) is None or number[:2] == "NL"


@pytest.mark.parametrize("number", [
    "GR094259216", "SE556012579002", "SE556012579101", "DE123456789", "DE1366959760", "XXDE136695976", "136695976",
    "DE", "D", "DE13669597６", "ſE556012579001", "GB980780684", "XI980780684", "EU372022452", "DE136695976\n1",
    "<script>", "DE" + "1" * 10_000,
])
def test_what_is_no_vat_number_of_the_union_is_of_no_country(number: str) -> None:
    assert tax.vat_country(number) is None


@pytest.mark.parametrize(("typed", "country", "kept"), [
    ("de 136-695.976", "DE", "DE136695976"), ("136695976", "DE", "DE136695976"), ("136695976", "SE", "136695976"),
    ("EL094259216", "GR", "EL094259216"), ("094259216", "GR", "EL094259216"),
    ("NO974760673MVA", "NO", "NO974760673MVA"),
    ("", "DE", ""),
])
def test_a_vat_number_is_kept_with_the_letters_of_its_country(typed: str, country: str, kept: str) -> None:
    assert tax.clean_vat_number(typed, country) == kept


@pytest.mark.parametrize(("number", "is_wrong"), [
    ("DE136695976", False), ("DE136695977", True), ("EL094259216", False), ("EL094259217", True), ("SE1", True),
    ("GR094259216", False), ("NO974760673MVA", False), ("12-3456789", False), ("", False), ("\u202e1", False),
])
def test_only_a_number_of_the_union_can_be_mistyped(number: str, is_wrong: bool) -> None:
    assert tax.is_mistyped(number) is is_wrong
