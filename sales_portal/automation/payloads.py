"""What webhooks say of orders and links: plain JSON, amounts in minor units, instants in UTC; never a secret."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from sales_portal.customers.models import Account
from sales_portal.history.models import Event
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.models import Order, OrderLine
from sales_portal.payments.models import Payment

Payload = dict[str, Any]


def of_event(session: Session, event: Event) -> Payload:
    """What is said of the fact `event`: the order or link it is about, as it stands now."""
    if event.subject_type == Order.__tablename__:
        return {"order": _order(session, event.subject_id)}
    return {"link": _link(session, event.subject_id)}


def is_of(site_id: int) -> ColumnElement[bool]:
    """Whether a fact is about an order or a link of this site."""
    return or_(*(and_(Event.subject_type == table.__tablename__,
                      Event.subject_id.in_(select(table.id).where(table.site_id == site_id)))
                 for table in (Order, CheckoutLink)))


def _order(session: Session, order_id: int) -> Payload:
    order = session.scalars(select(Order).where(Order.id == order_id).options(
        joinedload(Order.site), joinedload(Order.agent), selectinload(Order.lines),
        joinedload(Order.link).selectinload(CheckoutLink.addresses))).one()
    payments = session.scalars(select(Payment).where(Payment.order_id == order_id)).all()
    account = session.get(Account, order.account_id) if order.account_id is not None else None
    return {
        "number": order.number, "status": order.status, "site": order.site.slug, "currency": order.currency,
        "total_amount": order.total_amount, "outstanding_amount": order.outstanding_amount,
        "captured_amount": sum(payment.captured_amount for payment in payments),
        "refunded_amount": sum(payment.refunded_amount for payment in payments),
        "placed_at": _instant(order.placed_at), "paid_at": _instant(order.paid_at),
        "customer": {"name": order.name, "email": order.email, "phone": order.phone, "company": order.company,
                     "vat_number": order.vat_number},
        "account": {"name": account.name, "crm_id": account.crm_id} if account is not None else None,
        "address": order.address, "custom_fields": order.custom_fields, "metadata": order.order_metadata,
        "shipping": order.shipping_name, "discount": order.discount_name,
        "agent": {"name": order.agent.name, "email": order.agent.email}, "link": _named(order.link),
        "lines": [_line(line) for line in order.lines]}


def _line(line: OrderLine) -> Payload:
    return {"kind": line.kind, "sku": line.sku, "title": line.title, "quantity": line.quantity,
            "unit_amount": line.unit_amount, "discount_amount": line.discount_amount, "tax_amount": line.tax_amount,
            "is_tax_included": line.is_tax_included, "line_amount": line.line_amount}


def _link(session: Session, link_id: int) -> Payload:
    link = session.scalars(select(CheckoutLink).where(CheckoutLink.id == link_id).options(
        joinedload(CheckoutLink.site), joinedload(CheckoutLink.agent), joinedload(CheckoutLink.market),
        joinedload(CheckoutLink.customer), selectinload(CheckoutLink.addresses))).one()
    customer = link.customer
    return _named(link) | {
        "status": link.status, "progress": link.progress, "policy": link.policy, "site": link.site.slug,
        "market": link.market.name, "currency": link.currency, "total_amount": link.total_amount,
        "items_count": link.items_count, "orders_count": link.orders_count, "max_orders": link.max_orders,
        "customer": {"name": customer.name, "email": customer.email} if customer is not None else None,
        "agent": {"name": link.agent.name, "email": link.agent.email}, "metadata": link.link_metadata,
        "created_at": _instant(link.created_at), "expires_at": _instant(link.expires_at),
        "replaced_by": link.replacement_number}


def _named(link: CheckoutLink) -> Payload:
    return {"number": link.number, "public_ids": [address.public_id for address in link.addresses],
            "label": link.label}


def _instant(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at is not None else None
