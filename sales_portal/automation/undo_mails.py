"""The mails about what undoes an order: to the customer that it ended or that money went back, to the agent too."""

from sales_portal.automation import contexts, mails
from sales_portal.core.money import Money
from sales_portal.links import sending
from sales_portal.links.addresses import Addresses
from sales_portal.links.languages import language_of
from sales_portal.messaging import contexts as texts
from sales_portal.messaging import staff_contexts
from sales_portal.messaging.models import Delivery
from sales_portal.orders.models import Order
from sales_portal.orders.undo_models import Cancellation, Refund


def refunded(order: Order, refund: Refund, left: int, addresses: Addresses) -> Delivery:
    """What tells the customer that money went back, and how much of it is left."""
    context = texts.Refunded(
        brand=texts.brand_of(order.site), agent=texts.signature_of(order.agent, order.site),
        first_name=contexts.first_name(order.name), order_number=order.number,
        amount=Money(refund.amount, order.currency), left=Money(left, order.currency))
    return _to_customer(order, "refunded", dict(context), addresses)


def cancelled(order: Order, cancellation: Cancellation, addresses: Addresses) -> Delivery:
    """What tells the customer that the order ended, and what becomes of the money."""
    context = texts.OrderCancelled(
        brand=texts.brand_of(order.site), agent=texts.signature_of(order.agent, order.site),
        first_name=contexts.first_name(order.name), order_number=order.number,
        total=Money(order.total_amount, order.currency), money=money_of(order),
        is_capture_failed=cancellation.reason == "capture_failed")
    return _to_customer(order, "order-cancelled", dict(context), addresses)


def agent_cancelled(order: Order, cancellation: Cancellation, addresses: Addresses) -> Delivery:
    """What tells the agent; the site where the agent has left."""
    context = staff_contexts.AgentOrderCancelled(
        brand=texts.brand_of(order.site), customer_name=order.name or order.email, order_number=order.number,
        total=Money(order.total_amount, order.currency), money=money_of(order),
        is_capture_failed=cancellation.reason == "capture_failed", note=cancellation.note)
    return mails.write(
        order.link, order.site, template="agent-order-cancelled", to=sending.reply_to(order.agent, order.site),
        to_name=sending.agent_name(order.agent, order.site), sender_name=order.site.name, reply_to=None,
        context=dict(context), url=addresses.page_url("orders", order.number), locale=order.site.locale)


def money_of(order: Order) -> str:
    """What becomes of it: `free`, `not_taken`, or `back` where it was taken or may be while this is written."""
    payment = order.payment
    if payment is None:
        return "free"
    return "back" if payment.status in ("refund_pending", "refunded", "captured") else "not_taken"


def _to_customer(order: Order, template: str, context: dict[str, object], addresses: Addresses) -> Delivery:
    language = language_of(order.link)
    return mails.write(
        order.link, order.site, template=template, to=order.email, to_name=order.name,
        sender_name=sending.sender_name(order.agent, order.site, language),
        reply_to=sending.reply_to(order.agent, order.site), context=context,
        url=addresses.receipt_url(order.receipt_token_sealed), locale=order.link.market.locale, language=language)
