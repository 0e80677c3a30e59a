"""Good rows become products, variants, prices and stock."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from sales_portal.catalog import search
from sales_portal.catalog.models import Product, Variant
from sales_portal.imports.targets import Target
from sales_portal.inventory import queries as inventory
from sales_portal.inventory.models import Stock
from sales_portal.pricing.models import Price
from tests.imports.conftest import Import

SAME_TABLE = ("havsvik.csv", "havsvik-excel.csv", "havsvik-tabs.csv")


def product(session: Session, slug: str) -> Product:
    return session.scalars(
        select(Product).where(Product.slug == slug).options(selectinload(Product.variants))).one()


def variant(session: Session, sku: str) -> Variant:
    return session.scalars(select(Variant).where(Variant.sku == sku)).one()


def stock(session: Session, target: Target, sku: str) -> Stock | None:
    return inventory.get_stock(session, variant(session, sku).id, target.warehouse.id)


def test_rows_of_one_handle_are_the_variants_of_one_product(session: Session, import_file: Import) -> None:
    import_file("havsvik.csv")
    towel = product(session, "linen-towel")
    assert towel.title == "Linen towel"
    assert [(one.sku, one.title, one.options, one.position) for one in towel.variants] == [
        ("HV-TOW-S-SAND", "Small / Sand", {"Size": "Small", "Colour": "Sand"}, 1),
        ("HV-TOW-S-SEA", "Small / Sea", {"Size": "Small", "Colour": "Sea"}, 2),
        ("HV-TOW-L-SAND", "Large / Sand", {"Size": "Large", "Colour": "Sand"}, 3),
        ("HV-TOW-L-SEA", "Large / Sea", {"Size": "Large", "Colour": "Sea"}, 4)]


def test_a_product_without_options_has_one_variant_without_a_title(session: Session, import_file: Import) -> None:
    import_file("havsvik.csv")
    [mug] = product(session, "enamel-mug").variants
    assert (mug.title, mug.options, mug.weight_grams) == ("", {}, 240)


def test_a_row_with_only_a_picture_is_no_variant_and_no_mistake(session: Session, import_file: Import) -> None:
    report, bad = import_file("havsvik.csv")
    bench = product(session, "driftwood-bench")
    assert len(bench.variants) == 2
    assert bench.image_source == "https://cdn.example.com/bench-1.jpg"
    assert (report.rows, bad) == (13, [])


def test_the_description_is_plain_text(session: Session, import_file: Import) -> None:
    import_file("havsvik.csv")
    assert product(session, "driftwood-bench").description == (
        "A bench of reclaimed pine,\noiled by hand.\n– Seats two\n– Outdoor & indoor")


def test_quoted_line_breaks_stay_in_a_description_without_markup(session: Session, import_file: Import) -> None:
    import_file("havsvik.csv")
    assert product(session, "linen-towel").description == (
        "Washed linen.\nDries quickly, gets softer.\nMade in Borås.")


@pytest.mark.parametrize("file", SAME_TABLE)
def test_commas_semicolons_and_tabs_with_or_without_a_byte_order_mark_say_the_same(
        session: Session, import_file: Import, file: str) -> None:
    report, bad = import_file(file)
    assert bad == []
    assert report.changes == {"new_products": 7, "new_variants": 11, "prices": 11, "counts_in_stock": 9}
    amounts = session.execute(select(Variant.sku, Price.amount).join(Price, Price.variant_id == Variant.id))
    assert {row.sku: row.amount for row in amounts} == {
        "HV-BEN-120": 245000, "HV-BEN-160": 295000, "HV-TOW-S-SAND": 18900, "HV-TOW-S-SEA": 18900,
        "HV-TOW-L-SAND": 34950, "HV-TOW-L-SEA": 34950, "HV-MUG-01": 9500, "HV-DAY-01": 120000, "HV-GIFT": 50000,
        "HV-LAN-01": 42900, "HV-OAR-01": 65000}
    assert product(session, "enamel-mug").title == "Enamel mug “Brygga”"


def test_stock_comes_in_through_moves_and_sold_out_is_known(session: Session, import_file: Import,
                                                            target: Target) -> None:
    import_file("havsvik.csv")
    bench, long_bench = stock(session, target, "HV-BEN-120"), stock(session, target, "HV-BEN-160")
    assert bench is not None
    assert long_bench is not None
    assert (bench.on_hand, long_bench.on_hand) == (6, 0)
    assert [(move.reason, move.delta) for move in session.scalars(inventory.list_moves(bench))] == [("initial", 6)]
    assert session.scalars(inventory.list_moves(long_bench)).all() == []


def test_what_is_not_tracked_has_nothing_to_run_out_of(session: Session, import_file: Import, target: Target) -> None:
    import_file("havsvik.csv")
    assert stock(session, target, "HV-DAY-01") is None


def test_what_is_not_shipped_is_a_service_and_what_is_not_taxed_has_the_rate_zero(
        session: Session, import_file: Import) -> None:
    import_file("havsvik.csv")
    natures = {slug: (found.kind, found.tax_class) for slug in ("sail-repair-day", "gift-card", "enamel-mug")
               for found in [product(session, slug)]}
    assert natures == {"sail-repair-day": ("service", "standard"), "gift-card": ("service", "zero"),
                       "enamel-mug": ("goods", "standard")}


def test_a_barcode_behind_a_spreadsheets_apostrophe_is_the_barcode(session: Session, import_file: Import) -> None:
    import_file("havsvik.csv")
    assert variant(session, "HV-BEN-120").barcode == "7350012300011"
    assert variant(session, "HV-TOW-L-SEA").barcode is None


def test_only_what_is_active_and_published_is_published(session: Session, import_file: Import) -> None:
    import_file("havsvik.csv")
    published = {found.slug for found in session.scalars(select(Product)) if found.is_published}
    assert published == {"driftwood-bench", "linen-towel", "enamel-mug", "sail-repair-day", "gift-card"}


def test_the_variants_are_found_by_word_sku_and_barcode(session: Session, import_file: Import) -> None:
    import_file("havsvik.csv")
    for text in ("HV-TOW-L-SAND", "hvtowlsand", "7350012300059"):
        found = search.exact(session, text)
        assert found is not None
        assert found.sku == "HV-TOW-L-SAND"
