"""What the mails to staff may say: the keys of their contexts, as `contexts` has those of the mails to customers."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from sales_portal.core.money import Money
from sales_portal.messaging.contexts import Brand, Item


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
