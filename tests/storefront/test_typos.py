"""A slip in a well-known domain is asked about and never refused."""

from tests.make import Linked
from tests.storefront.walking import Enter


def test_the_hint_stands_beside_the_address_and_blocks_nothing(linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    shown = anna.give_details(email="anna@gmial.com")
    assert "anna@gmial.com Did you mean anna@gmail.com ?" in shown.words("#delivery-done")
    assert shown.page.select("#pay")
