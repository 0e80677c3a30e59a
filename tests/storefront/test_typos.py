"""A slip in a well-known domain is asked about and never refused."""

import pytest

from sales_portal.storefront.forms import typos
from tests.make import Linked
from tests.storefront.walking import Enter


@pytest.mark.parametrize(("typed", "meant"), [
    ("anna@gmial.com", "anna@gmail.com"), ("anna@gmail.con", "anna@gmail.com"), ("anna@gmal.com", "anna@gmail.com"),
    ("anna@gmaill.com", "anna@gmail.com"), ("anna@hotmial.com", "anna@hotmail.com"), ("anna@gmail.com", ""),
    ("anna@GMAIL.com", ""), ("anna@example.com", ""), ("anna@mail.com", ""), ("anna", ""), ("", ""),
    ("anna@outlok.com", "anna@outlook.com"),
])
def test_one_slip_is_recognised_and_nothing_else(typed: str, meant: str) -> None:
    assert typos.meant(typed) == meant


def test_the_hint_stands_beside_the_address_and_blocks_nothing(linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    shown = anna.give_details(email="anna@gmial.com")
    assert "anna@gmial.com Did you mean anna@gmail.com ?" in shown.words("#delivery-done")
    assert shown.page.select("#pay")
