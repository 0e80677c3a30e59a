"""The rows of an order, and the facts that follow from it; the caller holds the locks and decides whether."""

from calendar import monthrange
from collections import Counter
from datetime import date, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from sales_portal.catalog.models import OfferVersion
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine
from sales_portal.core import clock, lifecycle, tokens
from sales_portal.customers import service as customers
from sales_portal.customers.models import Customer
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.inventory import selling
from sales_portal.links.addresses import RECEIPT_PURPOSE
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.errors import Unavailable
from sales_portal.orders.models import Order, OrderLine, Subscription
from sales_portal.outbox import service as outbox
from sales_portal.payments.models import Payment
from sales_portal.pricing.models import Discount
from sales_portal.selections import service as selections

COPIED = ("line_no", "kind", "variant_id", "offer_version_id", "stock_id", "title", "sku", "image", "quantity",
          "unit_amount", "list_amount", "is_special_price", "discount_amount", "tax_rate", "tax_amount",
          "tax_waived_amount", "is_tax_included", "line_amount")
ADDRESS = ("street", "street_2", "postcode", "city", "region", "country")


def make_order(session: Session, link: CheckoutLink, copy: CheckoutSession, payment: Payment | None) -> Order:
    """Take the stock and write the order with its lines; raises `OutOfStock` or `Unavailable`."""
    lines = list(session.scalars(
        select(CheckoutSessionLine).where(CheckoutSessionLine.checkout_session_id == copy.id)
        .order_by(CheckoutSessionLine.line_no)))
    _take_stock(session, lines)
    _count_discount(session, copy)
    order = _order(session, link, copy, payment, lines)
    session.add(order)
    session.flush()
    session.execute(insert(OrderLine), [
        {"order_id": order.id} | {name: getattr(line, name) for name in COPIED} for line in lines])
    selling.record_sale(session, order.id, [
        (line.line_no, line.stock_id, line.quantity) for line in lines if line.stock_id is not None])
    _start_subscriptions(session, order, lines)
    if order.customer_id is not None:
        bought = {line.variant_id for line in lines if line.variant_id is not None}
        customers.record_purchases(session, order.customer_id, sorted(bought), order.placed_at)
    return order


def record_placed(session: Session, order: Order, link: CheckoutLink, copy: CheckoutSession) -> None:
    """Write down that the order stands, win its selection, and ask for what follows."""
    history.record(session, EventName.ORDER_PLACED, order, by=history.CUSTOMER, context=link, order=order.number,
                   total=order.total_amount, currency=order.currency)
    selections.mark_won(session, link.selection_id, by=history.SYSTEM)
    outbox.put(session, "order.placed", ("orders", order.id))


def mark_paid(session: Session, order: Order) -> None:
    """The money is here: the order is paid, once."""
    if lifecycle.move(session, Order, order.id, "placed", "paid", paid_at=clock.now()):
        link = session.get_one(CheckoutLink, order.link_id)
        history.record(session, EventName.ORDER_PAID, order, by=history.SYSTEM, context=link, order=order.number,
                       total=order.total_amount, currency=order.currency)


def void_open_copies(session: Session, link_id: int) -> None:
    """End every copy of a link that can no longer be bought."""
    session.execute(
        update(CheckoutSession).where(CheckoutSession.link_id == link_id, CheckoutSession.status == "open")
        .values(status="voided").execution_options(synchronize_session=False))


def next_renewal(start: date, interval: str, count: int) -> date:
    """The day a subscription started on `start` renews: the same day of a later month or year, or its last day."""
    months = count * (12 if interval == "year" else 1)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _take_stock(session: Session, lines: list[CheckoutSessionLine]) -> None:
    wanted: Counter[int] = Counter()
    for line in lines:
        if line.stock_id is not None:
            wanted[line.stock_id] += line.quantity
        elif line.product_kind in ("goods", "training"):
            raise Unavailable("sold_out")
    selling.take(session, wanted)


def _count_discount(session: Session, copy: CheckoutSession) -> None:
    if copy.discount_id is None:
        return
    counted = session.execute(
        update(Discount)
        .where(Discount.id == copy.discount_id,
               (Discount.usage_limit.is_(None)) | (Discount.uses_count < Discount.usage_limit))
        .values(uses_count=Discount.uses_count + 1).returning(Discount.id)).first()
    if counted is None:
        raise Unavailable("discount_used_up")


def _order(session: Session, link: CheckoutLink, copy: CheckoutSession, payment: Payment | None,
           lines: list[CheckoutSessionLine]) -> Order:
    receipt = tokens.new_token()
    account_id = None
    if link.customer_id is not None:
        account_id = session.scalar(select(Customer.account_id).where(Customer.id == link.customer_id))
    method = next((line.title for line in lines if line.kind == "shipping"), "")
    return Order(
        link_id=link.id, checkout_session_id=copy.id, payment_id=payment.id if payment is not None else None,
        agent_id=link.agent_id, site_id=link.site_id, customer_id=link.customer_id, account_id=account_id,
        is_exclusive=link.policy == "single", status="placed", total_amount=copy.total_amount, currency=copy.currency,
        email=copy.email, name=copy.name, phone=copy.phone, company=copy.company,
        address={name: getattr(copy, name) for name in ADDRESS}, custom_fields=copy.custom_fields,
        order_metadata=copy.session_metadata, shipping_name=method,
        receipt_token_sha256=tokens.digest(receipt), receipt_token_sealed=tokens.seal(receipt, RECEIPT_PURPOSE),
        placed_at=clock.now())


def _start_subscriptions(session: Session, order: Order, lines: list[CheckoutSessionLine]) -> None:
    wanted = {line.offer_version_id: line for line in lines if line.offer_version_id is not None}
    if not wanted:
        return
    today = order.placed_at.date()
    for version in session.scalars(select(OfferVersion).where(OfferVersion.id.in_(wanted))):
        line = wanted[version.id]
        trial_end = today + timedelta(days=version.trial_days) if version.trial_days else None
        session.add(Subscription(
            order_id=order.id, line_no=line.line_no, customer_id=order.customer_id, account_id=order.account_id,
            offer_version_id=version.id, quantity=line.quantity, status="trialing" if trial_end else "active",
            started_at=order.placed_at, trial_ends_on=trial_end,
            renews_on=trial_end or next_renewal(today, version.interval, version.interval_count),
            subscription_metadata=order.order_metadata))
