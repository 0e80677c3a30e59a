"""Whom a selection is for: found, made on the spot, or anyone who has the link."""

from flask import Blueprint, Response, make_response, render_template, request, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Invalid, NotFound
from sales_portal.customers import queries as customers
from sales_portal.customers import service as customers_service
from sales_portal.customers.errors import EmailTaken, PhoneTaken
from sales_portal.customers.models import Customer
from sales_portal.desk import customer_parts, workbench
from sales_portal.desk.forms.builder import CustomerForm
from sales_portal.selections import service as selections
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("customer_picker", __name__, url_prefix="/selections/<number>")

SHOWN = 8
ANYONE, NEW = "anyone", "new"


class AskWho(Invalid):
    """What was typed names nobody yet; a new customer needs an e-mail or a phone number."""

    def __init__(self) -> None:
        super().__init__("email", "Enter an e-mail address or a phone number")


@blueprint.get("/customers")
@staff.permit(Permission.SELECTIONS_EDIT)
def index(number: str) -> Response:
    """Who is called so: the list under the search, or a page to choose from."""
    selection, text = workbench.load(number), request.args.get("q", "").strip()
    found = customers.find_customers(db.session(), text, SHOWN)
    status = "1 customer" if len(found) == 1 else f"{len(found)} customers"
    template = "desk/selections/_customer_results.html" if htmx.is_htmx() else "desk/selections/customers.html"
    typed = CustomerForm(request.args)
    typed.take_over()
    return make_response(render_template(template, selection=selection, found=found, text=text, status=status,
                                         typed=typed, glances=customer_parts.glances(db.session(), found)))


@blueprint.post("/customer")
@staff.permit(Permission.SELECTIONS_EDIT)
def choose(number: str) -> Response:
    """Say whom it is for; an unknown e-mail or phone number makes a new customer."""
    typed, selection = CustomerForm(), workbench.load(number)
    try:
        customer = _wanted(typed)
    except (Invalid, EmailTaken, PhoneTaken) as refusal:
        if isinstance(refusal, AskWho) and not htmx.is_htmx():
            return htmx.go(url_for(".index", number=selection.number, q=typed.q.data))
        return workbench.refused(selection, "customer", refusal, typed=typed, focus="#field-email",
                                 is_question=isinstance(refusal, AskWho))
    workbench.merge(typed, lambda version: selections.set_customer(
        db.session(), selection, customer, by=staff.current_staff().actor, version=version))
    focus = "#change-customer > summary" if customer is not None else "#field-customer"
    return workbench.changed(selection, focus=focus)


def _wanted(typed: CustomerForm) -> Customer | None:
    chosen = typed.customer.data or ""
    if chosen == ANYONE:
        return None
    if chosen == NEW or typed.was_sent(typed.email):
        return _new(typed)
    if chosen:
        return _known(customers.get_customer(db.session(), chosen))
    return _named(typed)


def _named(typed: CustomerForm) -> Customer:
    text = (typed.q.data or "").strip()
    found = customers.find_customers(db.session(), text, 2) if text else []
    exact = customers.get_customer_by_email(db.session(), text) if "@" in text else None
    if exact is not None or len(found) == 1:
        return exact or found[0]
    return _new(typed)


def _new(typed: CustomerForm) -> Customer:
    workbench.refuse_unless(True, Permission.CUSTOMERS_EDIT)
    if not typed.was_sent(typed.email):
        typed.take_over()
        if not typed.email.data and not typed.phone.data:
            raise AskWho
    return customers_service.create_customer(
        db.session(), email=typed.email.data or "", name=typed.name.data or "", phone=typed.phone.data or "",
        company=typed.company.data or "", is_second_anyway=typed.is_second_anyway.data,
        by=staff.current_staff().actor)


def _known(customer: Customer | None) -> Customer:
    if customer is None:
        raise NotFound(thing="this customer")
    return customer
