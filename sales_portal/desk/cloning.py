"""A selection once more: the copy, and what its products cost today where that is not what they did."""

from flask import Blueprint, Response, flash, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.desk import workbench
from sales_portal.selections import cloning
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("cloning", __name__, url_prefix="/selections/<number>")


@blueprint.post("/copies")
@staff.permit(Permission.SELECTIONS_EDIT)
def create(number: str) -> Response:
    """Copy lines, notes and options to a new selection, and go on there."""
    selection, person = workbench.load(number), staff.current_staff()
    made, changes = cloning.clone_selection(db.session(), selection, agent=person, by=person.actor)
    same = "" if changes else " All prices are as they were."
    flash(f"{made.number} is a copy of {selection.number}.{same}", "success")
    return htmx.go(url_for(".show" if changes else "desk.builder.show", number=made.number))


@blueprint.get("/repricing")
@staff.permit(Permission.SELECTIONS)
def show(number: str) -> Response:
    """The builder of a copy, with the prices that changed since the original above its lines."""
    selection = workbench.load(number)
    source, changes = cloning.list_repriced(db.session(), selection)
    return workbench.page(selection, repriced=changes, source=source)
