"""What the portal asks of a payment provider, whoever it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sales_portal.core.money import LARGEST


class GatewayDown(Exception):
    """The provider could not be reached, or its answer was lost: what it did is unknown until it is asked again."""


class GatewayRefused(Exception):
    """The provider understood and said no for good, in its own words."""


class NotAnEvent(Exception):
    """What was sent cannot be proved to come from the provider, or not for this portal; the text says why."""


ANY_SUM = (1, LARGEST)
"""The limits of a provider that has none."""


@dataclass(frozen=True, slots=True)
class IntentRequest:
    """What a payment is to be: amounts in minor units; the same `idempotency_key` always means the same intent.

    `capture_mode` says when the money is to move, see `sites.methods`.
    """

    payment_id: str
    amount: int
    currency: str
    description: str
    return_url: str
    idempotency_key: str
    capture_mode: str = "manual"


@dataclass(frozen=True, slots=True)
class Intent:
    """What the provider says about a payment now.

    `status` is `open`, `authorised`, `captured`, `declined` or `cancelled`; `payment_id` is our public id, which
    the provider gives back; `redirect_url` is where the customer confirms, None where they need not. An authorised
    one may be captured until `capture_before`, where the provider says so; `refunded_amount` is how much went back.
    `client_secret` is for the page alone that confirms it in place.
    """

    reference: str
    payment_id: str
    status: str
    amount: int
    currency: str
    redirect_url: str | None = None
    refunded_amount: int = 0
    capture_before: datetime | None = None
    client_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Event:
    """A provider's word that something happened to the intent `reference`: a reason to ask, and nothing to believe.

    `reference` is None where it is about something else; `id` is the provider's, the same each time it is sent.
    """

    id: str
    type: str
    reference: str | None


@dataclass(frozen=True, slots=True)
class Dispute:
    """A bank that asks a customer's money back; `reference` is the provider's, `status` `open`, `won` or `lost`."""

    reference: str
    amount: int
    currency: str
    reason: str
    status: str


class Gateway(Protocol):
    """One provider. Every call but `limits`, which asks nobody, may raise `GatewayDown`.

    None of them may be made while a transaction is open.
    `methods` are the slugs of the ways to pay it offers; no other provider offers one of them.
    """

    name: str
    methods: tuple[str, ...]

    def limits(self, currency: str) -> tuple[int, int]:
        """The smallest and the largest sum it takes, in minor units."""
        ...

    def create(self, request: IntentRequest) -> Intent:
        """Make the intent, or answer the one made before with the same idempotency key."""
        ...

    def fetch(self, reference: str) -> Intent:
        """The provider's current truth about an intent."""
        ...

    def find(self, payment_id: str) -> Intent | None:
        """The intent carrying our payment id, where its reference was never stored; None where there is none."""
        ...

    def capture(self, reference: str, idempotency_key: str) -> Intent:
        """Take the authorised money; once per idempotency key."""
        ...

    def void(self, reference: str, idempotency_key: str) -> Intent:
        """Give up an intent that was not captured; once per idempotency key."""
        ...

    def refund(self, reference: str, amount: int, idempotency_key: str) -> Intent:
        """Give `amount` of the captured money back; once per idempotency key, and never more than was captured."""
        ...

    def list_since(self, at: datetime) -> Iterable[Intent]:
        """Every intent this portal made since `at`."""
        ...

    def disputes(self, reference: str) -> list[Dispute]:
        """Every dispute there ever was over an intent, as it stands now."""
        ...

    def read_event(self, headers: Mapping[str, str], body: bytes) -> Event:
        """What the bytes of a request say, once they are proved to be the provider's; else `NotAnEvent`."""
        ...


Gateways = Mapping[str, Gateway]
"""The providers a portal works with, by name."""
