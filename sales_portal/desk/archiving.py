"""Putting a selection away, and taking it out again."""

from flask import Blueprint, Response, flash, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.approvals import service as approving
from sales_portal.desk import workbench
from sales_portal.selections import service as selections
from sales_portal.selections.models import Selection
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("archiving", __name__, url_prefix="/selections/<number>")


@blueprint.post("/archive")
@staff.permit(Permission.SELECTIONS_EDIT)
def create(number: str) -> Response:
    """Put it away: it can be looked at, and not changed."""
    selection = workbench.load(number)
    put_away(selection)
    flash(f"{selection.number} is archived.", "success")
    return htmx.go(url_for("desk.builder.show", number=selection.number))


def put_away(selection: Selection) -> None:
    """Archive it, and ask nobody about it any more."""
    session, by = db.session(), staff.current_staff().actor
    selections.archive_selection(session, selection, by=by)
    approving.withdraw_waiting(session, selection.id, by=by, why="archived")


@blueprint.post("/restoration")
@staff.permit(Permission.SELECTIONS_EDIT)
def undo(number: str) -> Response:
    """Take it out of the archive, as it was."""
    selection = workbench.load(number)
    if selections.reopen_selection(db.session(), selection, by=staff.current_staff().actor):
        flash(f"{selection.number} is no longer archived.", "success")
    return htmx.go(url_for("desk.builder.show", number=selection.number))
