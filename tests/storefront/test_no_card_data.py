"""P181: a card's number is typed at the provider alone, so that there is none in the house to lose."""

import re

import pytest
from sqlalchemy import String, Text, select
from sqlalchemy.orm import Session

from sales_portal.application import tables
from tests.make import Linked
from tests.storefront.walking import Enter

CARD = re.compile(r"cc-|card_?number|cvc|cvv|\bpan\b", re.IGNORECASE)
NUMBER = re.compile(r"(?<!\d)(?:\d[ -]?){13,19}(?!\d)")


def test_no_page_of_ours_has_a_field_for_a_card(linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.go_on()
    pages = [anna.page, anna.give_details()]
    anna.pay()
    anna.decide("approve")
    pages.append(anna.confirm())
    for page in pages:
        assert page is not None
        for field in page.page.select("input, select, textarea"):
            named = " ".join(str(field.get(name, "")) for name in ("name", "id", "autocomplete"))
            assert not CARD.search(named), named


def test_after_a_purchase_no_row_and_no_line_of_the_log_holds_a_card_number(
        session: Session, linked: Linked, enter: Enter, caplog: pytest.LogCaptureFixture,
        capsys: pytest.CaptureFixture[str]) -> None:
    enter(linked).buy()
    session.rollback()
    said = caplog.text + "".join(capsys.readouterr())
    found = [hit for hit in NUMBER.findall(said) if _is_card(hit)]
    for table in tables.metadata.sorted_tables:
        texts = [column for column in table.columns if isinstance(column.type, String | Text)]
        for row in session.execute(select(*texts)) if texts else ():
            found += [hit for value in row if value for hit in NUMBER.findall(str(value)) if _is_card(hit)]
    assert found == []
    assert _is_card("4242 4242 4242 4242")


def _is_card(text: str) -> bool:
    """Whether the digits are a card's by its check digit and how it begins."""
    digits = [int(letter) for letter in text if letter.isdigit()]
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return digits[0] in (3, 4, 5, 6) and len(digits) in (15, 16) and sum(doubled) % 10 == 0
