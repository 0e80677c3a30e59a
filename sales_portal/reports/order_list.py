"""The list of orders: filtered by status and words."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from sales_portal.core import clock
from sales_portal.customers import queries as customers
from sales_portal.customers.models import Customer
from sales_portal.links.models import CheckoutLink
from sales_portal.orders import queries as orders
from sales_portal.orders import undone
from sales_portal.orders.models import Invoice, Order
from sales_portal.reports import searching
from sales_portal.selections.models import Selection

OVERDUE, ASKED, DUE = "overdue", "refund_asked", "balance_due"
STATUSES = ("placed", "paid", "fulfilled", "cancelled")
FILTERS = ("placed", DUE, OVERDUE, "paid", "fulfilled", "cancelled", ASKED)
"""What the list may be narrowed to: a status, a balance to come, an invoice that is overdue, or somebody who waits for
a yes."""


@dataclass(frozen=True, slots=True)
class ExtraPayment:
    """A selection that asks more money for an order, its newest link, and the newest order that link became."""

    selection: Selection
    link: CheckoutLink | None
    order: Order | None


def list_orders(text: str = "", status: str | None = None) -> Select[Order]:
    """Orders with agent, customer and link, to page by `Order.id`; `overdue` are those whose invoice is, by UTC."""
    query = orders.list_orders().join(Order.link).options(contains_eager(Order.link))
    if status == OVERDUE:
        query = query.join(Order.invoice).where(
            Invoice.paid_on.is_(None), Invoice.voided_at.is_(None), Invoice.due_on < clock.now().date())
    elif status == ASKED:
        query = query.where(undone.is_asked())
    elif status == DUE:
        query = query.where(undone.is_balance_due())
    elif status is not None:
        query = query.where(Order.status == status)
    typed = searching.plain(text)
    return query.where(_holds(typed)) if typed else query


def _holds(text: str) -> ColumnElement[bool]:
    people = customers.list_customers(text).with_only_columns(Customer.id)
    columns = (Order.email, Order.name, Order.company, CheckoutLink.label)
    numbers = ((Order.id, searching.key_of(text, "O", 5000)), (CheckoutLink.id, searching.key_of(text, "L", 2000)))
    return or_(Order.customer_id.in_(people), *(searching.holds(column, text) for column in columns),
               *(column == key for column, key in numbers if key is not None))


def extra_payments_of(order_id: int) -> Select[Selection]:
    """The selections that ask an extra payment for an order, newest first; narrow it by `Selection.agent_id`."""
    return select(Selection).where(Selection.order_id == order_id).order_by(Selection.id.desc())


def list_extra_payments(session: Session, found: Select[Selection]) -> list[ExtraPayment]:
    """Each of the `found` selections with how far its payment has come, in three statements however many they are."""
    chosen = session.scalars(found).all()
    links = _newest(session, chosen)
    keys = [link.id for link in links.values()]
    placed = session.scalars(select(Order).where(Order.link_id.in_(keys)).order_by(Order.id)) if keys else ()
    orders_by_link = {order.link_id: order for order in placed}
    made = ((selection, links.get(selection.id)) for selection in chosen)
    return [ExtraPayment(selection, link, orders_by_link.get(link.id) if link else None) for selection, link in made]


def _newest(session: Session, selections: Sequence[Selection]) -> dict[int, CheckoutLink]:
    newest = select(func.max(CheckoutLink.id)).where(
        CheckoutLink.selection_id.in_([selection.id for selection in selections])).group_by(CheckoutLink.selection_id)
    found = session.scalars(select(CheckoutLink).where(CheckoutLink.id.in_(newest))) if selections else ()
    return {link.selection_id: link for link in found}
