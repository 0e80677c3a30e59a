"""The order a page of the desk is about."""

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import NotFound
from sales_portal.desk import scope
from sales_portal.orders import queries as orders
from sales_portal.orders.models import Order
from sales_portal.web import staff
from sales_portal.web.extensions import db


def find_order(number: str, permission: Permission | None = None) -> Order:
    """The order with this number, where the reader's `permission` (else that of the route) reaches; else `NotFound`."""
    order, person = orders.get_order(db.session(), number), staff.current_staff()
    reach = person.reach(permission) if permission is not None else staff.reach()
    if order is None or not scope.covers(order.agent, person, reach):
        raise NotFound(thing=f"the order {number}")
    return order
