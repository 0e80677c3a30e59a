"""What is said of one line: notes, who learns, its custom fields, from which warehouse it is taken."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from sales_portal.accounts.permissions import Permission
from sales_portal.catalog import queries as catalog
from sales_portal.catalog import questions
from sales_portal.core.errors import Invalid, Refusal
from sales_portal.desk import panels, workbench
from sales_portal.desk.forms.line_details import DetailsForm
from sales_portal.desk.workbench import Toast
from sales_portal.inventory import queries as inventory
from sales_portal.selections import agreeing
from sales_portal.selections import basket as baskets
from sales_portal.selections.agreeing import Learner
from sales_portal.selections.basket import BasketRow
from sales_portal.selections.errors import LineGone
from sales_portal.selections.models import Selection
from sales_portal.web import staff
from sales_portal.web.extensions import db

blueprint = Blueprint("line_details", __name__, url_prefix="/selections/<number>/lines/<int:line_id>/details")

MOST_SEATS = 50
"""So many seats have fields of their own; a larger group is typed or pasted as a list."""


@blueprint.get("")
@staff.permit(Permission.SELECTIONS_EDIT)
def show(number: str, line_id: int) -> Response:
    """The panel as the line stands."""
    selection = workbench.load(number)
    return _answer(selection, _row(selection, line_id))


@blueprint.post("")
@staff.permit(Permission.SELECTIONS_EDIT)
def save(number: str, line_id: int) -> Response:
    """Keep what was typed; where something is wrong, all of it stays typed."""
    selection, typed = workbench.load(number), DetailsForm()
    row = _row(selection, line_id)
    try:
        workbench.merge(typed, lambda version: agreeing.set_details(
            db.session(), selection, line_id, typed.details, by=staff.current_staff().actor, version=version))
    except Invalid as refusal:
        return _answer(selection, row, typed=typed, problem=_of_list(refusal, typed))
    return workbench.changed(selection, Toast(f"{row.title} is up to date."), touched=line_id, closed=line_id,
                             focus=f"#price-{line_id}")


def _of_list(refusal: Invalid, typed: DetailsForm) -> Invalid:
    field = refusal.field or ""
    if not typed.was_sent(typed.learner_list) or not field.startswith("learner"):
        return refusal
    seat = field.rpartition("_")[2]
    return Invalid("learner_list", f"Line {seat}: {refusal.text}" if seat.isdecimal() else refusal.text)


def _list(learners: Sequence[Learner], typed: DetailsForm | None) -> str:
    sent = typed.learner_list.data if typed is not None else None
    return sent if sent is not None else agreeing.list_learners(learners)


def _row(selection: Selection, line_id: int) -> BasketRow:
    row = baskets.read_basket(db.session(), selection).row(line_id)
    if row is None:
        raise LineGone(line_id=line_id)
    return row


def _answer(selection: Selection, row: BasketRow, *, typed: DetailsForm | None = None,
            problem: Refusal | None = None) -> Response:
    return panels.answer(
        "desk/selections/details.html", "desk/selections/_details.html", _values(selection, row, typed, problem),
        problem=problem, field="#details-", into=f"#panel-{row.line_id}", focus="#line-details .input")


def _values(selection: Selection, row: BasketRow, typed: DetailsForm | None,
            problem: Refusal | None) -> dict[str, Any]:
    kept = tuple(Learner(**learner) for learner in row.learners)
    learners = typed.learners if typed is not None else kept
    seats = row.quantity if row.kind == "training" and not row.is_ad_hoc else 0
    is_list = max(seats, len(learners)) > MOST_SEATS
    stock = inventory.list_stock(db.session(), row.variant_id) if row.variant_id and row.kind == "goods" else ()
    asked = catalog.list_line_fields(db.session(), [row.product_id]) if row.has_fields else {}
    return {
        "selection": selection, "row": row, "problem": problem,
        "questions": asked.get(row.product_id or 0, ()), "units": questions.units_of(row.quantity),
        "answers": typed.answers.data if typed is not None else questions.by_unit(row.answers),
        "learners": () if is_list else (learners + (Learner(),) * seats)[:max(seats, len(learners))],
        "learner_list": _list(learners, typed) if is_list else None, "seats": seats,
        "customer_note": typed.customer_note.data if typed is not None else row.customer_note,
        "internal_note": typed.internal_note.data if typed is not None else row.internal_note,
        "warehouses": [("", f"As {selection.market.name} does"),
                       *((kept_there.warehouse_id, f"{kept_there.warehouse.name}, {kept_there.available} in stock")
                         for kept_there in stock)],
        "warehouse": (typed.warehouse.data if typed is not None else row.warehouse_id) or ""}
