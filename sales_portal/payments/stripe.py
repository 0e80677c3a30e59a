"""Stripe: a card is authorised by a PaymentIntent with manual capture, confirmed on our page with Stripe's element.

What Stripe says now is fetched each time; its events only say when to. The version of its API is pinned, so that an
upgrade of the account's default changes nothing here.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import stripe

from sales_portal.core import clock
from sales_portal.core.money import exponent
from sales_portal.payments.gateway import (
    Dispute,
    Event,
    GatewayDown,
    GatewayRefused,
    Intent,
    IntentRequest,
    NotAnEvent,
)
from sales_portal.sites.methods import STRIPE

API_VERSION = "2026-10-28.endive"
TIMEOUT_SECONDS = 20
LOOKS_BACK = timedelta(hours=48)
AT_ONCE = 100
PAYMENT_ID = "payment_id"
STATUSES = {"requires_capture": "authorised", "succeeded": "captured", "canceled": "cancelled"}
"""Stripe's words for ours. In every other the customer may still pay: a declined card may be followed by another."""
DISPUTES = {"won": "won", "warning_closed": "won", "lost": "lost", "prevented": "lost"}
"""How disputes end; an inquiry that was closed cost nothing, and one was prevented by giving the money back."""
EXPONENTS = dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
                           "XOF", "XPF"), 0) | dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 3)
"""Decimals of Stripe's smallest unit where it is not two; ISK and UGX have two there and none elsewhere."""
SMALLEST = dict.fromkeys(("AUD", "BRL", "CAD", "CHF", "EUR", "INR", "JPY", "NZD", "SGD", "USD"), 50) | {
    "AED": 200, "BGN": 100, "CZK": 1500, "DKK": 250, "GBP": 30, "HKD": 400, "HUF": 17500, "MXN": 1000, "MYR": 200,
    "NOK": 300, "PLN": 200, "RON": 200, "SEK": 300, "THB": 1000}
