"""Stripe, against a stand-in that others wrote: a card is held and taken once, and only its own events are believed."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe

from sales_portal.payments.gateway import Dispute, GatewayDown, GatewayRefused, Intent, IntentRequest, NotAnEvent
from sales_portal.payments.stripe import API_VERSION, StripeGateway, from_stripe, to_stripe
from tests.harness.server import ROOT

KEY, SECRET = "sk_test_of_the_tests", "whsec_of_the_tests"
ASKED = IntentRequest("pay_1", 125_900, "SEK", "Oak chair", "https://shop.example/payment", "create:pay_1")
VISA, CHALLENGED, BROKE = "4242424242424242", "4000002500003155", "4000000000000341"


def served(mode: str = "stricter") -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-m", "tests.harness.localstripe_server", mode], cwd=ROOT, text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The stand-in, one for this file."""
    yield from served()


@pytest.fixture
def gateway(url: str) -> StripeGateway:
    return StripeGateway(KEY, SECRET, api_url=url)


_count = iter(range(1, 1000))


def started(gateway: StripeGateway, **values: Any) -> Intent:
    """A new intent of a payment of its own."""
    name = f"pay_{next(_count)}"
    return gateway.create(replace(ASKED, payment_id=name, idempotency_key=f"create:{name}", **values))


def pay(url: str, intent: Intent, number: str = VISA) -> str:
    """What Stripe's element on the customer's page does; gives Stripe's word for where the intent stands."""
    client = stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=0).v1
    card = client.payment_methods.create({"type": "card", "card": {
        "number": number, "exp_month": 12, "exp_year": 2030, "cvc": "123"}})
    client.payment_intents.update(intent.reference, {"payment_method": card.id})
    return str(client.payment_intents.confirm(intent.reference).status)


def test_a_card_is_held_then_taken_once(gateway: StripeGateway, url: str) -> None:
    intent = started(gateway)
    assert (intent.status, intent.amount, intent.currency) == ("open", 125_900, "SEK")
    assert intent.redirect_url == "https://shop.example/payment/stripe"
    assert pay(url, intent) == "requires_capture"
    assert gateway.fetch(intent.reference).status == "authorised"
    taken = [gateway.capture(intent.reference, "capture:1") for _ in range(2)]
    taken.append(gateway.capture(intent.reference, "capture:under-another-key"))
    assert {one.status for one in taken} == {"captured"}
    with pytest.raises(GatewayRefused):
        gateway.void(intent.reference, "void:1")


def test_the_same_key_is_the_same_intent_and_never_another_sum(gateway: StripeGateway) -> None:
    first = started(gateway)
    again = replace(ASKED, payment_id=first.payment_id, idempotency_key=f"create:{first.payment_id}")
    assert gateway.create(again).reference == first.reference
    with pytest.raises(GatewayRefused):
        gateway.create(replace(again, amount=1))


def test_what_was_held_is_given_up_once(gateway: StripeGateway, url: str) -> None:
    intent = started(gateway)
    pay(url, intent)
    given_up = [gateway.void(intent.reference, f"void:{number}:{intent.payment_id}") for number in (1, 1, 2)]
    assert {one.status for one in given_up} == {"cancelled"}
    with pytest.raises(GatewayRefused):
        gateway.capture(intent.reference, f"capture:{intent.payment_id}")


def test_a_declined_card_leaves_the_payment_open_for_another(gateway: StripeGateway, url: str) -> None:
    intent = started(gateway)
    with pytest.raises(stripe.CardError):
        pay(url, intent, BROKE)
    assert gateway.fetch(intent.reference).status == "open"


def test_a_card_that_is_challenged_is_not_held_yet(gateway: StripeGateway, url: str) -> None:
    intent = started(gateway)
    assert pay(url, intent, CHALLENGED) == "requires_action"
    assert gateway.fetch(intent.reference).status == "open"


