"""Building a selection: the page, and the acts on the selection as a whole."""

from flask import Blueprint, Response

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Invalid
from sales_portal.core.money import Money
from sales_portal.desk import workbench
from sales_portal.desk.forms.builder import ChargesForm, MarketForm, NotesForm
from sales_portal.desk.workbench import Toast
from sales_portal.selections import service as selections
from sales_portal.selections.errors import NotSoldThere
from sales_portal.selections.models import Selection
from sales_portal.selections.service import Switched
from sales_portal.web import formatting, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("builder", __name__, url_prefix="/selections")


@blueprint.get("/<number>")
@staff.permit(Permission.SELECTIONS)
def show(number: str) -> Response:
    """The builder."""
    return workbench.page(workbench.load(number))


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
    return workbench.changed(selection)


@blueprint.post("/<number>/market")
@staff.permit(Permission.SELECTIONS_EDIT)
def switch(number: str) -> Response:
    """Sell in another market or at other prices; the answer says what the total was and is."""
    typed, selection = MarketForm(), workbench.load(number)
    switched = workbench.merge(typed, lambda version: _switch(selection, typed, version))
    return workbench.changed(selection, _told(switched))


@blueprint.post("/<number>/charges")
@staff.permit(Permission.SELECTIONS_EDIT)
def set_charges(number: str) -> Response:
    """Say whether shipping and tax are charged; not charging tax asks for a reason first."""
    typed, selection, person = ChargesForm(), workbench.load(number), staff.current_staff()
    workbench.refuse_unless(typed.ignores_shipping.data, Permission.LINK_IGNORE_SHIPPING)
    workbench.refuse_unless(typed.ignores_tax.data, Permission.LINK_IGNORE_TAX)
    try:
        workbench.merge(typed, lambda version: selections.set_terms(
            db.session(), selection, ignores_shipping=typed.ignores_shipping.data, ignores_tax=typed.ignores_tax.data,
            reason=typed.ignores_tax_reason.data or "", by=person.actor, version=version))
    except Invalid as refusal:
        return workbench.refused(selection, "charges", refusal, typed=typed, focus="#field-ignores_tax_reason",
                                 is_question=not typed.was_sent(typed.ignores_tax_reason))
    return workbench.changed(selection)


def _switch(selection: Selection, typed: MarketForm, version: int | None) -> Switched:
    by, market_id = staff.current_staff().actor, typed.market.data or 0
    try:
        return selections.switch_market(db.session(), selection, market_id, typed.pricelist.data, by=by,
                                        version=version)
    except NotSoldThere:
        # The select of prices still names one of the market before: the new market's first prices are meant.
        return selections.switch_market(db.session(), selection, market_id, by=by, version=version)


def _told(switched: Switched) -> Toast:
    before, after = switched.before_total, switched.after_total
    place = f"{switched.market.name} / {switched.pricelist.name}"
    text = f"{place}. The total went from {_money(before)} to {_money(after)}."
    missing = len(switched.without_price)
    if missing:
        text += f" {missing} {'line has' if missing == 1 else 'lines have'} no price there."
    return Toast(text, "warning" if missing else "success")


def _money(value: Money) -> str:
    return formatting.money(value.minor, value.currency)
