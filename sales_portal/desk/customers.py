"""The customers pages: everybody who may receive a link, one customer's card, and adding one."""

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core import clock
from sales_portal.core.errors import Invalid, NotFound
from sales_portal.customers import queries as customers
from sales_portal.customers import service as customer_service
from sales_portal.customers.errors import EmailTaken, PhoneTaken
from sales_portal.customers.models import Customer
from sales_portal.desk import customer_parts, listing
from sales_portal.desk.forms.customers import CustomerForm
from sales_portal.desk.forms.lists import ListFilters
from sales_portal.markets import queries as markets
from sales_portal.reports import customer_card
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("customers", __name__, url_prefix="/customers")


@blueprint.get("")
@staff.permit(Permission.CUSTOMERS)
def index() -> Response:
    """The customers, newest first; a search swaps the list in place."""
    filters, session = ListFilters(request.args), db.session()
    found = customer_card.list_customers(filters.q.data or "")
    page = listing.read(found, Customer.id)
    keys = [customer.id for customer in page.rows]
    return listing.answer(
        "customers", filters, page, found, Customer.id, orders=customer_parts.count_orders(session, keys),
        links=customer_parts.newest_links(session, keys),
        may_add=staff.current_staff().may(Permission.CUSTOMERS_EDIT))


@blueprint.get("/<number>")
@staff.permit(Permission.CUSTOMERS)
def show(number: str) -> Response:
    """One customer: how to reach them, what they were offered and what they bought."""
    customer, session = customers.get_customer(db.session(), number), db.session()
    if customer is None:
        raise NotFound(thing=f"the customer {number}")
    return make_response(render_template(
        "desk/customers/show.html", customer=customer, at=clock.now(),
        selections=customer_parts.selections_of(session, customer.id),
        links=customer_parts.links_of(session, customer.id), orders=customer_parts.orders_of(session, customer.id),
        account_links=customer_parts.links_of_account(session, customer.account_id),
        account_orders=customer_parts.orders_of_account(session, customer.account_id),
        subscriptions=customer_card.subscriptions_of(session, customer.id)))


@blueprint.get("/new")
@staff.permit(Permission.CUSTOMERS_EDIT)
def form() -> Response:
    """Ask who it is; an e-mail or a phone number is enough."""
    typed = CustomerForm()
    typed.offer_markets(markets.list_markets(db.session()))
    return _show(typed)


@blueprint.post("")
@staff.permit(Permission.CUSTOMERS_EDIT)
def create() -> Response:
    """Add the customer and open their card; what somebody else has already shows whose it is."""
    typed = CustomerForm()
    typed.offer_markets(markets.list_markets(db.session()))
    if not typed.validate():
        return _show(typed, {field.name: str(field.errors[0]) for field in typed if field.errors})
    try:
        customer = customer_service.create_customer(
            db.session(), email=typed.email.data or "", name=typed.name.data or "", phone=typed.phone.data,
            company=typed.company.data or "", market_id=typed.market_id,
            is_second_anyway=typed.is_second_anyway.data, by=staff.current_staff().actor)
    except Invalid as refusal:
        return _show(typed, {refusal.field or "email": refusal.text})
    except (EmailTaken, PhoneTaken) as refusal:
        return _show(typed, {refusal.field or "email": refusal.text}, known=str(refusal.details["number"]))
    flash(f"{customer.display_name} was added.", "success")
    return htmx.go(url_for(".show", number=customer.number))


def _show(typed: CustomerForm, problems: dict[str, str] | None = None, known: str | None = None) -> Response:
    page = render_template("desk/customers/new.html", form=typed, problems=problems or {}, known=known)
    return make_response(page, 422 if problems else 200)
