"""The lines of a selection: adding, counting, removing and bringing back."""

from flask import Blueprint, Response, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Invalid, Refusal
from sales_portal.desk import picking, products, workbench
from sales_portal.desk.forms.builder import KeptForm, LineForm, QuantityForm
from sales_portal.desk.picking import FoundElsewhere, NoneAddable, NothingFound, SeveralFound
from sales_portal.desk.workbench import Toast
from sales_portal.selections import entry, lines, search
from sales_portal.selections import service as selections
from sales_portal.selections.errors import NoLongerSold, NoPrice, NotSoldYet, SoldOut
from sales_portal.selections.models import Selection
from sales_portal.selections.service import Added
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("lines", __name__, url_prefix="/selections/<number>/lines")

SHOWING = (SeveralFound, FoundElsewhere, NoneAddable)
"""Refusals that leave something to choose: a product, or a way out."""
NOT_SOLD = (NoPrice, SoldOut, NoLongerSold, NotSoldYet)
"""Refusals of one product, which may have ways out."""


@blueprint.post("")
@staff.permit(Permission.SELECTIONS_EDIT)
def add(number: str) -> Response:
    """Put a product in; what cannot be added stays typed, with the reason under it."""
    typed, selection, session = LineForm(), workbench.load(number), db.session()
    try:
        picked = picking.pick(session, typed, selection)
    except Refusal as refusal:
        return _not_added(selection, typed, refusal)
    try:
        added = selections.add_line(session, selection, picked.variant_id, picked.quantity,
                                    by=staff.current_staff().actor)
    except Refusal as refusal:
        return _not_added(selection, typed, refusal, picked.variant_id)
    return workbench.changed(selection, Toast(_told(added)), touched=added.line.id)


@blueprint.post("/<int:line_id>/quantity")
@staff.permit(Permission.SELECTIONS_EDIT)
def set_quantity(number: str, line_id: int) -> Response:
    """Change how many; 0 takes the line out, and can be undone."""
    typed, selection = QuantityForm(), workbench.load(number)
    try:
        quantity = entry.read_quantity(typed.quantity.data or "", least=0)
        if quantity == 0:
            return _remove(selection, line_id)
        line = workbench.merge(typed, lambda version: selections.set_quantity(
            db.session(), selection, line_id, quantity, by=staff.current_staff().actor, version=version))
    except Invalid as refusal:
        lines.find_line(db.session(), selection, line_id)
        return workbench.refused(selection, f"line-{line_id}", refusal, typed=typed)
    if typed.restores.data:
        return workbench.changed(selection, _back(line.title), touched=line_id, focus=f"#quantity-{line_id}")
    return workbench.changed(selection)


@blueprint.post("/<int:line_id>/backorder")
@staff.permit(Permission.SELECTIONS_EDIT)
def allow_backorder(number: str, line_id: int) -> Response:
    """Let the customer buy more than is in stock; what is missing follows later."""
    selection = workbench.load(number)
    changed = lines.allow_backorder(db.session(), selection, line_id, by=staff.current_staff().actor)
    return workbench.changed(selection, Toast(f"{changed.title} may be sold beyond stock."), touched=line_id,
                             focus=f"#quantity-{line_id}")


@blueprint.post("/<int:line_id>/wait")
@staff.permit(Permission.SELECTIONS_EDIT)
def keep_for_later(number: str, line_id: int) -> Response:
    """Keep a line that is sold out: the link starts when it is back. A second press lets go of that."""
    typed, selection = KeptForm(), workbench.load(number)
    is_kept = bool(typed.is_kept.data)
    changed = lines.keep_for_later(db.session(), selection, line_id, is_kept=is_kept, by=staff.current_staff().actor)
    told = f"{changed.title} is kept for later." if is_kept else f"The link no longer waits for {changed.title}."
    return workbench.changed(selection, Toast(told), touched=line_id, focus=f"#quantity-{line_id}")


@blueprint.post("/<int:line_id>/removal")
@staff.permit(Permission.SELECTIONS_EDIT)
def remove(number: str, line_id: int) -> Response:
    """Take the line out."""
    return _remove(workbench.load(number), line_id)


@blueprint.post("/<int:line_id>/restoration")
@staff.permit(Permission.SELECTIONS_EDIT)
def restore(number: str, line_id: int) -> Response:
    """Bring a removed line back as it was."""
    selection = workbench.load(number)
    added = selections.restore_line(db.session(), selection, line_id, by=staff.current_staff().actor)
    return workbench.changed(selection, _back(added.title), touched=line_id, focus=f"#quantity-{line_id}")


def _back(title: str) -> Toast:
    return Toast(f"{title} is back.")


def _remove(selection: Selection, line_id: int) -> Response:
    removed = selections.remove_line(db.session(), selection, line_id, by=staff.current_staff().actor)
    undo_url = url_for(".restore", number=selection.number, line_id=line_id)
    return workbench.changed(selection, Toast(f"{removed.title} removed.", undo_url=undo_url))


def _not_added(selection: Selection, typed: LineForm, refusal: Refusal, variant_id: int | None = None) -> Response:
    text = typed.q.data or ""
    if htmx.is_htmx():
        found = products.find(text, selection) if isinstance(refusal, SHOWING + NOT_SOLD) else []
        listed = products.listed(found, text, refusal.text, selection)
        return htmx.fragments(listed, status=refusal.status, into="#product-results", swap="outerHTML",
                              trigger={"unknown-code": {}} if type(refusal) is NothingFound else None)
    if isinstance(refusal, SHOWING):
        return htmx.go(url_for("desk.products.index", number=selection.number, q=text))
    way_out = None
    if variant_id is not None and isinstance(refusal, NOT_SOLD):
        [way_out] = search.describe(db.session(), [variant_id], selection)
    return workbench.page(selection, status=refusal.status, typed_product=text, product_problem=refusal.text,
                          way_out=way_out)


def _told(added: Added) -> str:
    if added.before:
        return f"{added.title}: {added.before} → {added.after}"
    if added.is_beside_special:
        return f"{added.title} added at the normal price, beside the line with a special price."
    return f"{added.title} added."
