"""Account and address of whom a selection is for, edited from the builder whether or not they were known before."""

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Invalid, NotFound
from sales_portal.customers import details as customer_details
from sales_portal.customers.details import Details
from sales_portal.customers.models import Customer
from sales_portal.desk import workbench
from sales_portal.desk.forms.customer_details import CustomerDetailsForm
from sales_portal.markets import queries as markets
from sales_portal.selections import checks
from sales_portal.selections.models import Selection
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("customer_details", __name__, url_prefix="/selections/<number>/customer/details")


@blueprint.get("")
@staff.permit(Permission.SELECTIONS_EDIT)
def show(number: str) -> Response:
    """What is known of account and address."""
    selection = workbench.load(number)
    return _answer(selection, customer_details.read_details(db.session(), _customer(selection)))


@blueprint.post("")
@staff.permit(Permission.SELECTIONS_EDIT)
def save(number: str) -> Response:
    """Keep what was typed and go back to the selection; where something is wrong, all of it stays typed."""
    selection, typed = workbench.load(number), CustomerDetailsForm().details
    customer = _customer(selection)
    try:
        customer_details.save_details(db.session(), customer, typed, by=staff.current_staff().actor)
    except Invalid as refusal:
        return _answer(selection, typed, refusal)
    flash(f"{customer.display_name} is up to date.", "success")
    return htmx.go(url_for("desk.builder.show", number=selection.number))


def _customer(selection: Selection) -> Customer:
    workbench.refuse_unless(True, Permission.CUSTOMERS_EDIT)
    if selection.customer is None:
        raise NotFound(thing="the customer of this selection")
    return selection.customer


def _answer(selection: Selection, known: Details, problem: Invalid | None = None) -> Response:
    page = render_template("desk/selections/customer_details.html", selection=selection, known=known, problem=problem,
                           countries=_countries(selection, known))
    return make_response(page, 200 if problem is None else 422)


def _countries(selection: Selection, known: Details) -> list[tuple[str, str]]:
    found = {country.country for market in markets.list_markets(db.session()) for country in market.countries}
    named = sorted((checks.country_name(code), code) for code in found | ({known.country} if known.country else set()))
    own = {country.country for country in selection.market.countries}
    return [(code, name) for name, code in sorted(named, key=lambda pair: pair[1] not in own)]
