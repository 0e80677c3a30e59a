"""The provider that is nobody: who pays by invoice is trusted at once, and staff say when the money came."""

from collections.abc import Mapping
from datetime import datetime

from sales_portal.payments.gateway import ANY_SUM, Dispute, Event, GatewayRefused, Intent, IntentRequest, NotAnEvent
from sales_portal.sites.methods import INVOICE

_PREFIX = "invoice"


class InvoiceGateway:
    """Authorises whatever it is asked. Its references say all there is to know, so that it remembers nothing."""

    name = "invoice"
    methods: tuple[str, ...] = (INVOICE.slug,)

    def limits(self, currency: str) -> tuple[int, int]:
        return ANY_SUM

    def create(self, request: IntentRequest) -> Intent:
        reference = f"{_PREFIX}:{request.payment_id}:{request.amount}:{request.currency}"
        return _read(reference, "authorised")

    def fetch(self, reference: str) -> Intent:
        return _read(reference, "authorised")

    def find(self, payment_id: str) -> Intent | None:
        return None

    def capture(self, reference: str, idempotency_key: str) -> Intent:
        return _read(reference, "captured")

    def void(self, reference: str, idempotency_key: str) -> Intent:
        return _read(reference, "cancelled")

    def refund(self, reference: str, amount: int, idempotency_key: str) -> Intent:
        """Nothing is sent by this: whoever refunds an invoice pays it back at the bank."""
        return _read(reference, "captured", refunded_amount=amount)

    def list_since(self, at: datetime) -> list[Intent]:
        return []

    def disputes(self, reference: str) -> list[Dispute]:
        return []

    def read_event(self, headers: Mapping[str, str], body: bytes) -> Event:
        raise NotAnEvent("nobody sends any about an invoice")


def _read(reference: str, status: str, *, refunded_amount: int = 0) -> Intent:
    prefix, _, rest = reference.partition(":")
    parts = rest.split(":")
    if prefix != _PREFIX or len(parts) != 3:
        raise GatewayRefused("no such invoice")
    payment_id, amount, currency = parts
    return Intent(reference, payment_id, status, int(amount), currency, refunded_amount=refunded_amount)
