"""The list of selections; what is done to one of them stands with the builder."""

from flask import Blueprint, Response, request

from sales_portal.accounts.permissions import Permission
from sales_portal.core import clock
from sales_portal.desk import listing, scope
from sales_portal.desk.forms.lists import ListFilters
from sales_portal.reports import selection_list
from sales_portal.selections.models import Selection
from sales_portal.web import staff
from sales_portal.web.extensions import db

blueprint = Blueprint("selections", __name__, url_prefix="/selections")


@blueprint.get("")
@staff.permit(Permission.SELECTIONS)
def index() -> Response:
    """The selections within reach, newest first; a filter swaps the list in place."""
    filters, session = ListFilters(request.args), db.session()
    wanted = selection_list.list_selections(filters.q.data or "", filters.chosen(selection_list.STAGES))
    found = scope.narrow(wanted, Selection.agent_id, staff.current_staff(), staff.reach())
    page = listing.read(found, Selection.id)
    keys = [selection.id for selection in page.rows]
    return listing.answer(
        "selections", filters, page, found, Selection.id, stages=selection_list.STAGES, at=clock.now(),
        glances=selection_list.glances(session, keys), standings=selection_list.standings(session, keys))
