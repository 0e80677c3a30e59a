"""Pasting a list: a preview of what each row means, the good ones added at once, the others corrected."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Invalid, Refusal
from sales_portal.desk import workbench
from sales_portal.desk.forms.pasting import PasteForm
from sales_portal.desk.workbench import Toast
from sales_portal.selections import pasting
from sales_portal.selections.models import Selection
from sales_portal.selections.pasting import PastedRow
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("pasting", __name__, url_prefix="/selections/<number>/list")


@blueprint.get("")
@staff.permit(Permission.SELECTIONS_EDIT)
def show(number: str) -> Response:
    """The empty field for a list."""
    return _answer(workbench.load(number), ())


@blueprint.post("")
@staff.permit(Permission.SELECTIONS_EDIT)
def read(number: str) -> Response:
    """Show what the rows mean; with `do=add`, add the good ones and keep the others to be corrected."""
    selection, typed = workbench.load(number), PasteForm()
    try:
        rows = pasting.preview(db.session(), selection, typed.rows)
        if not rows:
            raise Invalid("text", "Paste or type one product in each row")
        return _add(selection, rows) if typed.do.data == "add" else _answer(selection, rows)
    except Refusal as refusal:
        if refusal.field != "text":
            raise
        return _answer(selection, (), text=typed.text.data or "", problem=refusal)


def _add(selection: Selection, rows: Sequence[PastedRow]) -> Response:
    good, bad = ([row for row in rows if row.is_good is wanted] for wanted in (True, False))
    try:
        with db.session().begin_nested():
            pasting.add_rows(db.session(), selection, good, by=staff.current_staff().actor)
    except Refusal as refusal:
        return _answer(selection, rows, problem=refusal)
    toast = Toast(_told(len(good), len(bad)), "warning" if bad else "success")
    if not bad:
        return workbench.changed(selection, toast, closed="new", focus="#field-q")
    if htmx.is_htmx():
        return workbench.changed(selection, toast, pasted=bad, in_row=True,
                                 focus="#paste-code-1")
    flash(toast.text, toast.tone)
    return _answer(selection, bad)


def _told(good: int, bad: int) -> str:
    added = "1 row added." if good == 1 else f"{good} rows added."
    if not bad:
        return added
    return f"{added} 1 row needs a look." if bad == 1 else f"{added} {bad} rows need a look."


def _answer(selection: Selection, rows: Sequence[PastedRow], *, text: str = "",
            problem: Refusal | None = None) -> Response:
    status = problem.status if problem is not None else 200
    if htmx.is_htmx():
        focus = {"to": "#paste-text" if not rows else "#paste-heading"}
        return htmx.fragments(_panel(selection, rows, text, problem), status=status, into="#panel-new",
                              swap="innerHTML", trigger={"focus": focus})
    return make_response(render_template("desk/selections/list.html", selection=selection, pasted=rows, text=text,
                                         paste_problem=problem,
                                         back=url_for("desk.builder.show", number=selection.number)), status)


def _panel(selection: Selection, rows: Sequence[PastedRow], text: str = "", problem: Refusal | None = None) -> str:
    return render_template("desk/selections/_paste.html", selection=selection, pasted=rows, text=text,
                           paste_problem=problem, in_row=True)
