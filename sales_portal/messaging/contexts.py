"""What each mail template may say: the keys of its context. The URL of a mail's button is not among them.

Words of ours in a context are English, marked to be translated: the template says them in the language of the mail.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypedDict

from sales_portal.core.money import Money
from sales_portal.sites.models import Site


@dataclass(frozen=True, slots=True)
class Brand:
    """Who sells, as the foot of a mail names it."""

    name: str
    legal_name: str
    postal_address: str
    color: str


@dataclass(frozen=True, slots=True)
class Signature:
    """The agent under a mail. `email` is where an answer goes."""

    name: str
    first_name: str
    initials: str
    title: str
    phone: str | None
    email: str


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


class AgentLinkOpened(TypedDict):
    """`agent-link-opened`: a customer opened a link for the first time. Its URL is the link's page at the desk.

    `customer_name` is empty where nobody knows who it was.
    """

    brand: Brand
    link_number: str
    label: str
    customer_name: str
    opened_at: datetime
    total: Money


class AgentLinkExpiring(TypedDict):
    """`agent-link-expiring`: a link ends within a day and is not paid. Its URL is the link's page at the desk."""

    brand: Brand
    link_number: str
    label: str
    customer_name: str
    expires_at: datetime
    total: Money


class AgentCustomerDeclined(TypedDict):
    """`agent-customer-declined`: a customer wants no more mails about a link. Its URL is the link's page."""

    brand: Brand
    link_number: str
    label: str
    customer_name: str


class AgentMailBounced(TypedDict):
    """`agent-mail-bounced`: a mail with a link did not arrive. Its URL is where it is corrected and sent again.

    `suggestion` is the address probably meant; empty where nothing looks like a slip.
    """

    brand: Brand
    link_number: str
    recipient: str
    reason: str
    suggestion: str


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


class AgentPaid(TypedDict):
    """`agent-paid`: tells the agent that a link was paid. Its URL is the link's page at the desk.

    `deposit` is what was paid of the total, None where it is all.
    """

    brand: Brand
    customer_name: str
    link_number: str
    order_number: str
    is_paid: bool
    items: list[Item]
    total: Money
    deposit: Money | None


class AgentBackInStock(TypedDict):
    """`agent-back-in-stock`: a link that waited for stock has started. Its URL is the link's page at the desk.

    `label` and `customer_name` are empty where the link has none; `opens_at` is set where it opens later all the same,
    and one that `is_on_hold` opens when its agent says so.
    """

    brand: Brand
    link_number: str
    label: str
    customer_name: str
    opens_at: datetime | None
    is_on_hold: bool


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


class AgentOrderCancelled(TypedDict):
    """`agent-order-cancelled`: tells the agent that an order ended. Its URL is the order's page at the desk."""

    brand: Brand
    customer_name: str
    order_number: str
    total: Money
    money: str
    is_capture_failed: bool
    note: str


class UndoAsked(TypedDict):
    """`undo-asked`: a colleague asks for a refund, or for the end of an order. Its URL is the order's page at the desk.

    `amount` is what a refund is for; `goes_back` says whether the end of the order gives money back.
    """

    brand: Brand
    asker_name: str
    order_number: str
    customer_name: str
    is_refund: bool
    amount: Money | None
    goes_back: bool
    note: str


class UndoAnswered(TypedDict):
    """`undo-answered`: what was answered. Its URL is the order's page at the desk."""

    brand: Brand
    decider_name: str
    order_number: str
    customer_name: str
    is_refund: bool
    is_agreed: bool
    amount: Money | None
    goes_back: bool


class AgentAsked(TypedDict):
    """`agent-asked-for-new-link`: a customer asks for another one. Its URL is the link's page at the desk."""

    brand: Brand
    customer_name: str
    customer_email: str
    link_number: str
    message: str


class SignInCode(TypedDict):
    """`sign-in-code`: the code a customer types to show that an address is theirs. It stands where a URL would."""

    brand: Brand
    minutes: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One part of what has to be approved. `list_price` None: there is none, or it is no price that is asked for.

    `percent` and `margin` are written out, and empty where they are unknown or not the reader's to see.
    """

    title: str
    list_price: Money | None
    price: Money | None
    percent: str
    margin: str
    reason: str


class AlertRaised(TypedDict):
    """`alert-raised`: something about the portal's money that a person must look at. Its URL is the list of them."""

    brand: Brand
    code: str
    text: str


class ApprovalNeeded(TypedDict):
    """`approval-needed`: a colleague asks for a yes. Its URL is the approval's page; the buttons lead below it."""

    brand: Brand
    asker_name: str
    approval_number: str
    selection_number: str
    customer_name: str
    message: str
    parts_asked: list[Asked]


class ApprovalAnswered(TypedDict):
    """`approval-answered`: the answer, and what came of it. Its URL is the link's page, else the selection's.

    `link_number` is empty where no link was made, and `mailed_to` where none was sent; `problem` says why in words.
    """

    brand: Brand
    decider_name: str
    approval_number: str
    selection_number: str
    customer_name: str
    is_approved: bool
    comment: str
    link_number: str
    mailed_to: str
    problem: str


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


def signature_of(person: Person) -> Signature:
    """How `person` signs."""
    return Signature(person.name, person.first_name, person.initials, person.title, person.phone, person.email)


def brand_of(site: Site) -> Brand:
    """How mails name the site."""
    return Brand(site.name, site.legal_name, site.postal_address, site.brand_color)
