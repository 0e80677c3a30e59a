"""Bad rows stay out, each with its reason; the good rows beside them go in."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Product, Variant
from sales_portal.history.service import SYSTEM
from sales_portal.imports.rejects import RejectFile
from sales_portal.imports.shopify import open_table
from sales_portal.imports.targets import Target
from sales_portal.inventory import service as inventory
from sales_portal.pricing.models import Price
from tests.imports.conftest import FILES, Import

WHY = {
    3: "Variant SKU is missing",
    4: "Variant Price “twelve”: Enter an amount like 1080.50",
    5: "Variant Inventory Qty “1.5”: Enter a whole number from 0 to 9999999",
    6: "Variant Price “-1.00”: Enter an amount from 0 up; Variant Inventory Qty “-3”: Enter a whole number from 0 to "
       "9999999",
    7: "Variant Price “299.999”: Enter an amount with at most 2 decimals",
    8: "Variant SKU “BR-TRAY-S” stands in line 2 already",
    9: "Variant Barcode “7350099900015” is that of “BR-TRAY-S” already",
    10: "Variant Grams “light”: Enter grams from 0 to 10000000",
    11: "Variant SKU is longer than 80 characters",
    12: "Variant SKU holds a control character",
    13: "Variant Price is missing",
    14: "Title is longer than 300 characters",
    15: "Title is longer than 300 characters",
    16: "Handle is missing",
    17: "Handle holds a space or one of / ? # % \\",
    18: "Variant SKU “BR-TRAY-S” stands in line 2 already",
    19: "Title is missing, and there is no such product yet",
    20: "Status “aktiv”: Enter active, draft, archived or unlisted",
    21: "Image Src is no web address of up to 2000 characters",
    22: "Variant Inventory Qty “1000000000”: Enter a whole number from 0 to 9999999",
}


def test_each_bad_row_comes_out_with_its_reason(import_file: Import) -> None:
    report, bad = import_file("bad-rows.csv")
    assert {row.row.line: row.problem for row in bad} == WHY
    assert (report.rows, report.bad_rows) == (22, 20)


def test_the_good_rows_beside_them_go_in(session: Session, import_file: Import) -> None:
    import_file("bad-rows.csv")
    skus = session.execute(select(Product.slug, Variant.sku).join(Variant, Variant.product_id == Product.id))
    assert {tuple(row) for row in skus} == {("oak-tray", "BR-TRAY-S"), ("emoji-🪑", "BR-EMOJI")}


def test_hostile_text_is_kept_as_text(session: Session, import_file: Import) -> None:
    import_file("bad-rows.csv")
    titles = session.scalars(select(Product.title).where(Product.slug == "emoji-🪑")).all()
    assert titles == ["<script>alert(1)</script> 🪑 כיסא"]


def test_a_sku_of_another_product_in_the_catalogue_is_refused(import_file: Import, tmp_path: Path) -> None:
    import_file("havsvik.csv")
    stolen = _table(tmp_path, "Handle,Title,Variant SKU,Variant Price", "thief,Thief,HV-MUG-01,10")
    report, [bad] = import_file(stolen)
    assert bad.problem == "Variant SKU “HV-MUG-01” belongs to the product “enamel-mug”"
    assert report.changes == {}


def test_a_barcode_of_another_variant_in_the_catalogue_is_refused(import_file: Import, tmp_path: Path) -> None:
    import_file("havsvik.csv")
    clash = _table(tmp_path, "Handle,Title,Variant SKU,Variant Price,Variant Barcode", "a,A,A-1,10,7350012300066")
    _, [bad] = import_file(clash)
    assert bad.problem == "Variant Barcode “7350012300066” is that of “HV-MUG-01” already"


def test_a_row_with_more_cells_than_columns_is_refused(import_file: Import, tmp_path: Path) -> None:
    shifted = _table(tmp_path, "Handle,Title,Variant SKU,Variant Price", "a,A chair, with arms,A-1,10", "b,B,B-1,10,,")
    _, [bad] = import_file(shifted)
    assert bad.problem.startswith("The row has more cells than the first line has columns")


def test_five_megabytes_of_description_are_one_bad_row(import_file: Import, tmp_path: Path) -> None:
    huge = _table(tmp_path, "Handle,Title,Body (HTML),Variant SKU,Variant Price", f"a,A,{'x' * 5_000_000},A-1,10",
                  "b,B,short,B-1,10")
    report, [bad] = import_file(huge)
    assert bad.problem == "Body (HTML) is longer than 200000 characters"
    assert report.changes["new_products"] == 1


def test_stock_that_payments_hold_is_left_and_the_row_says_so(session: Session, target: Target, import_file: Import,
                                                              tmp_path: Path) -> None:
    import_file("havsvik.csv")
    mug = session.scalars(select(Variant).where(Variant.sku == "HV-MUG-01")).one()
    inventory.set_on_hand(session, mug.id, target.warehouse.id, 5, by=SYSTEM).held = 3
    session.flush()
    fewer = _table(tmp_path, "Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty",
                   "enamel-mug,Enamel mug “Brygga”,HV-MUG-01,99,1")
    report, [bad] = import_file(fewer)
    assert bad.problem == ("Only the stock of this row is not in. 3 of these are held by payments under way, so stock "
                           "can't go down to 1. Try again later.")
    assert report.changes["prices"] == 1


@pytest.mark.parametrize(("text", "minor"), [
    ("1080", 108000), ("1080.5", 108050), ("1,080.50", 108050), ("0", 0), ("  7.00 ", 700), ("1 080.00", 108000)])
def test_a_price_is_read_as_people_write_it(session: Session, import_file: Import, tmp_path: Path, text: str,
                                            minor: int) -> None:
    _, bad = import_file(_table(tmp_path, "Handle,Title,Variant SKU,Variant Price", f'a,A,A-1,"{text}"'))
    assert bad == []
    assert session.scalars(select(Price.amount)).all() == [minor]


@pytest.mark.parametrize("text", [
    "sNaN", "NaN", "inf", "1e3", "0x10", "1_000", "--1", "1.2.3", "½", "12 euros", "1.000", "9" * 30, "9" * 500])
def test_what_is_no_price_is_refused(import_file: Import, tmp_path: Path, text: str) -> None:
    report, [bad] = import_file(_table(tmp_path, "Handle,Title,Variant SKU,Variant Price", f"a,A,A-1,{text}"))
    assert bad.problem.startswith(f"Variant Price “{text[:40]}")
    assert report.changes == {}


def test_the_error_file_repeats_the_columns_and_adds_the_problem(import_file: Import, tmp_path: Path) -> None:
    table = open_table(FILES / "bad-rows.csv")
    _, bad = import_file("bad-rows.csv")
    with RejectFile(tmp_path / "out.csv", table.header, table.delimiter) as file:
        for row in bad:
            file.write(row)
    written = _records(tmp_path / "out.csv")
    assert written[0] == [*table.header, "Problem"]
    assert written[1][-1] == "Line 3: Variant SKU is missing"
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_no_cell_of_the_error_file_is_a_formula(import_file: Import, tmp_path: Path) -> None:
    table = open_table(FILES / "bad-rows.csv")
    _, bad = import_file("bad-rows.csv")
    with RejectFile(tmp_path / "out.csv", table.header, table.delimiter) as file:
        for row in bad:
            file.write(row)
    cells = [cell for record in _records(tmp_path / "out.csv") for cell in record]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_mended_error_file_goes_in(session: Session, import_file: Import, tmp_path: Path) -> None:
    table = open_table(FILES / "bad-rows.csv")
    _, bad = import_file("bad-rows.csv")
    with RejectFile(tmp_path / "out.csv", table.header, table.delimiter) as file:
        for row in bad:
            if row.row.line == 4:
                file.write(row)
    mended = (tmp_path / "out.csv").read_text("utf-8-sig").replace("twelve", "12.00", 1)
    (tmp_path / "mended.csv").write_text(mended, "utf-8-sig")
    _, still_bad = import_file(tmp_path / "mended.csv")
    assert still_bad == []
    large = session.scalars(select(Variant).where(Variant.sku == "BR-TRAY-L")).one()
    assert (large.title, large.options, large.position) == ("Large", {"Size": "Large"}, 2)


def test_no_error_file_is_made_for_a_clean_table(tmp_path: Path) -> None:
    with RejectFile(tmp_path / "out.csv", ["Handle"], ","):
        pass
    assert not (tmp_path / "out.csv").exists()


def _table(folder: Path, *lines: str) -> Path:
    path = folder / "table.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _records(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))
