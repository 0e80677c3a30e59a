"""Importing again changes only what the file says differently, and nothing twice."""

import tracemalloc
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Product, SearchWord, Variant
from sales_portal.core.db import Base
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.imports import products
from sales_portal.imports.shopify import open_table
from sales_portal.imports.targets import Target
from sales_portal.inventory.models import Stock, StockMove
from sales_portal.pricing.models import Price
from tests.harness.counting import count_on
from tests.imports.conftest import FILES, Import

HEAD = "Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty,Status"


def everything(session: Session) -> dict[str, list[str]]:
    session.flush()
    tables = Base.metadata.sorted_tables
    return {table.name: sorted(map(repr, session.execute(select(table)).all())) for table in tables}


def facts(session: Session) -> list[Event]:
    return list(session.scalars(select(Event).where(Event.name == "products.imported").order_by(Event.id)))


@pytest.mark.parametrize("file", ["havsvik.csv", "bad-rows.csv", "three-thousand.csv"])
def test_a_second_run_changes_no_row_of_any_table(session: Session, import_file: Import, file: str) -> None:
    _, bad = import_file(file)
    before = everything(session)
    again, bad_again = import_file(file)
    assert everything(session) == before
    assert again.changes == {}
    assert [(row.row.line, row.problem) for row in bad_again] == [(row.row.line, row.problem) for row in bad]


def test_an_import_is_one_fact_with_its_counts(session: Session, target: Target, import_file: Import) -> None:
    import_file("bad-rows.csv")
    [fact] = facts(session)
    assert (fact.subject_type, fact.subject_id) == ("pricelists", target.pricelist.id)
    assert (fact.context_type, fact.context_id) == ("warehouses", target.warehouse.id)
    assert fact.data == {"file": "bad-rows.csv", "bad_rows": 20, "new_products": 2, "new_variants": 2, "prices": 2,
                         "counts_in_stock": 2}


def test_three_thousand_rows_go_in_whole_in_a_few_statements(session: Session, target: Target) -> None:
    table, reports = open_table(FILES / "three-thousand.csv"), []
    sent = count_on(session, lambda: reports.append(
        products.import_products(session, table, target, _refuse, by=SYSTEM)))
    assert len(sent) <= 160
    assert [report.rows for report in reports] == [3000]
    counts = [session.scalar(select(func.count()).select_from(table)) for table in (Variant, Price, Stock)]
    assert counts == [3000, 3000, 3000]
    assert session.scalar(select(func.sum(Stock.on_hand))) == session.scalar(select(func.sum(StockMove.delta)))
    assert session.scalar(select(func.count(SearchWord.variant_id.distinct()))) == 3000


def test_the_file_is_never_in_memory_as_a_whole() -> None:
    table = open_table(FILES / "three-thousand.csv")
    tracemalloc.start()
    rows = sum(len(group) for group in table.groups())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 3000
    assert peak < table.path.stat().st_size / 2


def test_a_changed_price_changes_the_price_alone(session: Session, import_file: Import, tmp_path: Path) -> None:
    import_file(_table(tmp_path, "mug,Mug,Havsvik,,,MUG-1,95.00,10,active", "cup,Cup,Havsvik,,,CUP-1,80.00,10,active"))
    before = everything(session)
    report, _ = import_file(_table(tmp_path, "mug,Mug,Havsvik,,,MUG-1,99.00,10,active",
                                   "cup,Cup,Havsvik,,,CUP-1,80.00,10,active"))
    after = everything(session)
    assert report.changes == {"prices": 1}
    assert {name for name in after if after[name] != before[name]} == {"prices", "history"}
    assert sorted(session.scalars(select(Price.amount))) == [8000, 9900]


def test_a_new_title_is_found_and_the_old_one_no_more(session: Session, import_file: Import, tmp_path: Path) -> None:
    import_file(_table(tmp_path, "mug,Mug,Havsvik,Size,Small,MUG-S,95,10,active", "mug,,,,Large,MUG-L,95,10,"))
    import_file(_table(tmp_path, "mug,Beaker,Havsvik,Size,Small,MUG-S,95,10,active"))
    words = session.execute(select(Variant.sku, SearchWord.word).join(SearchWord, SearchWord.variant_id == Variant.id)
                            .where(SearchWord.is_code.is_(False))).all()
    assert {(row.sku, row.word) for row in words} == {
        ("MUG-S", "beaker"), ("MUG-S", "small"), ("MUG-S", "havsvik"),
        ("MUG-L", "beaker"), ("MUG-L", "large"), ("MUG-L", "havsvik")}


def test_another_count_moves_the_difference(session: Session, import_file: Import, tmp_path: Path) -> None:
    import_file(_table(tmp_path, "mug,Mug,Havsvik,,,MUG-1,95.00,10,active"))
    import_file(_table(tmp_path, "mug,Mug,Havsvik,,,MUG-1,95.00,7,active"))
    moves = session.execute(select(StockMove.reason, StockMove.delta).order_by(StockMove.id)).all()
    assert [tuple(move) for move in moves] == [("initial", 10), ("adjust", -3)]


def test_a_product_comes_off_sale_and_back_with_the_file(session: Session, import_file: Import, tmp_path: Path) -> None:
    published = []
    for status in ("draft", "active", "archived", "active"):
        import_file(_table(tmp_path, f"mug,Mug,Havsvik,,,MUG-1,95.00,10,{status}"))
        published.append(session.scalars(select(Product)).one().is_published)
    assert published == [False, True, False, True]


def test_what_the_file_does_not_name_stays(session: Session, import_file: Import, tmp_path: Path) -> None:
    import_file("havsvik.csv")
    mug = session.scalars(select(Product).where(Product.slug == "enamel-mug")).one()
    mug.description, mug.tax_class = "Holds 3 dl.", "reduced"
    session.flush()
    import_file(_table(tmp_path, "enamel-mug,Enamel mug “Brygga”,Havsvik,,,HV-MUG-01,95.00,120,active"))
    mug = session.scalars(select(Product).where(Product.slug == "enamel-mug")).one()
    [variant] = session.scalars(select(Variant).where(Variant.product_id == mug.id)).all()
    assert (mug.description, mug.tax_class) == ("Holds 3 dl.", "reduced")
    assert (variant.barcode, variant.weight_grams) == ("7350012300066", 240)
    assert session.scalar(select(func.count()).select_from(Variant)) == 11


def test_a_handle_that_comes_again_later_adds_to_its_product(session: Session, import_file: Import,
                                                             tmp_path: Path) -> None:
    _, bad = import_file(_table(tmp_path, "mug,Mug,Havsvik,Size,Small,MUG-S,95,10,active",
                                "cup,Cup,Havsvik,,,CUP-1,80,10,active", "mug,,,,Large,MUG-L,99,10,"))
    rows = session.execute(select(Variant.sku, Variant.position, Variant.options).order_by(Variant.id)).all()
    assert bad == []
    assert [tuple(row) for row in rows] == [
        ("MUG-S", 1, {"Size": "Small"}), ("CUP-1", 1, {}), ("MUG-L", 2, {"Size": "Large"})]


def _table(folder: Path, *lines: str) -> Path:
    path = folder / "table.csv"
    path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    return path


def _refuse(bad: object) -> None:
    raise AssertionError(bad)
