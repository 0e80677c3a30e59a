"""Invoices at the desk: the money came, and whoever saw it says so, once."""

from datetime import date

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Invalid, NotFound
from sales_portal.desk import scope
from sales_portal.desk.forms.invoices import SettlementForm
from sales_portal.desk.order_finding import find_order
from sales_portal.orders import invoicing
from sales_portal.orders.models import Order
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("invoices", __name__, url_prefix="/orders/<number>/settlement")


@blueprint.get("")
@staff.permit(Permission.INVOICES_SETTLE)
def ask(number: str) -> Response:
    """Ask when the money came and by which reference."""
    order = _find(number)
    today = invoicing.today_at(order.link.site).isoformat()
    return _page(order, SettlementForm(formdata=None, data={"paid_on": today}))


@blueprint.post("")
@staff.permit(Permission.INVOICES_SETTLE)
def settle(number: str) -> Response:
    """*Mark paid*: the order is paid; on a mistake, the same page with everything typed."""
    order, typed = _find(number), SettlementForm()
    try:
        invoicing.mark_paid(db.session(), order.id, paid_on=_day(typed.paid_on.data or ""),
                            reference=typed.reference.data or "", by=staff.current_staff().actor)
    except Invalid as no:
        return _page(_find(number), typed, no, 422)
    flash(f"{order.number} is paid.", "success")
    return htmx.go(url_for("desk.orders.show", number=order.number))


def may_settle(order: Order) -> bool:
    """Whether the reader may say that the money of this order came."""
    person = staff.current_staff()
    return order.invoice is not None and order.invoice.is_unpaid and person.may(Permission.INVOICES_SETTLE) \
        and scope.covers(order.agent, person, person.reach(Permission.INVOICES_SETTLE))


def _find(number: str) -> Order:
    order = find_order(number)
    if order.invoice is None:
        raise NotFound(thing=f"an invoice of the order {number}")
    return order


def _page(order: Order, form: SettlementForm, problem: Invalid | None = None, status: int = 200) -> Response:
    wrong = {problem.field or "": problem.text} if problem is not None else {}
    return make_response(render_template("desk/invoices/settle.html", order=order, form=form, wrong=wrong), status)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise Invalid("paid_on", "Enter the day the money came, like 2026-12-21") from None
