"""A pasted list: each way to write a row, what is wrong with one, and the good ones added in one act."""

import pytest
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.core.errors import Invalid
from sales_portal.selections import pasting, queries
from sales_portal.selections.errors import TooManyLines
from sales_portal.selections.models import Selection
from sales_portal.selections.pasting import PastedRow, Typed
from tests import make
from tests.harness.statements import Counting
from tests.make import Shop


def _rows(session: Session, selection: Selection, text: str) -> list[PastedRow]:
    return pasting.preview(session, selection, pasting.read(text))


def _lines(session: Session, selection: Selection) -> list[tuple[str, int]]:
    titles = {line.id: queries.get_line(session, selection.id, line.id) for line in
              queries.list_lines(session, selection.id)}
    return [(line.full_title, line.quantity) for line in titles.values() if line is not None]


@pytest.mark.parametrize(("line", "code", "quantity"), [
    ("TSH-0042", "TSH-0042", "1"), ("TSH-0042\t2", "TSH-0042", "2"), ("TSH-0042, 2", "TSH-0042", "2"),
    ("TSH-0042;2", "TSH-0042", "2"), ("2 x TSH-0042", "TSH-0042", "2"), ("2*TSH-0042", "TSH-0042", "2"),
    ("2 × TSH-0042", "TSH-0042", "2"), ("TSH-0042 x 2", "TSH-0042", "2"), ("TSH-0042*2", "TSH-0042", "2"),
    ("  TSH-0042\t\t2  ", "TSH-0042", "2"), ("TSH-0042\tOak chair\t2", "TSH-0042", "2"),
    ("2\tTSH-0042", "TSH-0042", "2"), ("7350001000428\t3", "7350001000428", "3"),
    ("TSH-0042\tmany", "TSH-0042", "many"),
    ("TSH-0042\t-1", "TSH-0042", "-1"), ("TSH-0042\t", "TSH-0042", "1"), ("100042\t5", "100042", "5"),
    ("XL-2000", "XL-2000", "1"), ("TSH-0042\t1,5", "TSH-0042", "1,5"), ("TSH-0042, 1,5", "TSH-0042", "1 or 5"),
    ("TSH-0042\t2\t1200", "TSH-0042", "2 or 1200"), ("TSH-0042\t2\t1 200,00", "TSH-0042", "2"),
    ("TSH-0042;1,5;1200", "TSH-0042", "1,5 or 1200"), ("TSH-0042\tOak chair, 2 legs\t4\t99.00", "TSH-0042", "4"),
    ("TSH-0042\t2\t2", "TSH-0042", "2"), ("TSH-0042\t12,50", "TSH-0042", "12,50")])
def test_a_row_is_read_however_it_is_written(line: str, code: str, quantity: str) -> None:
    assert pasting.read(line) == [Typed(code, quantity)]


def test_empty_rows_go_and_too_many_are_refused() -> None:
    assert pasting.read("\n\n A \r\n\t\n B\n") == [Typed("A", "1"), Typed("B", "1")]
    with pytest.raises(Invalid, match="Paste at most 200 rows at once; these are 201"):
        pasting.read("A\n" * 201)


def test_each_row_says_what_it_found_and_what_is_wrong(session: Session, shop: Shop) -> None:
    make.product(session, "Oak lamp", sku="NO-PRICE", stock={shop.warehouse: 5})
    make.product(session, "Oak bench", sku="OUT", prices={shop.pricelist: 100}, stock={shop.warehouse: 0})
    make.product(session, "Oak stool", sku="GONE", prices={shop.pricelist: 100}, stock={shop.warehouse: 5},
                 unpublished_at=clock.now())
    make.training(session, "Course", at=shop.warehouse, prices={shop.pricelist: 100})
    selection = make.selection(session, shop)
    text = "tsh-0042\t2\n7350001000428\nNOPE\t1\nNO-PRICE\nOUT\nGONE\nBAG-0001\t0\nCAP-0001\tmany\nBAG-0001\t10001"
    said = [(row.title, row.quantity, row.problem, row.field) for row in _rows(session, selection, text)]
    assert said == [
        ("Oak chair, natural", 2, "", ""), ("Oak chair, natural", 1, "", ""),
        ("", 1, "No product has this SKU or barcode", "code"), ("Oak lamp", 1, "No price in Retail SEK", "code"),
        ("Oak bench", 1, "Sold out in Sweden", "code"), ("Oak stool", 1, "No longer sold", "code"),
        ("Linen bag", 0, "Enter a quantity from 1 to 10000", "quantity"),
        ("Wool cap", 0, "Enter a whole number", "quantity"),
        ("Linen bag", 0, "Enter a quantity from 1 to 10000", "quantity")]


def test_good_rows_are_added_in_one_act_and_bad_ones_left_out(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.bag: 1})
    version = selection.version
    rows = _rows(session, selection, "TSH-0042\t2\nNOPE\nBAG-0001\t3\nTSH-0042\t1")
    assert pasting.add_rows(session, selection, rows, by=shop.agent.actor) == 2
    assert _lines(session, selection) == [("Linen bag", 4), ("Oak chair, natural", 3)]
    assert selection.version == version + 1


def test_a_line_with_a_special_price_is_not_raised(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    make.line(session, selection, shop.bag, 2, special_price=25000)
    pasting.add_rows(session, selection, _rows(session, selection, "BAG-0001\t3"), by=shop.agent.actor)
    assert _lines(session, selection) == [("Linen bag", 2), ("Linen bag", 3)]


def test_nothing_good_changes_nothing(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop)
    version = selection.version
    assert pasting.add_rows(session, selection, _rows(session, selection, "NOPE"), by=shop.agent.actor) == 0
    assert selection.version == version


def test_more_than_a_line_holds_is_refused(session: Session, shop: Shop) -> None:
    selection = make.selection(session, shop, {shop.bag: 9_999})
    with pytest.raises(Invalid, match="Enter a quantity from 1 to 10000"):
        pasting.add_rows(session, selection, _rows(session, selection, "BAG-0001\t2"), by=shop.agent.actor)


def test_more_lines_than_a_selection_holds_are_refused_whole(session: Session, shop: Shop) -> None:
    make.many_products(session, 200, pricelist=shop.pricelist, warehouse=shop.warehouse)
    selection = make.selection(session, shop, {shop.cap: 1})
    text = "\n".join(f"SKU-{number:06}" for number in range(1, 201))
    with pytest.raises(TooManyLines):
        pasting.add_rows(session, selection, _rows(session, selection, text), by=shop.agent.actor)
    assert _lines(session, selection) == [("Wool cap", 1)]


@pytest.mark.parametrize("count", [1, 150])
def test_looking_takes_three_statements_and_adding_the_same_number_however_many_rows(
        session: Session, portal: Session, shop: Shop, statements: Counting, count: int) -> None:
    make.many_products(session, count, pricelist=shop.pricelist, warehouse=shop.warehouse)
    selection = make.selection(session, shop)
    session.commit()
    found = queries.get_selection(portal, selection.number)
    assert found is not None
    text = "\n".join(f"SKU-{number:06}\t1" for number in range(1, count + 1))
    with statements(at_most=3):
        rows = _rows(portal, found, text)
    with statements(at_most=13):
        assert pasting.add_rows(portal, found, rows, by=found.agent.actor) == count
