"""What an answer gives to caches, to other hosts and to signatures that are not ours."""

from collections.abc import Callable

import pytest
from flask import Flask
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core import tokens
from sales_portal.links.addresses import Addresses
from sales_portal.orders.models import Order
from sales_portal.web import previews
from tests import make
from tests.harness.app import Client
from tests.make import Linked, Shop
from tests.storefront.walking import Enter


def test_no_page_of_a_purchase_may_be_kept_by_anybody(linked: Linked, enter: Enter) -> None:
    """P175, T104: each look is a fresh request, also the one by the Back button."""
    anna = enter(linked)
    for step in (anna.look, anna.go_on, anna.give_details, anna.pay, lambda: anna.decide("approve"), anna.confirm,
                 lambda: anna.look("/receipt"), lambda: anna.look("/payment"), anna.look):
        shown = step()
        assert shown.headers["Cache-Control"] == "no-store"
        assert "Cookie" in shown.headers["Vary"]
        assert shown.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("page", ["", "/details", "/delivery", "/payment"])
def test_after_the_purchase_every_page_the_back_button_finds_says_it_is_paid(
        linked: Linked, enter: Enter, page: str) -> None:
    """T104."""
    anna = enter(linked)
    anna.buy()
    shown = anna.look(page)
    assert shown.words("h1") in ("You've already paid. Thank you, Anna.", "Paid. Thank you, Anna.")


def test_a_bought_copy_takes_no_change_by_the_cookie_that_made_it(
        session: Session, linked: Linked, enter: Enter) -> None:
    """T109, amendment 7: what is left after the purchase is the right to read the receipt."""
    anna = enter(linked)
    form = anna.go_on()
    anna.buy()
    anna.submit(form, "#details-form", name="Mallory", email="m@example.com", street="X", postcode="11122", city="X")
    session.rollback()
    assert session.scalars(select(Order.name)).one() == "Anna Svensson"
    assert "Mallory" not in anna.look("/receipt").text


@pytest.mark.parametrize("headers", [
    {"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"}])
def test_no_address_is_made_of_what_a_request_says_its_host_is(
        session: Session, shop: Shop, client: Client, headers: dict[str, str]) -> None:
    """T105, CVE-2025-43930."""
    client.sign_in("maria@demo.example")
    made = make.link(session, make.selection(session, shop, {shop.chair: 1}))
    answer = client.get(f"/links/{made.link.number}", headers=headers)
    assert "evil.example" not in answer.text
    public = client.get(made.path, headers=headers)
    assert "evil.example" not in public.text


def test_a_host_that_is_not_trusted_is_refused(app: Flask, linked: Linked, client: Client) -> None:
    """T105: where the configuration says which hosts are ours."""
    app.config["TRUSTED_HOSTS"] = ["127.0.0.1"]
    assert client.get(linked.path).status_code == 200
    assert client.get(linked.path, headers={"Host": "evil.example"}).status_code == 400


def foreign_tokens(app: Flask, public_id: str) -> list[str]:
    """Signed as ours are, but with another key, for another purpose, without a time, or cut."""
    key = app.config["SECRET_KEY"]
    good = TimestampSigner(key, salt="public-form").sign(public_id).decode()
    return [TimestampSigner("old key", salt="public-form").sign(public_id).decode(),
            TimestampSigner(key, salt="receipt").sign(public_id).decode(),
            str(URLSafeTimedSerializer(key, salt="public-form").dumps(public_id)),
            good.rpartition(".")[0], good[:-1], f"{public_id}.none", good.replace(public_id, "0" * 32)]


def test_a_form_takes_no_signature_but_its_own(app: Flask, linked: Linked, client: Client) -> None:
    """T112: wrong key, wrong purpose, altered, without a time."""
    for token in foreign_tokens(app, linked.public_id):
        assert client.post(f"{linked.path}/visit", data={"form_token": token}).status_code == 400, token


class Earlier(TimestampSigner):
    """Signs as of some seconds ago."""

    seconds = 0

    def get_timestamp(self) -> int:
        return super().get_timestamp() - self.seconds


@pytest.mark.parametrize(("seconds", "status"), [(24 * 3600 - 60, 303), (24 * 3600 + 60, 400)])
def test_a_form_is_taken_for_a_day(
        app: Flask, linked: Linked, client: Client, seconds: int, status: int) -> None:
    """T112: an old signature is none."""
    signer = Earlier(app.config["SECRET_KEY"], salt="public-form")
    signer.seconds = seconds
    token = signer.sign(linked.public_id).decode()
    assert client.post(f"{linked.path}/visit", data={"form_token": token}).status_code == status


def test_a_receipt_opens_for_no_cookie_but_its_own(
        app: Flask, session: Session, linked: Linked, enter: Enter, open_client: Callable[[], Client]) -> None:
    """T112."""
    enter(linked).buy()
    order = session.scalars(select(Order)).one()
    path, key = Addresses("").receipt_url(order.receipt_token_sealed), app.config["SECRET_KEY"]
    for value in (URLSafeTimedSerializer(key, salt="selection-preview").dumps(order.id),
                  URLSafeTimedSerializer("old key", salt="receipt").dumps(order.id),
                  URLSafeTimedSerializer(key, salt="receipt").dumps(order.id + 1), str(order.id), ""):
        stranger = open_client()
        stranger.set_cookie("__Host-receipt", str(value))
        assert stranger.get(path).words("h1") == "This order is paid"


def test_a_preview_opens_by_no_signature_but_its_own(app: Flask, session: Session, shop: Shop, client: Client) -> None:
    """T112."""
    selection = make.selection(session, shop, {shop.chair: 1})
    client.sign_in("maria@demo.example")
    with app.app_context():
        good = previews.token_of(selection.id)
    assert client.get(f"/preview/{good}").status_code == 200
    for token in (URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="receipt").dumps(selection.id),
                  URLSafeTimedSerializer("old key", salt="selection-preview").dumps(selection.id), good[:-1]):
        assert client.get(f"/preview/{token}").status_code == 404


def test_another_sealing_key_closes_no_link_to_its_customers(linked: Linked, client: Client, app: Flask) -> None:
    """T112: what a customer holds is proved by its digest; the key only lets staff read the address again."""
    try:
        tokens.use_key(tokens.new_key())
        assert client.get(linked.path).status_code == 200
    finally:
        tokens.use_key(bytes.fromhex("5a" * 32))
