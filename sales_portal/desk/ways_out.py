"""What an agent can do about a product that cannot simply be added: a price of its own, another warehouse."""

from flask import Blueprint, Response, flash, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.desk import workbench
from sales_portal.desk.forms.builder import WayOutForm
from sales_portal.desk.workbench import Toast
from sales_portal.selections import entry, ways_out
from sales_portal.selections.search import Found
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("ways_out", __name__, url_prefix="/selections/<number>/lines")


@blueprint.post("/unpriced")
@staff.permit(Permission.SELECTIONS_EDIT)
def add_unpriced(number: str) -> Response:
    """Put it in without a price, and go on to agree on one."""
    typed, selection = WayOutForm(), workbench.load(number)
    added = ways_out.add_without_price(db.session(), selection, typed.variant.data or 0,
                                       entry.parse(typed.q.data or "").quantity, by=staff.current_staff().actor)
    flash(f"{added.title} added. Agree on its price.", "success")
    return htmx.go(url_for("desk.line_prices.show", number=selection.number, line_id=added.line.id))


@blueprint.post("/elsewhere")
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
