"""A cookie that is damaged, or sealed with a key that was replaced, is no cookie: a new visitor, and no error."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import make
from tests.harness.app import Client
from tests.storefront.walking import Customer, Enter, Opening

ROTTEN = ["", "x", "null", "%00", "é" * 40, "A" * 4000, "eyJfZnJlc2giOmZhbHNlfQ.bad.signature"]


COOKIES = ("visit", "again", "receipt", "session", "language", "theme")


@pytest.fixture
def enter(open_client: Opening) -> Enter:
    """One more customer with a browser of their own."""
    return lambda linked: Customer(open_client(), linked)


@pytest.fixture
def linked(session: Session, kept_shop: make.Shop) -> make.Linked:
    """A link to a bag."""
    return make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1}))


@pytest.fixture
def new_secret(app: Flask) -> Iterator[Callable[[], None]]:
    """`new_secret()` replaces the portal's secret until the test is over."""
    before = app.secret_key

    def replacing() -> None:
        app.secret_key = "another one"

    yield replacing
    app.secret_key = before


@pytest.mark.parametrize("value", ROTTEN)
def test_any_cookie_may_hold_anything(session: Session, linked: make.Linked, client: Client, value: str) -> None:
    """C70: each page is that of a new visitor."""
    client.get(linked.path)
    for name in COOKIES:
        client.set_cookie(name, value)
        client.set_cookie(f"__Host-{name}", value)
    customer = Customer(client, linked)
    paths = ("", "/details", "/delivery", "/payment", "/receipt")
    assert [customer.look(path).status_code for path in paths] == [200] * len(paths)
    assert client.get("/selections").status_code == 303


def test_after_another_secret_the_visit_goes_on_and_a_new_one_can_begin(
        session: Session, linked: make.Linked, enter: Enter, new_secret: Callable[[], None]) -> None:
    """C70: the visit's cookie is a digest in the database, and its forms are asked for again."""
    before, after = enter(linked), enter(linked)
    stale = before.give_details()
    new_secret()
    assert before.submit(stale, "#pay-form").status_code < 500
    before.page = None
    assert before.look("/delivery").status_code == 200
    assert after.buy().request.path.endswith("/receipt")


def test_who_was_signed_in_signs_in_again(kept_shop: make.Shop, client: Client, new_secret: Callable[[], None]) -> None:
    client.sign_in(kept_shop.agent.email)
    assert client.get("/selections").status_code == 200
    new_secret()
    assert client.get("/selections").status_code == 303
