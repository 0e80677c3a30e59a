"""C-04 to C-07: the address of an external storefront holds both places, and says what it lacks."""

import pytest

from sales_portal.core.errors import Invalid
from sales_portal.sites import pattern


@pytest.mark.parametrize("typed", [
    "https://nameofthestore/selection/%basket%/%hash%", "  https://yourstore.example/payment-link/%basket%/%hash%\n",
    "https://shop.example:8443/?b=%basket%&h=%hash%", "https://shop.example/%hash%/x/%basket%"])
def test_c06_any_path_with_both_places_will_do(typed: str) -> None:
    assert pattern.check(typed) == typed.strip()
    assert "%" not in pattern.expand(typed, "abc", "def")


@pytest.mark.parametrize(("typed", "problem"), [
    ("", "%basket% and %hash%"), ("https://shop.example/", "%basket% and %hash%"),
    ("https://shop.example/%hash%", "Add %basket%"), ("https://shop.example/%basket%", "Add %hash%"),
    ("http://shop.example/%basket%/%hash%", "https://"), ("javascript:%basket%%hash%", "https://"),
    ("https://%basket%.example/%hash%", "behind it"), ("https://me@shop.example/%basket%/%hash%", "behind it"),
    ("https:///%basket%/%hash%", "behind it"), ("https://shop.example/a b/%basket%/%hash%", "spaces"),
    ("https://[/%basket%/%hash%", "an address like"), ("https://s.example/" + "a" * 300 + "%basket%%hash%", "at most")])
def test_c07_what_no_address_can_be_made_of_is_refused_with_the_fix(typed: str, problem: str) -> None:
    with pytest.raises(Invalid, match=problem) as refused:
        pattern.check(typed)
    assert refused.value.field == "content"