def test_an_intent_is_found_by_our_payment_and_listed_with_the_others(gateway: StripeGateway) -> None:
    made = [started(gateway).reference for _ in range(3)]
    at = datetime.now(UTC)
    listed = {one.reference: one for one in gateway.list_since(at - timedelta(minutes=5))}
    assert set(made) <= set(listed)
    found = gateway.find(listed[made[1]].payment_id)
    assert found is not None
    assert found.reference == made[1]
    assert gateway.find("of nobody") is None
    assert list(gateway.list_since(at + timedelta(minutes=5))) == []


@pytest.mark.parametrize(("at_stripe", "ours"), [
    ("needs_response", "open"), ("warning_under_review", "open"), ("a word of tomorrow", "open"), ("won", "won"),
    ("warning_closed", "won"), ("lost", "lost"), ("prevented", "lost")])
def test_disputes_over_an_intent_are_listed_as_they_stand(
        gateway: StripeGateway, url: str, at_stripe: str, ours: str) -> None:
    reference = started(gateway).reference
    told = http.client.HTTPConnection(urlsplit(url).netloc)
    told.request("POST", "/_config/disputes", json.dumps({
        "id": f"dp_{reference}", "object": "dispute", "payment_intent": reference, "amount": 5000, "currency": "sek",
        "reason": "fraudulent", "status": at_stripe}))
    told.getresponse().read()
    told.close()
    assert gateway.disputes(reference) == [Dispute(f"dp_{reference}", 5000, "SEK", "fraudulent", ours)]
    assert gateway.disputes(started(gateway).reference) == []


def test_longer_lists_are_read_to_their_end(gateway: StripeGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sales_portal.payments.stripe.AT_ONCE", 2)
    made = {started(gateway).reference for _ in range(5)}
    assert made <= {one.reference for one in gateway.list_since(datetime.now(UTC) - timedelta(minutes=5))}


def test_what_the_element_needs_is_the_intents_secret(gateway: StripeGateway) -> None:
    intent = started(gateway)
    secret = gateway.fetch(intent.reference).client_secret
    assert secret is not None
    assert secret.startswith(f"{intent.reference}_secret_")
    assert secret not in repr(gateway.fetch(intent.reference))


def test_an_unknown_intent_is_refused_and_a_silent_provider_is_down(gateway: StripeGateway) -> None:
    with pytest.raises(GatewayRefused):
        gateway.fetch("pi_unknown")
    silent = StripeGateway(KEY, SECRET, api_url="http://127.0.0.1:1", timeout=1)
    with pytest.raises(GatewayDown):
        silent.create(ASKED)


def test_the_version_of_the_api_is_the_one_the_library_was_made_for() -> None:
    assert stripe._api_version._ApiVersion.CURRENT == API_VERSION


def test_as_shipped_the_stand_in_holds_and_takes_a_card_too() -> None:
    """So that what is independent stays so: none of our own rules are in it."""
    running = served("untouched")
    url = next(running)
    client = stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=0).v1
    made = client.payment_intents.create({"amount": 500, "currency": "sek", "capture_method": "manual",
                                          "metadata": {"payment_id": "pay_9"}})
    gateway = StripeGateway(KEY, SECRET, api_url=url)
    pay(url, gateway.fetch(made.id))
    assert gateway.capture(made.id, "capture:pay_9").status == "captured"
    running.close()


@pytest.mark.parametrize(("amount", "currency", "at_stripe"), [
    (125_900, "SEK", 125_900), (500, "JPY", 500), (12_340, "KWD", 12_340), (5, "ISK", 500), (5, "UGX", 500)])
def test_amounts_are_in_the_smallest_unit_stripe_has(amount: int, currency: str, at_stripe: int) -> None:
    assert to_stripe(amount, currency) == at_stripe
    assert from_stripe(at_stripe, currency) == amount


@pytest.mark.parametrize("currency", ["KWD", "BHD", "TND"])
def test_odd_thousandths_are_refused_and_never_rounded_in_secret(currency: str) -> None:
    """M159: what the customer was shown is what is taken, or nothing is; only links older than the rule are odd."""
    with pytest.raises(GatewayRefused, match="last digit has to be 0"):
        to_stripe(12_345, currency)


