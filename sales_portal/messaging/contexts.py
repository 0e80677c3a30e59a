"""What each mail template may say: the keys of its context. The URL of a mail's button is not among them.

Words of ours in a context are English, marked to be translated: the template says them in the language of the mail.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypedDict

from sales_portal.core.money import Money
from sales_portal.messaging import picture_urls
from sales_portal.sites.models import Site


@dataclass(frozen=True, slots=True)
class Brand:
    """Who sells, as the foot of a mail names it."""

    name: str
    legal_name: str
    postal_address: str
    color: str
    logo_url: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """The agent under a mail. `email` is where an answer goes."""

    name: str
    first_name: str
    initials: str
    title: str
    phone: str | None
    email: str
    photo_url: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a table of items; `details` are what else is to be known of it, a line each."""

    title: str
    quantity: int
    amount: Money
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InvoiceDue:
    """What an order is paid by later: until when, and where to. `bank_details` may have several lines."""

    number: str
    due_on: date
    bank_details: str


class LinkReady(TypedDict):
    """`link-ready`: the selection and its price, from the agent to the customer. Its URL is the link's.

    So are `link-reminder`, `link-expiring` and `checkout-recovery`, whose second URL is where the customer says no.

    `charges` says in words what the total holds: "delivery and tax included". `note` may have several lines.
    """

    brand: Brand
    agent: Signature
    first_name: str
    note: str
    items: list[Item]
    items_count: int
    total: Money
    charges: str
    expires_at: datetime | None


class LinkSaved(TypedDict):
    """`link-saved`: somebody on the link's page asked for its address by mail. It names nothing that is sold."""

    brand: Brand
    agent: Signature
    expires_at: datetime | None


class Receipt(TypedDict):
    """`receipt`: what was bought and paid. Its URL is the receipt's.

    `taxes` is what is added below the items, `included_tax` what their prices hold; `is_paid` is False where the
    customer pays later, by `invoice`. `balance` is what is paid later on the receipt's page, None where all is paid.
    """

    brand: Brand
    agent: Signature
    first_name: str
    order_number: str
    placed_at: datetime
    is_paid: bool
    invoice: InvoiceDue | None
    items: list[Item]
    delivery: Item | None
    taxes: Money
    included_tax: Money
    total: Money
    balance: Money | None


class BackInStock(TypedDict):
    """`back-in-stock`: what a customer asked to be told of can be bought again. Its URL is the link's."""

    brand: Brand
    agent: Signature
    first_name: str
    expires_at: datetime | None


class PaymentFailed(TypedDict):
    """`payment-failed`: nothing was charged. Without a URL there is nothing to try again and the agent can help."""

    brand: Brand
    agent: Signature
    first_name: str
    total: Money


class PaymentReturning(TypedDict):
    """`payment-returning`: the money was taken, there is no order, and all of it goes back. Its URL is as there."""

    brand: Brand
    agent: Signature
    first_name: str
    total: Money


class Refunded(TypedDict):
    """`refunded`: money went back. `left` is what was paid and did not. Its URL is the receipt's."""

    brand: Brand
    agent: Signature
    first_name: str
    order_number: str
    amount: Money
    left: Money


class OrderCancelled(TypedDict):
    """`order-cancelled`: an order ended. Its URL is the receipt's.

    `money` is `free`, `not_taken` or `back`; `is_capture_failed` where it ended since the money could not be taken.
    """

    brand: Brand
    agent: Signature
    first_name: str
    order_number: str
    total: Money
    money: str
    is_capture_failed: bool


class SignInCode(TypedDict):
    """`sign-in-code`: the code a customer types to show that an address is theirs. It stands where a URL would."""

    brand: Brand
    minutes: int


class Person(Protocol):
    """Whoever signs a mail, as the staff are stored."""

    @property
    def name(self) -> str: ...
    @property
    def first_name(self) -> str: ...
    @property
    def initials(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def email(self) -> str: ...
    @property
    def photo(self) -> str | None: ...


class Agent(Protocol):
    """Who sold, as the staff are stored: `answering` is who is there for their customers now."""

    @property
    def answering(self) -> Person | None: ...


def signature_of(agent: Agent, site: Site) -> Signature:
    """Who signs what customers of `agent` read: they themselves, their successor, or the site where nobody is left."""
    who = agent.answering
    if who is None:
        return Signature(site.name, site.name, site.name[0].upper(), "", site.phone, site.email)
    return Signature(who.name, who.first_name, who.initials, who.title, who.phone, who.email,
                     picture_urls.photo_url(who.photo))


def brand_of(site: Site) -> Brand:
    """How mails name the site."""
    return Brand(site.name, site.legal_name, site.postal_address, site.brand_color,
                 picture_urls.logo_url(site.logo_light))
