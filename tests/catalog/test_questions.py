"""The house's own questions: what each kind takes as an answer."""

import pytest

from sales_portal.catalog import questions
from sales_portal.catalog.models import CustomField
from sales_portal.core.errors import Invalid


def asked(kind: str, *, is_required: bool = False, slug: str = "floor", label: str = "Floor") -> CustomField:
    return CustomField(slug=slug, label=label, kind=kind, is_required=is_required, choices=["First", "Second"])


@pytest.mark.parametrize(("kind", "typed", "kept"), [
    ("text", "  on the left ", "on the left"), ("number", "3", "3"), ("number", "-2,5", "-2,5"), ("number", "", ""),
    ("date", "2026-12-24", "2026-12-24"), ("yes_no", "yes", "yes"), ("yes_no", "on", "yes"), ("yes_no", "", ""),
    ("choice", "Second", "Second"), ("choice", "", ""),
])
def test_an_answer_of_its_kind_is_kept(kind: str, typed: str, kept: str) -> None:
    assert questions.read_answer(asked(kind), typed) == kept


@pytest.mark.parametrize(("kind", "typed", "message"), [
    ("text", "x" * 501, "Enter an answer with at most 500 characters"), ("number", "three", "Enter a number"),
    ("number", "1e9", "Enter a number"), ("number", "9" * 40, "Enter a number"),
    ("date", "24 Dec", "Enter a date like 2026-12-24"), ("date", "2026-02-30", "Enter a date like 2026-12-24"),
    ("date", "20261224", "Enter a date like 2026-12-24"), ("choice", "Third", "Choose the floor"),
])
def test_what_is_none_is_refused_by_name(kind: str, typed: str, message: str) -> None:
    """P-22."""
    with pytest.raises(Invalid) as refused:
        questions.read_answer(asked(kind), typed)
    assert (refused.value.field, refused.value.text) == ("floor", message)


@pytest.mark.parametrize(("kind", "message"), [
    ("text", "Enter the floor"), ("number", "Enter the floor"), ("date", "Enter the floor"),
    ("choice", "Choose the floor"), ("yes_no", "Confirm the floor")])
def test_a_required_one_must_be_answered(kind: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        questions.read_answer(asked(kind, is_required=True), " ")


def test_of_several_unknown_ones_are_dropped_and_one_that_will_not_do_refuses_all() -> None:
    """P-22: nothing is asked for that was not given."""
    known = [asked("number"), asked("text", is_required=True, slug="purchase-order")]
    assert questions.read_answers(known, {"floor": "3", "colour": "red"}) == {"floor": "3"}
    with pytest.raises(Invalid):
        questions.read_answers(known, {"floor": "three", "purchase-order": "PO-7"})


def test_what_is_said_of_a_line_names_the_unit_where_there_are_several_and_leaves_out_those_gone() -> None:
    kept = questions.keep([asked("text")], {2: {"floor": "Bo"}, 1: {"floor": "Anna"}})
    label = "Floor"
    assert questions.said(kept, 2) == ((f"{label} 1", "Anna"), (f"{label} 2", "Bo"))
    assert questions.said(kept, 1) == ((label, "Anna"),)
    assert questions.said(kept, questions.MOST_UNITS + 1) == ((label, "Anna"),), "the first answers for all"
    assert questions.said(None, 1) == ()
