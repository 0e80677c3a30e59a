"""Contact, account and address of whom a selection is for, edited from the builder whether or not they were known."""

from flask import Blueprint, Response, make_response, render_template, request

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Invalid, NotFound
from sales_portal.customers import details as customer_details
from sales_portal.customers import queries as customers
from sales_portal.customers.details import Details
from sales_portal.customers.models import Customer
from sales_portal.desk import panels, workbench
from sales_portal.desk.forms.customer_details import CustomerDetailsForm
from sales_portal.desk.workbench import Toast
from sales_portal.markets import queries as markets
from sales_portal.selections import checks
from sales_portal.selections.models import Selection
from sales_portal.web import staff
from sales_portal.web.extensions import db

blueprint = Blueprint("customer_details", __name__, url_prefix="/selections/<number>/customer")


@blueprint.get("/details")
@staff.permit(Permission.SELECTIONS_EDIT)
def show(number: str) -> Response:
    """What is known, in a panel beside the lines or as a page."""
    selection = workbench.load(number)
    return _answer(selection, customer_details.read_details(db.session(), _customer(selection)))


@blueprint.post("/details")
@staff.permit(Permission.SELECTIONS_EDIT)
def save(number: str) -> Response:
    """Keep what was typed and go back to the selection; where something is wrong, all of it stays typed."""
    selection, typed = workbench.load(number), CustomerDetailsForm().details
    customer = _customer(selection)
    try:
        with db.session().begin_nested():
            customer_details.save_details(db.session(), customer, typed, by=staff.current_staff().actor)
    except Invalid as refusal:
        return _answer(selection, typed, refusal)
    return workbench.changed(selection, Toast(f"{customer.display_name} is up to date."),
                             closed=f"customer-{customer.id}", focus="#customer-details")


@blueprint.get("/accounts")
@staff.permit(Permission.SELECTIONS_EDIT)
def list_accounts(number: str) -> Response:
    """The known accounts that the typed text may mean."""
    _customer(workbench.load(number))
    return make_response(render_template("desk/selections/_account_names.html", accounts=customers.find_accounts(
        db.session(), request.args.get("account", ""))))


def _customer(selection: Selection) -> Customer:
    workbench.refuse_unless(True, Permission.CUSTOMERS_EDIT)
    if selection.customer is None:
        raise NotFound(thing="the customer of this selection")
    return selection.customer


def _answer(selection: Selection, known: Details, problem: Invalid | None = None) -> Response:
    values = {"selection": selection, "known": known, "problem": problem, "countries": _countries(selection, known),
              "accounts": customers.find_accounts(db.session(), known.account)}
    return panels.answer(
        "desk/selections/customer_details.html", "desk/selections/_customer_details.html", values, problem=problem,
        field="#field-", into=f"#panel-customer-{selection.customer_id}", focus="#field-email")


def _countries(selection: Selection, known: Details) -> list[tuple[str, str]]:
    found = {country.country for market in markets.list_markets(db.session()) for country in market.countries}
    named = sorted((checks.country_name(code), code) for code in found | ({known.country} if known.country else set()))
    own = {country.country for country in selection.market.countries}
    return [(code, name) for name, code in sorted(named, key=lambda pair: pair[1] not in own)]
