"""What mails about orders, payments and links say, taken from the rows: plain values only."""

from datetime import datetime

from sales_portal.catalog import questions
from sales_portal.core import clock
from sales_portal.core.money import Money
from sales_portal.customers import typos
from sales_portal.links.models import CheckoutLink
from sales_portal.links.notice_models import StockWish
from sales_portal.links.state import LinkState
from sales_portal.messaging import contexts
from sales_portal.messaging.contexts import (
    BackInStock,
    InvoiceDue,
    Item,
    PaymentFailed,
    PaymentReturning,
    Receipt,
)
from sales_portal.messaging.models import Delivery
from sales_portal.messaging.staff_contexts import (
    AgentBackInStock,
    AgentLinkExpiring,
    AgentLinkOpened,
    AgentMailBounced,
    AgentPaid,
)
from sales_portal.orders.models import Order, OrderLine
from sales_portal.payments.models import Payment


def receipt(order: Order) -> Receipt:
    """The customer's receipt."""
    delivery = [_item(order, line) for line in order.lines if line.kind == "shipping"]
    return Receipt(
        brand=contexts.brand_of(order.site), agent=contexts.signature_of(order.agent, order.site),
        first_name=first_name(order.name), order_number=order.number, placed_at=order.placed_at,
        is_paid=is_paid(order), invoice=_invoice(order), items=items(order), delivery=delivery[0] if delivery else None,
        taxes=_tax(order, is_included=False), included_tax=_tax(order, is_included=True),
        total=Money(order.total_amount, order.currency), balance=_balance(order))


def agent_paid(order: Order) -> AgentPaid:
    """What the agent reads when a link was bought."""
    return AgentPaid(
        brand=contexts.brand_of(order.site), customer_name=order.name or order.email, link_number=order.link.number,
        order_number=order.number, is_paid=is_paid(order), items=items(order),
        total=(total := Money(order.total_amount, order.currency)),
        deposit=total - balance if (balance := _balance(order)) is not None else None)


def opened(link: CheckoutLink, name: str, at: datetime) -> AgentLinkOpened:
    """What the agent reads when a customer, by `name`, first opened a link at `at`."""
    return AgentLinkOpened(
        brand=contexts.brand_of(link.site), link_number=link.number, label=link.label, customer_name=name,
        opened_at=at, total=Money(link.total_amount, link.currency))


def ending(link: CheckoutLink) -> AgentLinkExpiring:
    """What the agent reads when a link ends within a day."""
    return AgentLinkExpiring(
        brand=contexts.brand_of(link.site), link_number=link.number, label=link.label,
        customer_name=customer_name(link), expires_at=link.expires_at or clock.now(),
        total=Money(link.total_amount, link.currency))


def bounced(link: CheckoutLink, mail: Delivery) -> AgentMailBounced:
    """What the agent reads when a mail with a link did not arrive."""
    return AgentMailBounced(
        brand=contexts.brand_of(link.site), link_number=link.number, recipient=mail.recipient,
        reason=(mail.failure or "no reason was given").rstrip("."), suggestion=typos.meant(mail.recipient))


def customer_name(link: CheckoutLink) -> str:
    """Whom a link was made for; empty where it names nobody."""
    return link.customer.display_name if link.customer is not None else ""


def back_in_stock(link: CheckoutLink) -> AgentBackInStock:
    """What the agent reads when a link that waited for stock has started."""
    return AgentBackInStock(
        brand=contexts.brand_of(link.site), link_number=link.number, label=link.label,
        customer_name=customer_name(link),
        opens_at=link.starts_at if link.state(clock.now()) is LinkState.SCHEDULED else None,
        is_on_hold=link.paused_at is not None)


def wish_came_true(wish: StockWish, link: CheckoutLink) -> BackInStock:
    """What a customer reads who wanted to know when it is back."""
    return BackInStock(brand=contexts.brand_of(link.site), agent=contexts.signature_of(link.agent, link.site),
                       first_name=first_name(wish.name), expires_at=link.expires_at)


def payment_failed(payment: Payment) -> PaymentFailed:
    """What the customer reads when nothing came of a payment."""
    return PaymentFailed(
        brand=contexts.brand_of(payment.link.site), agent=contexts.signature_of(payment.link.agent, payment.link.site),
        first_name=first_name(payment.checkout_session.name), total=Money(payment.amount, payment.currency))


def payment_returning(payment: Payment) -> PaymentReturning:
    """What the customer reads when there is no order for the money that was taken."""
    return PaymentReturning(
        brand=contexts.brand_of(payment.link.site), agent=contexts.signature_of(payment.link.agent, payment.link.site),
        first_name=first_name(payment.checkout_session.name), total=Money(payment.amount, payment.currency))


def items(order: Order) -> list[Item]:
    """What was bought, delivery left out."""
    return [_item(order, line) for line in order.lines if line.kind != "shipping"]


def is_paid(order: Order) -> bool:
    """Whether the customer has done their part: an invoice is paid later."""
    return order.payment is None or order.payment.capture_mode != "by_hand"


def _balance(order: Order) -> Money | None:
    """What is still to be paid after a deposit."""
    return Money(order.outstanding_amount, order.currency) if order.is_balance_due else None


def _invoice(order: Order) -> InvoiceDue | None:
    invoice = order.invoice
    return InvoiceDue(invoice.number, invoice.due_on, invoice.bank_details) if invoice is not None else None


def first_name(name: str) -> str:
    """What to call somebody; empty where no name is known."""
    words = name.split()
    return words[0] if words else ""


def _item(order: Order, line: OrderLine) -> Item:
    added_tax = 0 if line.is_tax_included else line.tax_amount
    return Item(line.title, line.quantity, Money(line.line_amount - added_tax, order.currency),
                tuple(f"{label}: {answer}" for label, answer in questions.said(line.answers, line.quantity)))


def _tax(order: Order, *, is_included: bool) -> Money:
    amounts = [line.tax_amount for line in order.lines if line.is_tax_included == is_included]
    return Money(sum(amounts), order.currency)
