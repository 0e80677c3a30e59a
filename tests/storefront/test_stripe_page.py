"""The card form of Stripe: for a payment that waits, on a page that alone may load what is Stripe's."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from sales_portal.payments import starting
from sales_portal.payments.gateway import GatewayDown, Intent
from sales_portal.web import security
from tests import make
from tests.harness.app import Client
from tests.harness.paying import OwnGateway, Provider

KEY = "pk_test_of_the_page"


class LikeStripe(OwnGateway):
    """The provider of the tests, which hands out a secret for the page as Stripe does."""

    name = "stripe"

    def fetch(self, reference: str) -> Intent:
        found = super().fetch(reference)
        return Intent(found.reference, found.payment_id, found.status, found.amount, found.currency,
                      client_secret=f"{reference}_secret_<1>")


@pytest.fixture
def gateway(app: Flask, provider_process: Provider) -> Iterator[LikeStripe]:
    made, before = LikeStripe(provider_process), app.extensions["gateways"]
    app.extensions["gateways"] = {**before, "stripe": made}
    app.config["STRIPE_PUBLISHABLE_KEY"] = KEY
    yield made
    app.extensions["gateways"] = before


@pytest.fixture
def pay(session: Session, kept_shop: make.Shop, client: Client, gateway: LikeStripe) -> Callable[[], str]:
    """`pay()` brings the customer of `client` to a payment at Stripe; gives the address of the card form."""

    def paying() -> str:
        linked = make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1}))
        claimed = make.claim(session, linked)
        session.commit()
        client.set_cookie("__Host-visit", claimed.visitor_token, secure=True)
        starting.start_payment(session, claimed.visit, gateway=gateway, shown_total=claimed.visit.total_amount,
                               return_url="http://localhost/")
        return f"{linked.path}/payment/stripe"

    return paying


def test_the_form_has_what_stripes_element_needs_and_may_load_it(client: Client, pay: Callable[[], str]) -> None:
    answer = client.get(pay())
    form = answer.one("#stripe-form")
    assert (form["data-publishable-key"], form["data-client-secret"].endswith("_secret_<1>")) == (KEY, True)
    assert str(form["data-return-url"]).endswith("/payment")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self' https://js.stripe.com" in policy
    assert "frame-src https://js.stripe.com" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_other_page_may_load_anything_of_stripes(client: Client, pay: Callable[[], str]) -> None:
    answer = client.get(pay().removesuffix("/stripe"))
    assert answer.headers["Content-Security-Policy"] == security.CSP
    assert "stripe" not in answer.get_data(as_text=True).lower()


def test_a_payment_that_was_decided_goes_on(client: Client, pay: Callable[[], str], provider_process: Provider) -> None:
    path = pay()
    provider_process.decide("approve")
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, path.removesuffix("/stripe"))


def test_a_silent_stripe_lets_the_customer_wait(client: Client, pay: Callable[[], str], gateway: LikeStripe,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(reference: str) -> Intent:
        raise GatewayDown("no answer")

    path = pay()
    monkeypatch.setattr(gateway, "fetch", silent)
    assert client.get(path).headers["Location"].endswith("/payment?waiting=1")


def test_another_browser_sees_no_secret(pay: Callable[[], str], open_client: Callable[[], Client]) -> None:
    answer = open_client().get(pay())
    assert answer.status_code == 303
    assert "secret" not in answer.get_data(as_text=True)
