"""Steps back and forth in the builder, and the history of a selection with every version to go back to."""

from collections.abc import Callable

from flask import Blueprint, Response, make_response, render_template, request

from sales_portal.accounts.permissions import Permission
from sales_portal.core import paging
from sales_portal.desk import permitted, workbench
from sales_portal.desk.forms.builder import Act
from sales_portal.desk.merging import Merged
from sales_portal.desk.workbench import Toast
from sales_portal.selections import queries as selections
from sales_portal.selections import undoing
from sales_portal.selections.errors import ActedMeanwhile, NothingToRedo, NothingToUndo
from sales_portal.selections.models import Selection, SelectionRevision
from sales_portal.selections.undoing import Step
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("undoing", __name__, url_prefix="/selections/<number>")

WAIVES = ("ignores_shipping", "ignores_tax")


@blueprint.post("/undo")
@staff.permit(Permission.SELECTIONS_EDIT)
def undo(number: str) -> Response:
    """Take the last act back."""
    return _step(number, "Undone", lambda selection, version: undoing.undo(
        db.session(), selection, by=staff.current_staff().actor, version=version))


@blueprint.post("/redo")
@staff.permit(Permission.SELECTIONS_EDIT)
def redo(number: str) -> Response:
    """Do what was undone last again."""
    return _step(number, "Done again", lambda selection, version: undoing.redo(
        db.session(), selection, by=staff.current_staff().actor, version=version))


@blueprint.get("/history")
@staff.permit(Permission.SELECTIONS)
def history(number: str) -> Response:
    """Who did what, and when, newest first: a drawer over the builder, or a page."""
    selection = workbench.load(number)
    page = paging.read(db.session(), selections.list_revisions(selection.id), SelectionRevision.id,
                       request.args.get("before"))
    name = "_history.html" if htmx.is_htmx() else "history.html"
    return make_response(render_template(
        f"desk/selections/{name}", selection=selection, page=page, may_edit=workbench.may_edit(selection),
        modal=htmx.is_htmx()))


@blueprint.post("/history/<int:revision_id>/restoration")
@staff.permit(Permission.SELECTIONS_EDIT)
def restore(number: str, revision_id: int) -> Response:
    """Make the selection what it was then."""
    return _step(number, "Back to", lambda selection, _: undoing.restore(
        db.session(), selection, revision_id, by=staff.current_staff().actor))


def _step(number: str, word: str, take: Callable[[Selection, int | None], Step]) -> Response:
    selection, typed = workbench.load(number), Act()
    try:
        step = take(selection, typed.version.data)
    except ActedMeanwhile as refusal:
        return workbench.changed(selection, Toast(refusal.text, "warning"), whole=True, merged=Merged())
    except (NothingToUndo, NothingToRedo) as refusal:
        return workbench.changed(selection, Toast(refusal.text, "info"), whole=True)
    for field in WAIVES:
        if field in step.fields and getattr(selection, field):
            permitted.refuse_term(selection, field)
    return workbench.changed(selection, Toast(f"{word}: {step.label}"), whole=True)
