"""The list of orders: filtered by status and words."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, contains_eager

from sales_portal.customers import queries as customers
from sales_portal.customers.models import Customer
from sales_portal.links.models import CheckoutLink
from sales_portal.orders import queries as orders
from sales_portal.orders.models import Order, Subscription
from sales_portal.reports import searching

STATUSES = ("placed", "paid", "fulfilled", "cancelled")


def list_orders(text: str = "", status: str | None = None) -> Select[Order]:
    """Orders with agent, customer and link, to page by `Order.id`."""
    query = orders.list_orders().join(Order.link).options(contains_eager(Order.link))
    if status is not None:
        query = query.where(Order.status == status)
    typed = searching.plain(text)
    return query.where(_holds(typed)) if typed else query


def _holds(text: str) -> ColumnElement[bool]:
    people = customers.list_customers(text).with_only_columns(Customer.id)
    columns = (Order.email, Order.name, Order.company, CheckoutLink.label)
    numbers = ((Order.id, searching.key_of(text, "O", 5000)), (CheckoutLink.id, searching.key_of(text, "L", 2000)))
    return or_(Order.customer_id.in_(people), *(searching.holds(column, text) for column in columns),
               *(column == key for column, key in numbers if key is not None))


def subscriptions_of(session: Session, order_id: int) -> Sequence[Subscription]:
    """What an order started, in the order of its lines."""
    return session.scalars(
        select(Subscription).where(Subscription.order_id == order_id).order_by(Subscription.line_no)).all()
