"""More money for an order that was changed: a selection bound to it, which each page of the two names."""

from flask import Blueprint, Response, url_for
from sqlalchemy.orm import Session

from sales_portal.accounts.permissions import Permission
from sales_portal.desk import scope
from sales_portal.desk.order_finding import find_order
from sales_portal.orders.models import Order, number_of
from sales_portal.reports import order_list
from sales_portal.reports.order_list import ExtraPayment
from sales_portal.selections import service as selections
from sales_portal.selections.models import Selection
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("extra_payments", __name__, url_prefix="/orders/<number>/extra-payments")


@blueprint.post("")
@staff.permit(Permission.SELECTIONS_EDIT)
def create(number: str) -> Response:
    """Start a selection that asks for an extra payment for the order, and go on in its builder."""
    session, person = db.session(), staff.current_staff()
    order = find_order(number, Permission.ORDERS)
    selection = selections.create_selection(
        session, agent=person, customer=order.customer, market=order.link.market, order_id=order.id,
        label=f"Extra payment for {order.number}", by=person.actor)
    return htmx.go(url_for("desk.builder.show", number=selection.number))


def list_of(session: Session, order: Order) -> list[ExtraPayment] | None:
    """The extra payments asked for `order` that the reader may see; None where they may see no selections."""
    person = staff.current_staff()
    reach = person.reach(Permission.SELECTIONS)
    if reach is None:
        return None
    return order_list.list_extra_payments(
        session, scope.narrow(order_list.extra_payments_of(order.id), Selection.agent_id, person, reach))


def order_of(selection: Selection) -> str:
    """The number of the order `selection` asks an extra payment for; empty where there is none."""
    return number_of(selection.order_id) if selection.order_id is not None else ""
