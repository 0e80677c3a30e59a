"""A refusal is a sentence for a person, a status for a door, and details for both."""

import pytest

from sales_portal.core.errors import Forbidden, Invalid, NotFound, OutOfDate, Refusal


class OnlySomeLeft(Refusal):
    """A refusal as a slice writes it."""

    message = "Only {count} left in {place}."


def test_a_refusal_says_its_sentence_with_the_details_filled_in() -> None:
    refusal = OnlySomeLeft(count=2, place="Sweden")
    assert str(refusal) == refusal.text == "Only 2 left in Sweden."
    assert refusal.details == {"count": 2, "place": "Sweden"}
    assert (refusal.status, refusal.code, refusal.field) == (409, "OnlySomeLeft", None)


def test_what_a_person_typed_is_never_read_as_a_placeholder() -> None:
    assert OnlySomeLeft(count="{place}", place="{count.__class__}").text == "Only {place} left in {count.__class__}."
    assert Invalid("name", "{oops} {0}").text == "{oops} {0}"


def test_invalid_input_names_its_field() -> None:
    refusal = Invalid("quantity", "Enter a whole number")
    assert (refusal.text, refusal.field, refusal.status) == ("Enter a whole number", "quantity", 422)


@pytest.mark.parametrize(("refusal", "status", "text"), [
    (NotFound(thing="this product"), 404,
     "We can't find this product. It may have been deleted or the number is mistyped."),
    (Forbidden(page="Settings", permission="settings"), 403,
     "You don't have access to Settings. It needs the permission settings."),
    (OutOfDate(), 409,
     "Somebody changed this while you were typing. Nothing you typed is lost: look at it and save again."),
])
def test_the_common_refusals_keep_their_words(refusal: Refusal, status: int, text: str) -> None:
    assert (refusal.status, refusal.text) == (status, text)