@pytest.mark.parametrize(("currency", "least", "most"), [
    ("EUR", 50, 99_999_999), ("SEK", 300, 99_999_999), ("JPY", 50, 99_999_999), ("ISK", 0, 999_999),
    ("KWD", 1, 99_999_999)])
def test_what_stripe_takes_is_told_in_our_minor_units(currency: str, least: int, most: int) -> None:
    """V146: from the least it charges up to eight digits of its own unit."""
    assert GATEWAY.limits(currency) == (least, most)


def event(**values: Any) -> bytes:
    return json.dumps({
        "id": "evt_1", "object": "event", "type": "payment_intent.amount_capturable_updated", "livemode": False,
        "data": {"object": {"object": "payment_intent", "id": "pi_1"}}, **values}).encode()


def signed(body: bytes, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    return {"Stripe-Signature": stripe.WebhookSignature.generate_signature_header(
        body.decode(), secret, int(at if at is not None else time.time()))}


GATEWAY = StripeGateway(KEY, SECRET)


def test_an_event_says_which_intent_to_ask_about() -> None:
    read = GATEWAY.read_event(signed(event()), event())
    assert (read.id, read.type, read.reference) == ("evt_1", "payment_intent.amount_capturable_updated", "pi_1")


@pytest.mark.parametrize(("about", "reference"), [
    ({"object": "charge", "id": "ch_1", "payment_intent": "pi_7"}, "pi_7"),
    ({"object": "dispute", "id": "dp_1", "payment_intent": "pi_7"}, "pi_7"),
    ({"object": "charge", "id": "ch_1", "payment_intent": None}, None), ({"object": "account", "id": "acct_1"}, None)])
def test_an_event_about_what_belongs_to_an_intent_is_about_it(about: dict[str, Any], reference: str | None) -> None:
    body = event(data={"object": about})
    assert GATEWAY.read_event(signed(body), body).reference == reference


def test_forged_late_and_doubled_signatures_are_refused() -> None:
    """T114."""
    body, now = event(), time.time()
    good = signed(body)["Stripe-Signature"]
    headers = {
        "none": {}, "empty": {"Stripe-Signature": ""}, "another secret": signed(body, "whsec_another"),
        "301 s ago": signed(body, at=now - 301), "old scheme": {"Stripe-Signature": good.replace("v1=", "v0=")},
        "two headers": {"Stripe-Signature": f"{good},{signed(body, 'whsec_another')['Stripe-Signature']}"},
        "two that are good": {"Stripe-Signature": f"{good}, {good}"}, "no time": {"Stripe-Signature": "t=,v1=00"},
        "nonsense": {"Stripe-Signature": "t=x=y,v1"}}
    believed = []
    for name, sent in headers.items():
        try:
            GATEWAY.read_event(sent, body)
            believed.append(name)
        except NotAnEvent:
            pass
    assert believed == []
    for other in (body + b" ", body[:-1], b"", b"\xff"):
        with pytest.raises(NotAnEvent):
            GATEWAY.read_event(signed(body), other)
    assert GATEWAY.read_event(signed(body, at=now - 290), body).id == "evt_1"


@pytest.mark.parametrize(("key", "is_live", "is_believed"), [
    ("sk_live_1", True, True), ("rk_live_1", True, True), ("sk_live_1", False, False), ("sk_test_1", True, False)])
def test_real_money_and_test_mode_do_not_mix(key: str, is_live: bool, is_believed: bool) -> None:
    """T116."""
    body = event(livemode=is_live)
    gateway = StripeGateway(key, SECRET)
    if is_believed:
        assert gateway.read_event(signed(body), body).id == "evt_1"
    else:
        with pytest.raises(NotAnEvent, match="do not mix"):
            gateway.read_event(signed(body), body)


def test_an_event_of_another_account_is_refused() -> None:
    body = event(account="acct_of_another")
    with pytest.raises(NotAnEvent, match="another account"):
        GATEWAY.read_event(signed(body), body)
