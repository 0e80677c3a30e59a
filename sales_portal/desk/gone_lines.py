"""A line that somebody removed while another was at it: told in the builder, with the way back and what was typed."""

from flask import Response, request, url_for

from sales_portal.core.errors import Invalid
from sales_portal.desk import merging, workbench
from sales_portal.desk.workbench import Toast
from sales_portal.selections import entry
from sales_portal.selections import queries as selections
from sales_portal.selections.errors import LineGone
from sales_portal.selections.models import Selection
from sales_portal.web import staff
from sales_portal.web.extensions import db

OWN = ("csrf_token", "version", "act_key", "restores")
PLAIN = ("desk.lines.remove", "desk.lines.restore")
"""Acts that hold nothing to do again once the line is back."""


def answer(gone: LineGone) -> Response:
    """Show the selection as it is now, say who removed the line, and offer to restore it with what was typed."""
    selection = workbench.load(str((request.view_args or {})["number"]))
    return workbench.gone(selection, _told(gone, selection), status=gone.status)


def _told(gone: LineGone, selection: Selection) -> Toast:
    line_id = int(str(gone.details["line_id"]))
    removal = selections.get_removal(db.session(), selection.id, line_id)
    if removal is None:
        return Toast(f"This line is no longer in {selection.number}.", "warning")
    is_mine = (removal.actor_kind, removal.actor_id) == ("staff", staff.current_staff().id)
    text = f"You removed {removal.data['title']}" if is_mine else merging.sentence_of(removal)
    label = _label()
    if not label:
        url = url_for("desk.lines.restore", number=selection.number, line_id=line_id)
        return Toast(f"{text}.", "warning", url, label="Restore it", stays=True)
    typed = [(key, value) for key, value in request.form.items(multi=True) if key not in OWN]
    return Toast(f"{text}.", "warning", request.path, label=label, again=(*typed, ("restores", "1")), stays=True)


def _label() -> str:
    """The words of the button that does the act again on the line; empty where there is nothing to do again."""
    if request.method == "GET" or request.endpoint in PLAIN:
        return ""
    if request.endpoint != "desk.lines.set_quantity":
        return "Restore it with my change"
    try:
        return f"Restore it with {entry.read_quantity(request.form.get('quantity', ''))}"
    except Invalid:
        return ""
