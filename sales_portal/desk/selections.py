"""The list of selections; what is done to one of them stands with the builder."""

from flask import Blueprint, Response, flash, request, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core import clock, paging
from sales_portal.desk import archiving, listing, scope, workbench
from sales_portal.desk.forms.lists import ListFilters
from sales_portal.reports import selection_list
from sales_portal.selections.acts import CLOSED
from sales_portal.selections.models import Selection
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("selections", __name__, url_prefix="/selections")


@blueprint.get("")
@staff.permit(Permission.SELECTIONS)
def index() -> Response:
    """The selections within reach, newest first; a filter swaps the list in place.

    Without any it shows what is still worked on; words are looked for in all of them.
    """
    filters, session = ListFilters(request.args), db.session()
    stage = filters.chosen(selection_list.STAGES) if filters.kept() else selection_list.ACTIVE
    wanted = selection_list.list_selections(filters.q.data or "", stage)
    found = scope.narrow(wanted, Selection.agent_id, staff.current_staff(), staff.reach())
    page = listing.read(found, Selection.id)
    keys = [selection.id for selection in page.rows]
    return listing.answer(
        "selections", filters, page, found, Selection.id, stages=selection_list.STAGES, at=clock.now(),
        glances=selection_list.glances(session, keys), standings=selection_list.standings(session, keys),
        may_edit=staff.current_staff().may(Permission.SELECTIONS_EDIT))


@blueprint.post("/archive")
@staff.permit(Permission.SELECTIONS_EDIT)
def archive() -> Response:
    """Put the selected ones away, and say which stay."""
    done, left = [], []
    for number in dict.fromkeys(request.form.getlist("number")[:paging.SIZE]):
        selection = workbench.load(number)
        if selection.status in CLOSED:
            left.append(selection.number)
            continue
        archiving.put_away(selection)
        done.append(selection.number)
    if done:
        flash("1 selection is archived." if len(done) == 1 else f"{len(done)} selections are archived.", "success")
    if left:
        flash(f"{', '.join(left)} can't be archived any more.", "info")
    if not done + left:
        flash("Select a row first.", "info")
    return htmx.go(url_for(".index", **ListFilters(request.args).kept()))
