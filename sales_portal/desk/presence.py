"""Who else is in the builder, and what they changed since this page was read: asked for every 20 seconds."""

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, request, url_for

from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.desk import workbench
from sales_portal.desk.forms.builder import whole
from sales_portal.selections import presence
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("presence", __name__, url_prefix="/selections/<number>")


@blueprint.get("/state")
@staff.permit(Permission.SELECTIONS)
def state(number: str) -> Response:
    """All that changed since `version`, or nothing at all; `here` names whom the page shows already."""
    selection = workbench.load(number)
    if not htmx.is_htmx():
        return htmx.go(url_for("desk.builder.show", number=selection.number))
    others = presence.list_others(db.session(), selection, staff.current_staff().id)
    seen, shown = whole(request.args.get("version")), request.args.get("here", "")
    if seen == selection.version and shown == key_of(others):
        return make_response("", 204)
    return workbench.current(selection, others=others, here=key_of(others), is_asked=True)


@blueprint.post("/presence")
@staff.permit(Permission.SELECTIONS_EDIT)
def note(number: str) -> Response:
    """Remember that the reader has it open."""
    presence.note_presence(db.session(), workbench.load(number), staff.current_staff().id)
    return make_response("", 204)


def key_of(others: Sequence[Staff]) -> str:
    """What a page sends back to say whom it shows."""
    return ",".join(str(person.id) for person in others)
