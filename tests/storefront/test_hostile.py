"""What hostile or unlucky input does: it is shown as typed, refused in words, and breaks nothing."""

from itertools import product
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from tests import make
from tests.harness.app import Client
from tests.make import Linked, Shop
from tests.storefront.walking import DETAILS, Enter

TEXTS = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "👩\u200d👩\u200d👧 Åsa 🎉", "محمد العربي מרים כהן",
    "O'Brien & Søn {{7*7}} ${7*7} {% raw %}", "'; DROP TABLE orders; --", "\u202eevil\u202c Z̸a̷l̴g̵o̶",
]
ACTIONS = ["visit", "details", "delivery", "payment", "payment/confirmation", "request", "choice", "lines/1/quantity"]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_shown_as_typed_from_the_first_page_to_the_receipt(
        session: Session, shop: Shop, enter: Enter, text: str) -> None:
    """V149."""
    odd = make.product(session, f"Chair {text}", prices={shop.pricelist: 1000}, stock={shop.warehouse: 3})
    shop.agent.name = text
    linked = make.link(session, make.selection(session, shop, {odd: 1}, customer_note=text))
    anna = enter(linked)
    first = anna.look()
    assert text in first.one(".agent-note").get_text()
    assert text in first.one(".offer-title").get_text()
    anna.give_details(name=text, street=text, city=text)
    assert text in anna.page.one("#delivery-done").get_text()
    last = anna.buy()
    assert text in last.one("#buyer").get_text()
    for page in (first, last):
        assert not page.page.select("script:not([src]), img[onerror]")


def test_a_form_without_our_token_changes_nothing(session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.give_details()
    session.rollback()
    before = session.scalars(select(CheckoutSession.version)).one()
    for action, token in product(ACTIONS, (None, "", "forged", "\x00", "😀")):
        data = DETAILS | ({"form_token": token} if token is not None else {})
        answer = anna.client.post(f"{linked.path}/{action}", data=data)
        assert answer.status_code == 400, (action, token)
        assert "This page was open for too long." in answer.words("body")
    session.rollback()
    assert session.scalars(select(CheckoutSession.version)).one() == before


def test_a_token_of_another_link_is_foreign(session: Session, shop: Shop, linked: Linked, enter: Enter) -> None:
    other = make.link(session, make.selection(session, shop, {shop.bag: 1}))
    token = enter(other).look().one("#offer-form [name=form_token]")["value"]
    answer = enter(linked).client.post(f"{linked.path}/visit", data={"form_token": token})
    assert answer.status_code == 400


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                                     {"Origin": "https://evil.example"}])
def test_a_post_from_another_site_is_refused_even_with_a_right_token(
        session: Session, linked: Linked, client: Client, headers: dict[str, str]) -> None:
    token = client.get(linked.path).one("#offer-form [name=form_token]")["value"]
    for action in ACTIONS:
        answer = client.post(f"{linked.path}/{action}", data={"form_token": token, **DETAILS}, headers=headers)
        assert answer.status_code == 400, action
    session.rollback()
    assert session.scalars(select(CheckoutSession)).all() == []


def test_five_megabytes_of_text_are_refused_in_words(linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.give_details()
    for action in ("visit", "details", "payment", "request"):
        answer = anna.client.post(f"{linked.path}/{action}", data={**DETAILS, "name": "x" * 5_000_000})
        assert answer.status_code == 413, action
        assert answer.words("h1") == "That is too much text at once"
    assert "Storgatan 1" in anna.look("/details").text


def test_signs_that_are_no_text_never_reach_the_database(session: Session, linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    for name in ("email", "postcode"):
        assert anna.submit(anna.go_on(), "#details-form", **(DETAILS | {name: "a\x00b"})).status_code == 422, name
    anna.give_details(**dict.fromkeys(("name", "street", "street_2", "city", "company"), "a\x00b\r\nc"))
    session.rollback()
    visit = session.scalars(select(CheckoutSession)).one()
    assert {visit.name, visit.street, visit.street_2, visit.city, visit.company} == {"ab c"}


def test_a_body_that_is_no_form_is_refused_and_breaks_nothing(linked: Linked, enter: Enter) -> None:
    anna = enter(linked)
    anna.give_details()
    bodies: list[dict[str, Any]] = [
        {"json": {"email": "anna@example.com"}}, {"data": b"\xff\xfe\x00", "content_type": "text/plain"},
        {"data": b"%", "content_type": "application/x-www-form-urlencoded"},
        {"data": b"--x\r\n", "content_type": "multipart/form-data; boundary=x"}]
    for action, body in product(ACTIONS, bodies):
        assert anna.client.post(f"{linked.path}/{action}", **body).status_code in (400, 415), (action, body)


def test_odd_cookies_are_nobodys(linked: Linked, client: Client) -> None:
    """T109: a token is ours or it is none; the one a browser brings along is never taken over."""
    for value in ("", "x", "😀", "a" * 3000, "'; --"):
        client.set_cookie("__Host-visit", value, path="/")
        client.set_cookie("__Host-again", value, path="/")
        assert client.get(linked.path).status_code == 200
        assert client.get(f"{linked.path}/delivery").location == f"{linked.path}?ended=1"
        client.submit(client.get(linked.path), "#offer-form")
        assert value != client.cookie("__Host-visit") == client.cookie("__Host-again")


def test_other_methods_are_refused_in_words(linked: Linked, client: Client) -> None:
    for method in ("PUT", "DELETE", "PATCH", "POST"):
        answer = client.open(linked.path, method=method, csrf=False)
        assert answer.status_code == 405
        assert answer.words("h1") == "This address does something else"
