"""Selling in another market or at other prices: first what it would change, then the switch, which can be undone."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Response, make_response, render_template, request, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core.money import Money
from sales_portal.desk import workbench
from sales_portal.desk.forms.builder import MarketForm
from sales_portal.desk.workbench import Toast
from sales_portal.selections import basket as baskets
from sales_portal.selections import service as selections
from sales_portal.selections import trying
from sales_portal.selections.errors import NotSoldThere
from sales_portal.selections.models import Selection
from sales_portal.selections.switching import Choices, Switched
from sales_portal.selections.trying import Tried
from sales_portal.web import formatting, htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("switching", __name__, url_prefix="/selections/<number>/market")

ASK, OUT, REMOVE, KEEP = "ask", "out", "remove", "discount"
Done = TypeVar("Done")


@blueprint.get("")
@staff.permit(Permission.SELECTIONS_EDIT)
def show(number: str) -> Response:
    """What the switch would do to every line and the total; nothing is changed."""
    selection, typed = workbench.load(number), MarketForm(request.args)
    tried = _try(selection, typed)
    values = {
        "selection": selection, "tried": tried, "said": _question(tried),
        "missing": typed.missing.data or OUT, "specials": typed.specials.data or REMOVE,
        "is_same": (tried.switched.market.id, tried.switched.pricelist.id) == (
            selection.market_id, selection.pricelist_id)}
    if not htmx.is_htmx():
        return make_response(render_template("desk/selections/switch.html", **values))
    focus: dict[str, object] = {} if typed.missing.data or typed.specials.data else {"focus": {"to": "#switch-title"}}
    panel = render_template("desk/selections/_switch.html", in_builder=True, **values)
    return htmx.fragments(panel, trigger=focus or None)


@blueprint.post("")
@staff.permit(Permission.SELECTIONS_EDIT)
def switch(number: str) -> Response:
    """Switch; the answer says what the total was and is, and how to take it back."""
    selection, typed = workbench.load(number), MarketForm()
    switched = workbench.merge(typed, lambda version: _sold_in(typed, lambda pricelist_id: selections.switch_market(
        db.session(), selection, _market(selection, typed), pricelist_id, by=staff.current_staff().actor,
        version=version, choices=_choices(typed, ASK))))
    return workbench.changed(selection, _told(selection, switched), closed="switch", focus="#field-market",
                             prices_before=_prices_before(switched))


def _try(selection: Selection, typed: MarketForm) -> Tried:
    return _sold_in(typed, lambda pricelist_id: trying.try_switch(
        db.session(), selection, _market(selection, typed), pricelist_id, _choices(typed, OUT),
        by=staff.current_staff().actor))


def _sold_in(typed: MarketForm, act: Callable[[int | None], Done]) -> Done:
    try:
        return act(typed.pricelist.data)
    except NotSoldThere:
        # The select of prices still names one of the market before: the new market's first prices are meant.
        return act(None)


def _market(selection: Selection, typed: MarketForm) -> int:
    return typed.market.data or (0 if request.values.get("market") is not None else selection.market_id)


def _choices(typed: MarketForm, missing: str) -> Choices:
    return Choices(takes_out=(typed.missing.data or missing) == OUT, keeps_discounts=typed.specials.data == KEEP)


def _prices_before(switched: Switched) -> dict[int, str]:
    """What each line whose price is another now cost before, with the currency's code."""
    currency = switched.before_total.currency
    return {old.line_id: f"was {formatting.amount(old.unit_amount, currency)} {currency}"
            for old, new in switched.rows if old.unit_amount is not None
            and (old.unit_amount, currency) != (new.unit_amount, switched.after_total.currency)}


def _question(tried: Tried) -> str:
    place = f"{tried.switched.market.name} / {tried.switched.pricelist.name}"
    before, after = _coded(tried.switched.before_total), _coded(tried.after_total)
    return f"Switch to {place}? The total goes from {before} to {after}."


def _told(selection: Selection, switched: Switched) -> Toast:
    now = baskets.read_basket(db.session(), selection)
    total = Money(now.quote.total_amount, now.quote.currency)
    place = f"{switched.market.name} / {switched.pricelist.name}"
    text = f"{place}. The total went from {_coded(switched.before_total)} to {_coded(total)}."
    missing = sum(check.code == "line.no_price" for check in now.checks)
    if missing:
        text += f" {missing} {'line has' if missing == 1 else 'lines have'} no price there."
    return Toast(text, "warning" if missing else "success", url_for("desk.undoing.undo", number=selection.number))


def _coded(value: Money) -> str:
    return f"{formatting.amount(value.minor, value.currency)} {value.currency}"
