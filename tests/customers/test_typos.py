"""One slip in a well-known domain is recognised."""

import pytest

from sales_portal.customers import typos


@pytest.mark.parametrize(("typed", "meant"), [
    ("anna@gmial.com", "anna@gmail.com"), ("anna@gmail.con", "anna@gmail.com"), ("anna@gmal.com", "anna@gmail.com"),
    ("anna@gmaill.com", "anna@gmail.com"), ("anna@hotmial.com", "anna@hotmail.com"), ("anna@gmail.com", ""),
    ("anna@GMAIL.com", ""), ("anna@example.com", ""), ("anna@mail.com", ""), ("anna", ""), ("", ""),
    ("anna@outlok.com", "anna@outlook.com"), ("anna@yahooo.com", "anna@yahoo.com"), ("anna@exmaple.com", ""),
])
def test_one_slip_is_recognised_and_nothing_else(typed: str, meant: str) -> None:
    assert typos.meant(typed) == meant
