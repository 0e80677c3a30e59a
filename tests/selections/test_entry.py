"""What agents type: a quantity, or a quantity with a product."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales_portal.core.errors import Invalid
from sales_portal.selections import entry
from sales_portal.selections.entry import Entry


@pytest.mark.parametrize(("typed", "quantity", "query"), [
    ("TSH-0042", None, "TSH-0042"),
    ("3*TSH-0042", 3, "TSH-0042"),
    ("3 * TSH-0042", 3, "TSH-0042"),
    ("3x TSH-0042", 3, "TSH-0042"),
    ("3X TSH-0042", 3, "TSH-0042"),
    ("2 x TSH-0042", 2, "TSH-0042"),
    ("TSH-0042*3", 3, "TSH-0042"),
    ("TSH-0042 * 3", 3, "TSH-0042"),
    ("3×TSH-0042", 3, "TSH-0042"),
    ("  oak chair  ", None, "oak chair"),
    ("３*TSH", 3, "TSH"),
    ("3x4 screw", None, "3x4 screw"),
    ("3xlarge", None, "3xlarge"),
    ("7350001000428", None, "7350001000428"),
    ("a*b", None, "a*b"),
    ("1.5 x 2 plank", None, "1.5 x 2 plank"),
    ("*", None, "*"),
    ("3*", None, "3*"),
    ("", None, ""),
])
def test_a_number_before_or_after_is_how_many(typed: str, quantity: int | None, query: str) -> None:
    assert entry.parse(typed) == Entry(quantity, query) == (quantity, query)


@pytest.mark.parametrize("typed", [
    "0*TSH", "10001*TSH", "TSH*0", "99999999999999999999*TSH", "-1*TSH", "−1 × TSH", "TSH*-1"])
def test_a_number_no_line_may_hold_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match=r"^Enter a quantity from 1 to 10000$"):
        entry.parse(typed)


@pytest.mark.parametrize("typed", ["1.5*TSH", "1,5 × TSH", "TSH*1.5", "TSH * 0,5", "-1.5*TSH"])
def test_a_part_of_a_product_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match=r"^Enter a whole number$"):
        entry.parse(typed)


@pytest.mark.parametrize(("typed", "quantity"), [
    ("1", 1), ("10000", 10_000), (" 7 ", 7), ("+2", 2), ("007", 7), ("１２", 12)])
def test_whole_numbers_from_1_to_10000_are_quantities(typed: str, quantity: int) -> None:
    assert entry.read_quantity(typed) == quantity


@pytest.mark.parametrize("typed", [
    "0", "-1", "−1", "10001", "1000000000", "-" + "9" * 40, pytest.param("9" * 5_000_000, id="5 MB")])
def test_other_whole_numbers_are_refused_with_the_range(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        entry.read_quantity(typed)
    assert (refused.value.text, refused.value.field) == ("Enter a quantity from 1 to 10000", "quantity")


@pytest.mark.parametrize("typed", [
    "", " ", "1.5", "1,5", "1e3", "two", "1 000", "²", "1_0", "🪑", "1\x00", "<script>", "--1"])
def test_what_is_no_whole_number_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        entry.read_quantity(typed)
    assert (refused.value.text, refused.value.field) == ("Enter a whole number", "quantity")


def test_a_stepper_may_reach_zero_where_the_page_takes_it_as_removal() -> None:
    assert entry.read_quantity("0", least=0) == 0
    with pytest.raises(Invalid, match="Enter a quantity from 1 to 10000"):
        entry.read_quantity("-1", least=0)


@given(st.text(max_size=400))
def test_any_text_is_an_entry_or_a_refusal(typed: str) -> None:
    try:
        found = entry.parse(typed)
    except Invalid:
        return
    assert found.quantity is None or 1 <= found.quantity <= 10_000
    assert len(found.query) <= entry.LONGEST_TEXT
    assert found.query in typed


def test_megabytes_of_text_are_cut_before_they_are_looked_at() -> None:
    assert len(entry.parse("a " * 2_500_000).query) == entry.LONGEST_TEXT
    assert entry.parse("3*" + "a" * 5_000_000).quantity == 3


def test_a_pasted_list_holds_one_product_a_line() -> None:
    pasted = "TSH-0042\t2\r\n\n  BAG-0001;3\nCAP-0001,4\n2 x SKU 5\n3*RUG\nplain"
    assert entry.parse_list(pasted) == [
        (2, "TSH-0042"), (3, "BAG-0001"), (4, "CAP-0001"), (2, "SKU 5"), (3, "RUG"), (None, "plain")]
    assert entry.parse_list(" \n ") == []
