"""The discounts of a selection: typed as a code, picked from a list, taken away again."""

from flask import Blueprint, Response, make_response, render_template

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Invalid
from sales_portal.desk import workbench
from sales_portal.desk.forms.discounts import DiscountForm
from sales_portal.desk.workbench import Toast
from sales_portal.pricing.discounts import DiscountRule
from sales_portal.selections import discounts
from sales_portal.selections.models import Selection
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("discounts", __name__, url_prefix="/selections/<number>/discounts")


@blueprint.get("")
@staff.permit(Permission.SELECTIONS_EDIT)
def index(number: str) -> Response:
    """The discounts there are to pick from."""
    selection = workbench.load(number)
    offered = discounts.list_offered(db.session(), selection)
    name = "_discount_picker" if htmx.is_htmx() else "discounts"
    return make_response(render_template(f"desk/selections/{name}.html", selection=selection, offered=offered))


@blueprint.post("")
@staff.permit(Permission.SELECTIONS_EDIT)
def add(number: str) -> Response:
    """Give the one that was picked or typed."""
    typed, selection = DiscountForm(), workbench.load(number)
    try:
        rule = _add(typed, selection)
    except Invalid as refusal:
        return workbench.refused(selection, "discounts", refusal, typed=typed, focus="#field-code")
    return workbench.changed(selection, Toast(f"{rule.label} added."), closed="discounts", focus="#field-code")


@blueprint.post("/<int:discount_id>/removal")
@staff.permit(Permission.SELECTIONS_EDIT)
def remove(number: str, discount_id: int) -> Response:
    """Take it away."""
    selection = workbench.load(number)
    rule = discounts.remove_discount(db.session(), selection, discount_id, by=staff.current_staff().actor)
    return workbench.changed(selection, Toast(f"{rule.label} removed."), focus="#field-code")


def _add(typed: DiscountForm, selection: Selection) -> DiscountRule:
    session, by = db.session(), staff.current_staff().actor
    if typed.discount.data is not None:
        return discounts.add_discount(session, selection, typed.discount.data, by=by)
    return discounts.add_by_code(session, selection, typed.code.data or "", by=by)
