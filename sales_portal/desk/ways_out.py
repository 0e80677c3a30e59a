"""What an agent can do about a product that cannot simply be added: a price of its own, another warehouse."""

from flask import Blueprint, Response, flash, request, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import NotFound
from sales_portal.desk import panels, workbench
from sales_portal.desk.forms.builder import WayOutForm
from sales_portal.desk.workbench import Toast
from sales_portal.selections import entry, search, ways_out
from sales_portal.selections.search import Found
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("ways_out", __name__, url_prefix="/selections/<number>")


@blueprint.get("/products/<int:variant_id>")
@staff.permit(Permission.SELECTIONS_EDIT)
def show(number: str, variant_id: int) -> Response:
    """Why this product cannot simply be added, and what can be done about it."""
    selection = workbench.load(number)
    found = search.describe(db.session(), [variant_id], selection)
    if not found:
        raise NotFound(thing="this product")
    values = {"selection": selection, "product": found[0], "text": request.args.get("q", "")}
    return panels.answer("desk/selections/ways_out.html", "desk/selections/_ways_out.html", values,
                         into="#panel-new", focus="#ways-out-title", field="")


@blueprint.post("/lines/unpriced")
@staff.permit(Permission.SELECTIONS_EDIT)
def add_unpriced(number: str) -> Response:
    """Put it in without a price, and go on to agree on one."""
    typed, selection = WayOutForm(), workbench.load(number)
    added = ways_out.add_without_price(db.session(), selection, typed.variant.data or 0,
                                       entry.parse(typed.q.data or "").quantity, by=staff.current_staff().actor)
    flash(f"{added.title} added. Agree on its price.", "success")
    return htmx.go(url_for("desk.line_prices.show", number=selection.number, line_id=added.line.id))


@blueprint.post("/lines/elsewhere")
@staff.permit(Permission.SELECTIONS_EDIT)
def add_from_elsewhere(number: str) -> Response:
    """Put it in, taken from another warehouse this once."""
    typed, selection = WayOutForm(), workbench.load(number)
    added = ways_out.add_from_warehouse(
        db.session(), selection, typed.variant.data or 0, entry.parse(typed.q.data or "").quantity,
        typed.warehouse.data or 0, by=staff.current_staff().actor)
    return workbench.changed(selection, Toast(f"{added.title} added."), touched=added.line.id)


def said_of(product: Found) -> str:
    """The ways out of a product that cannot be added, in a few words; empty where there is none."""
    ways = []
    if product.may_be_priced:
        ways.append("give a special price")
    if product.other_pricelist is not None:
        ways.append(f"switch to {product.other_pricelist.place}")
    if product.elsewhere is not None:
        ways.append(f"take one of {product.elsewhere.available} from {product.elsewhere.name}")
    return " or ".join(ways)
