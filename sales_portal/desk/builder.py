"""Building a selection: the page, and the acts on the selection as a whole."""

from flask import Blueprint, Response, request

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Invalid
from sales_portal.desk import permitted, workbench
from sales_portal.desk.forms.builder import ChargesForm, NotesForm
from sales_portal.selections import entry
from sales_portal.selections import service as selections
from sales_portal.web import security, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("builder", __name__, url_prefix="/selections")


@blueprint.get("/<number>")
@staff.permit(Permission.SELECTIONS)
def show(number: str) -> Response:
    """The builder, with what was typed into the search where the reader comes back from what it led to."""
    # The dialog of a new link, which opens here, shows the mail it sends in a frame.
    return security.shows_frames(workbench.page(
        workbench.load(number), typed_product=request.args.get("q", "")[:entry.LONGEST_TEXT]))


@blueprint.post("/<number>/notes")
@staff.permit(Permission.SELECTIONS_EDIT)
def save_notes(number: str) -> Response:
    """Keep what was written to the customer and to the team."""
    typed, selection = NotesForm(), workbench.load(number)
    try:
        workbench.merge(typed, lambda version: selections.set_notes(
            db.session(), selection, customer_note=typed.customer_note.data, internal_note=typed.internal_note.data,
            by=staff.current_staff().actor, version=version))
    except Invalid as refusal:
        return workbench.refused(selection, "notes", refusal, typed=typed)
    return workbench.changed(selection, whole=typed.is_choice.data)


@blueprint.post("/<number>/charges")
@staff.permit(Permission.SELECTIONS_EDIT)
def set_charges(number: str) -> Response:
    """Say whether shipping and tax are charged; not charging tax asks for a reason first."""
    typed, selection, person = ChargesForm(), workbench.load(number), staff.current_staff()
    permitted.refuse_terms(selection, ignores_shipping=typed.ignores_shipping.data, ignores_tax=typed.ignores_tax.data)
    try:
        workbench.merge(typed, lambda version: selections.set_terms(
            db.session(), selection, ignores_shipping=typed.ignores_shipping.data, ignores_tax=typed.ignores_tax.data,
            reason=typed.ignores_tax_reason.data or "", by=person.actor, version=version))
    except Invalid as refusal:
        return workbench.refused(selection, "charges", refusal, typed=typed, focus="#field-ignores_tax_reason",
                                 is_question=not typed.was_sent(typed.ignores_tax_reason))
    return workbench.changed(selection)
