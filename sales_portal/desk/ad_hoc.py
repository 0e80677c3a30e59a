"""Lines for what is not in the catalogue: a few words, a price, a tax class."""

from typing import Any

from flask import Blueprint, Response

from sales_portal.accounts.permissions import Permission
from sales_portal.core import money
from sales_portal.core.errors import Invalid, NotFound, Refusal
from sales_portal.desk import panels, workbench
from sales_portal.desk.forms.line_details import AdHocForm
from sales_portal.desk.workbench import Toast
from sales_portal.selections import ad_hoc, entry
from sales_portal.selections import basket as baskets
from sales_portal.selections.ad_hoc import AdHoc
from sales_portal.selections.basket import BasketRow
from sales_portal.selections.errors import LineGone
from sales_portal.selections.models import Selection
from sales_portal.web import formatting, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("ad_hoc", __name__, url_prefix="/selections/<number>")
EMPTY = {"title": "", "amount": "", "quantity": "1", "tax_class": "standard", "ships": False}


@blueprint.get("/lines/ad-hoc")
@staff.permit(Permission.SELECTIONS_ADHOC)
def new(number: str) -> Response:
    """The empty form."""
    return _answer(workbench.load(number), None, EMPTY)


@blueprint.post("/lines/ad-hoc")
@staff.permit(Permission.SELECTIONS_ADHOC)
def add(number: str) -> Response:
    """Put it into the selection."""
    selection, typed = workbench.load(number), AdHocForm()
    try:
        quantity = entry.read_quantity(typed.quantity.data or "")
        added = ad_hoc.add_ad_hoc(db.session(), selection, _wanted(typed, selection), quantity,
                                  by=staff.current_staff().actor)
    except Invalid as refusal:
        return _answer(selection, None, _sent(typed), problem=refusal)
    return workbench.changed(selection, Toast(f"{added.title} added."), touched=added.line.id, closed="new",
                             focus=f"#quantity-{added.line.id}")


@blueprint.get("/lines/<int:line_id>/ad-hoc")
@staff.permit(Permission.SELECTIONS_ADHOC)
def show(number: str, line_id: int) -> Response:
    """The form as the line stands."""
    selection = workbench.load(number)
    row, currency = _row(selection, line_id), selection.currency
    amount = formatting.amount(row.unit_amount, currency) if row.unit_amount is not None else ""
    return _answer(selection, row, {"title": row.title, "amount": amount, "quantity": str(row.quantity),
                                    "tax_class": row.tax_class, "ships": row.ships})


@blueprint.post("/lines/<int:line_id>/ad-hoc")
@staff.permit(Permission.SELECTIONS_ADHOC)
def change(number: str, line_id: int) -> Response:
    """Make the line what was typed."""
    selection, typed = workbench.load(number), AdHocForm()
    row = _row(selection, line_id)
    try:
        wanted = _wanted(typed, selection)
        line = workbench.merge(typed, lambda version: ad_hoc.change_ad_hoc(
            db.session(), selection, line_id, wanted, by=staff.current_staff().actor, version=version))
    except Invalid as refusal:
        return _answer(selection, row, _sent(typed), problem=refusal)
    return workbench.changed(selection, Toast(f"{line.title} is up to date."), touched=line_id, closed=line_id,
                             focus=f"#price-{line_id}")


def _row(selection: Selection, line_id: int) -> BasketRow:
    row = baskets.read_basket(db.session(), selection).row(line_id)
    if row is None:
        raise LineGone(line_id=line_id)
    if not row.is_ad_hoc:
        raise NotFound(thing="this line")
    return row


def _wanted(typed: AdHocForm, selection: Selection) -> AdHoc:
    amount = money.parse(typed.amount.data or "", selection.currency, formatting.locale()).minor
    return AdHoc(typed.title.data or "", amount, typed.tax_class.data or "standard", typed.ships.data)


def _sent(typed: AdHocForm) -> dict[str, Any]:
    return {"title": typed.title.data or "", "amount": typed.amount.data or "",
            "quantity": typed.quantity.data or "", "tax_class": typed.tax_class.data, "ships": typed.ships.data}


def _answer(selection: Selection, row: BasketRow | None, fields: dict[str, Any], *,
            problem: Refusal | None = None) -> Response:
    values = {"selection": selection, "row": row, "fields": fields, "problem": problem,
              "tax_classes": [(name, name.capitalize()) for name in ad_hoc.TAX_CLASSES]}
    return panels.answer(
        "desk/selections/ad_hoc.html", "desk/selections/_ad_hoc.html", values, problem=problem, field="#ad-hoc-",
        into=f"#panel-{row.line_id if row is not None else 'new'}", focus="#ad-hoc-title")
