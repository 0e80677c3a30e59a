"""Starting a selection: empty, for a customer, or with its first line."""

from flask import Blueprint, Response, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import NotFound, Refusal
from sales_portal.customers import queries as customers
from sales_portal.customers.models import Customer
from sales_portal.desk import home, picking
from sales_portal.desk.forms.builder import StartForm
from sales_portal.desk.picking import SeveralFound
from sales_portal.selections import service as selections
from sales_portal.selections.models import Selection
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("start", __name__)


@blueprint.post("/selections")
@staff.permit(Permission.SELECTIONS_EDIT)
def create() -> Response:
    """Start a selection and go on in its builder; where no product matches, what was typed is shown again."""
    typed = StartForm()
    try:
        selection = _start(typed)
    except SeveralFound:
        return htmx.go(url_for("desk.products.start", q=typed.q.data))
    except Refusal as refusal:
        return home.page(refusal.status, typed_product=typed.q.data, product_problem=refusal.text)
    return htmx.go(url_for("desk.builder.show", number=selection.number))


def _start(typed: StartForm) -> Selection:
    session, person = db.session(), staff.current_staff()
    customer, text = _customer(typed), (typed.q.data or "").strip()
    if "\n" in text:
        sale = picking.first_sale(session, person)
        lines = picking.pick_list(session, text, sale[1])
        market, pricelist = sale if customer is None else (None, None)
        return selections.create_selection(session, agent=person, customer=customer, market=market,
                                           pricelist=pricelist, lines=lines, by=person.actor)
    is_named = bool(text) or typed.variant.data is not None
    picked = picking.pick(session, typed, picking.nobodys_selection(session, person)) if is_named else None
    # Where the product is refused, there is no empty selection on the page that says so.
    with session.begin_nested():
        selection = selections.create_selection(session, agent=person, customer=customer, by=person.actor)
        if picked is not None:
            selections.add_line(session, selection, picked.variant_id, picked.quantity, by=person.actor)
    return selection


def _customer(typed: StartForm) -> Customer | None:
    if not typed.customer.data:
        return None
    customer = customers.get_customer(db.session(), typed.customer.data)
    if customer is None:
        raise NotFound(thing="this customer")
    return customer