"""The least Stripe takes in its own unit, where it says so; elsewhere it decides when it is asked."""
LARGEST = 99_999_999
"""The most it takes: eight digits of its own unit."""
TENTHS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""Currencies of which Stripe takes no odd thousandths: the last digit has to be 0."""

Answer = TypeVar("Answer")


class StripeGateway:
    """Cards and wallets by Stripe; `secret_key` decides whether money is real, and events have to agree with it."""

    name = "stripe"
    methods: tuple[str, ...] = (STRIPE.slug,)

    def __init__(self, secret_key: str, webhook_secret: str, *, api_url: str | None = None,
                 timeout: int = TIMEOUT_SECONDS) -> None:
        self._webhook_secret = webhook_secret
        self._is_live = secret_key.startswith(("sk_live_", "rk_live_"))
        addresses: Any = {"api": api_url} if api_url else {}
        # It repeats nothing by itself: the portal does, and asks first what came of it.
        client = stripe.StripeClient(
            secret_key, stripe_version=API_VERSION, base_addresses=addresses, max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=timeout)).v1
        self._intents, self._refunds, self._disputes = client.payment_intents, client.refunds, client.disputes

    def limits(self, currency: str) -> tuple[int, int]:
        return from_stripe(SMALLEST.get(currency, 1), currency), from_stripe(LARGEST, currency)

    def create(self, request: IntentRequest) -> Intent:
        made = _ask(lambda: self._intents.create({
            "amount": to_stripe(request.amount, request.currency), "currency": request.currency.lower(),
            "capture_method": "manual", "automatic_payment_methods": {"enabled": True},
            "metadata": {PAYMENT_ID: request.payment_id}, "description": request.description[:200],
        }, {"idempotency_key": request.idempotency_key}))
        return _intent(made, f"{request.return_url}/stripe")

    def fetch(self, reference: str) -> Intent:
        return _intent(_ask(lambda: self._intents.retrieve(reference, {"expand": ["latest_charge"]})))

    def find(self, payment_id: str) -> Intent | None:
        # Stripe's search lags by up to a minute, and its list does not.
        found = (intent for intent in self.list_since(clock.now() - LOOKS_BACK) if intent.payment_id == payment_id)
        return next(found, None)

    def capture(self, reference: str, idempotency_key: str) -> Intent:
        return self._move(reference, "captured", lambda: self._intents.capture(
            reference, {}, {"idempotency_key": idempotency_key}))

    def void(self, reference: str, idempotency_key: str) -> Intent:
        return self._move(reference, "cancelled", lambda: self._intents.cancel(
            reference, {}, {"idempotency_key": idempotency_key}))

    def refund(self, reference: str, amount: int, idempotency_key: str) -> Intent:
        currency = self.fetch(reference).currency
        _ask(lambda: self._refunds.create({"payment_intent": reference, "amount": to_stripe(amount, currency)},
                                          {"idempotency_key": idempotency_key}))
        return self.fetch(reference)

    def list_since(self, at: datetime) -> Iterator[Intent]:
        found = _ask(lambda: self._intents.list({
            "created": {"gte": int(at.timestamp())}, "limit": AT_ONCE, "expand": ["data.latest_charge"]}))
        while True:
            yield from (_intent(one) for one in found.data if _payment_id(one))
            if not found.has_more:
                return
            found = _ask(found.next_page)

    def disputes(self, reference: str) -> list[Dispute]:
        found = _ask(lambda: self._disputes.list({"payment_intent": reference, "limit": AT_ONCE}))
        return [_dispute(one) for one in found.data]

    def read_event(self, headers: Mapping[str, str], body: bytes) -> Event:
        signature = next((value for name, value in headers.items() if name.lower() == "stripe-signature"), "")
        # Two headers arrive as one, of which the library would be content with either.
        if [part.split("=")[0].strip() for part in signature.split(",")].count("t") != 1:
            raise NotAnEvent("there is not exactly one signature")
        try:
            event = stripe.Webhook.construct_event(body, signature, self._webhook_secret)
        except (ValueError, stripe.SignatureVerificationError) as wrong:
            raise NotAnEvent(type(wrong).__name__) from wrong
        if event.livemode is not self._is_live:
            raise NotAnEvent("real money and test mode do not mix")
        if getattr(event, "account", None):
            raise NotAnEvent("it is about another account")
        return Event(event.id, event.type, _reference(event.data.object))

    def _move(self, reference: str, wanted: str, act: Callable[[], stripe.PaymentIntent]) -> Intent:
        try:
            return _intent(_ask(act))
        except GatewayRefused:
            # It may have moved there before, under another key.
            intent = self.fetch(reference)
            if intent.status != wanted:
                raise
            return intent


def to_stripe(amount: int, currency: str) -> int:
    """`amount` minor units of ours in Stripe's; `GatewayRefused` for a sum that Stripe cannot take."""
    power = EXPONENTS.get(currency, 2) - exponent(currency)
    scaled, rest = divmod(amount * _power(power), _power(-power))
    if rest or (currency in TENTHS and scaled % 10):
        raise GatewayRefused(f"Stripe cannot take {amount} {currency} in minor units: the last digit has to be 0")
    return scaled


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's amount in our minor units."""
    power = EXPONENTS.get(currency, 2) - exponent(currency)
    return amount // _power(power) * _power(-power)


def _power(exponent: int) -> int:
    return int("1" + "0" * exponent) if exponent > 0 else 1


def _intent(found: stripe.PaymentIntent, redirect_url: str | None = None) -> Intent:
    currency = found.currency.upper()
    return Intent(found.id, _payment_id(found), STATUSES.get(found.status, "open"),
                  from_stripe(int(found.amount), currency), currency, redirect_url,
                  from_stripe(int(getattr(found.latest_charge, "amount_refunded", 0) or 0), currency),
                  _capture_before(found), found.client_secret)


def _dispute(found: stripe.Dispute) -> Dispute:
    currency = found.currency.upper()
    return Dispute(found.id, from_stripe(found.amount, currency), currency, found.reason,
                   DISPUTES.get(found.status, "open"))


def _payment_id(found: stripe.PaymentIntent) -> str:
    return str(getattr(found.metadata, PAYMENT_ID, ""))


def _capture_before(found: stripe.PaymentIntent) -> datetime | None:
    details = getattr(found.latest_charge, "payment_method_details", None)
    at = getattr(getattr(details, "card", None), "capture_before", None)
    return datetime.fromtimestamp(at, UTC) if at is not None else None


def _reference(about: Any) -> str | None:
    """The intent an event's object is, or belongs to."""
    found = about.id if about.object == "payment_intent" else getattr(about, "payment_intent", None)
    return found if isinstance(found, str) else None


def _ask(call: Callable[[], Answer]) -> Answer:
    try:
        return call()
    except (stripe.InvalidRequestError, stripe.IdempotencyError, stripe.CardError) as no:
        raise GatewayRefused(no.user_message or str(no)) from no
    except stripe.StripeError as trouble:
        # Also a wrong key: nothing was done, and what is asked again once that is mended goes well.
        raise GatewayDown(type(trouble).__name__) from trouble
