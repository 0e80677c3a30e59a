"""The orders pages: what was bought within reach, and one order to the last minor unit."""

from flask import Blueprint, Response, make_response, render_template, request

from sales_portal.accounts.permissions import Permission
from sales_portal.core import clock, paging
from sales_portal.desk import (
    extra_payments,
    frozen_totals,
    invoices,
    line_notes,
    listing,
    order_undo,
    scope,
    timeline,
)
from sales_portal.desk.forms.lists import ListFilters
from sales_portal.desk.order_finding import find_order
from sales_portal.history import queries as history
from sales_portal.history.models import Event
from sales_portal.links.languages import language_of, written_as
from sales_portal.orders import invoicing, undone
from sales_portal.orders import queries as orders
from sales_portal.orders.models import Order, number_of
from sales_portal.reports import order_list
from sales_portal.web import formatting, receipts, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("orders", __name__, url_prefix="/orders")


@blueprint.get("")
@staff.permit(Permission.ORDERS)
def index() -> Response:
    """The orders within reach, newest first; a filter swaps the list in place."""
    filters = ListFilters(request.args)
    wanted = order_list.list_orders(filters.q.data or "", filters.chosen(order_list.FILTERS))
    found = scope.narrow(wanted, Order.agent_id, staff.current_staff(), staff.reach())
    page = listing.read(found, Order.id)
    return listing.answer("orders", filters, page, found, Order.id, statuses=order_list.FILTERS,
                          marks=undone.marks_of(db.session(), [order.id for order in page.rows]),
                          today=clock.now().date())


@blueprint.get("/<number>")
@staff.permit(Permission.ORDERS)
def show(number: str) -> Response:
    """One order: its lines, its money, who bought, and how it came about."""
    order = find_order(number)
    extra_for = order.link.selection.order_id
    past = paging.read(db.session(), history.list_timeline(order), Event.id, request.args.get("before"))
    return make_response(render_template(
        "desk/orders/show.html", order=order, totals=frozen_totals.rows_of_order(order), page=past,
        may_settle=invoices.may_settle(order), today=invoicing.today_at(order.link.site),
        trials=frozen_totals.trials_of(order.lines), bought_notes=line_notes.of_bought,
        extra_payments=extra_payments.list_of(db.session(), order), at=clock.now(),
        extra_for=number_of(extra_for) if extra_for is not None else "",
        **order_undo.shown_of(order, staff.current_staff()),
        may_ask_more=staff.current_staff().may(Permission.SELECTIONS_EDIT),
        may_open_link=staff.current_staff().may(Permission.LINKS),
        subscriptions=orders.list_started(db.session(), order.id),
        timeline=timeline.entries(past.rows, is_whole=past.is_first and past.older is None)))


@blueprint.get("/<number>/receipt.pdf")
@staff.permit(Permission.ORDERS)
def receipt(number: str) -> Response:
    """The document the customer can save, in the customer's language."""
    order = find_order(number)
    formatting.speak(written_as(order.link), order.link.site.time_zone, language_of(order.link))
    return receipts.answer(order, order.lines, orders.refunded_of(db.session(), order))
