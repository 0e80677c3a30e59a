"""A file that cannot be read as a whole is refused before anything of it is taken in."""

from pathlib import Path

import pytest

from sales_portal.imports.errors import NotReadable
from sales_portal.imports.shopify import open_table
from tests.imports.conftest import FILES


@pytest.mark.parametrize(("file", "why"), [
    ("empty.csv", "The file is empty."),
    ("latin-1.csv", ("The file is not UTF-8: line 5 holds letters of another encoding, such as Latin-1. Save it as "
                     "“CSV UTF-8” and try again.")),
    ("utf-16.csv", "The file is UTF-16, not UTF-8. Save it as “CSV UTF-8” and try again."),
    ("no-price-column.csv", ("The column “Variant Price” is missing. The first line must name the columns as "
                             "Shopify exports them.")),
    ("open-quote.csv", "The quotation marks of the row in line 10 don't match (unexpected end of data)."),
])
def test_it_is_refused_with_a_clear_word(file: str, why: str) -> None:
    with pytest.raises(NotReadable) as refused:
        open_table(FILES / file)
    assert refused.value.text == f"{why} Nothing was imported."


@pytest.mark.parametrize(("text", "why"), [
    ("\n\n", "The file is empty."),
    ("﻿", "The file is empty."),
    ("just a letter to my aunt", "The column “Handle” is missing."),
    ("Handle,Title,Variant SKU,Variant Price,title\n", "The column “Title” stands twice."),
    ('Handle,Title,Variant SKU,Variant Price\na,"B" c,d,1\n', "The quotation marks of the row in line 2 don't match"),
])
def test_what_is_no_table_is_refused(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "table.csv").write_text(text, encoding="utf-8")
    with pytest.raises(NotReadable) as refused:
        open_table(tmp_path / "table.csv")
    assert refused.value.text.startswith(why)


def test_column_names_are_read_in_any_case_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("HANDLE, Title ,variant sku,Variant Price,,\n\na,A,A-1,1,,\n,,,,,\n", "utf-8")
    [row] = open_table(tmp_path / "table.csv").rows()
    assert (row.line, row.get("Handle"), row.get("title"), row.get("Variant SKU")) == (3, "a", "A", "A-1")


def test_line_numbers_count_line_breaks_inside_cells(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text('Handle,Title,Variant SKU,Variant Price\na,"A\n\n",A-1,1\nb,B,B-1,1\n', "utf-8")
    assert [row.line for row in open_table(tmp_path / "table.csv").rows()] == [2, 5]


def test_a_table_without_rows_is_empty_not_broken(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("Handle,Title,Variant SKU,Variant Price\n", "utf-8")
    assert list(open_table(tmp_path / "table.csv").groups()) == []


def test_old_and_windows_line_ends_are_line_ends(tmp_path: Path) -> None:
    for end in ("\r\n", "\r"):
        (tmp_path / "table.csv").write_bytes(f"Handle,Title,Variant SKU,Variant Price{end}a,A,A-1,1{end}".encode())
        assert [row.get("Variant Price") for row in open_table(tmp_path / "table.csv").rows()] == ["1"]
