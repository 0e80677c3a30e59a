"""Selling in another market or at other prices: first what it would change, then the switch, which can be undone."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, make_response, render_template, request, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core.money import Money
from sales_portal.desk import prices_before, switch_panel, workbench
from sales_portal.desk.forms.builder import MarketForm
from sales_portal.desk.switch_panel import KEEP, OUT, TYPE, Typed
from sales_portal.desk.workbench import Toast
from sales_portal.selections import basket as baskets
from sales_portal.selections import service as selections
from sales_portal.selections import switching, trying
from sales_portal.selections.errors import NotSoldThere
from sales_portal.selections.models import Selection
from sales_portal.selections.switching import Choices, Switched
from sales_portal.selections.trying import Tried
from sales_portal.web import edge, formatting, htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("switching", __name__, url_prefix="/selections/<number>/market")

Done = TypeVar("Done")


@blueprint.get("")
@edge.writes_on_get
@staff.permit(Permission.SELECTIONS_EDIT)
def show(number: str) -> Response:
    """What the switch would do to every line and the total; nothing is changed."""
    # It is done and taken back: SQLite lets nobody write who began to read while somebody else wrote.
    selection, chosen = workbench.load(number), MarketForm(request.args)
    return _answer(selection, chosen, _typed(selection, chosen, needs_all=False))


@blueprint.post("")
@staff.permit(Permission.SELECTIONS_EDIT)
def switch(number: str) -> Response:
    """Switch; the answer says what the total was and is, and how to take it back."""
    selection, chosen = workbench.load(number), MarketForm()
    typed = _typed(selection, chosen, needs_all=True)
    if typed.problems:
        return _answer(selection, chosen, typed, is_refused=True)
    switched = workbench.merge(chosen, lambda version: _sold_in(chosen, lambda pricelist_id: selections.switch_market(
        db.session(), selection, _market(selection, chosen), pricelist_id, by=staff.current_staff().actor,
        version=version, choices=_choices(chosen, typed, is_out=chosen.missing.data == OUT))))
    prices_before.remember(selection)
    search = chosen.q.data or ""
    return workbench.changed(selection, _told(selection, switched), closed="switch", has_way_out=bool(search),
                             search=search, focus="#field-q" if search else "#field-market")


def _answer(selection: Selection, chosen: MarketForm, typed: Typed, *, is_refused: bool = False) -> Response:
    values, status = _values(selection, chosen, typed), 422 if is_refused else 200
    if not htmx.is_htmx():
        return make_response(render_template("desk/selections/switch.html", **values), status)
    panel = render_template("desk/selections/_switch.html", in_builder=True, **values)
    if is_refused:
        focus = f"#switch-amount-{next(iter(typed.problems))}"
        return htmx.fragments(panel, status=status, into="#switch", swap="outerMorph", trigger={"focus": {"to": focus}})
    is_first = not chosen.missing.data and not chosen.specials.data
    return htmx.fragments(panel, trigger={"focus": {"to": "#switch-title"}} if is_first else None)


def _values(selection: Selection, chosen: MarketForm, typed: Typed) -> dict[str, Any]:
    choices = _choices(chosen, typed, is_out=chosen.missing.data in ("", None, OUT))
    tried = _sold_in(chosen, lambda pricelist_id: trying.try_switch(
        db.session(), selection, _market(selection, chosen), pricelist_id, choices, by=staff.current_staff().actor))
    return {
        "selection": selection, "search": chosen.q.data or "", "tried": tried, "said": _question(tried), "typed": typed,
        "difference": switch_panel.difference_of(db.session(), tried),
        "terms": switch_panel.terms_of(tried), "missing": chosen.missing.data or OUT,
        "specials": chosen.specials.data or switch_panel.REMOVE,
        "lost": switch_panel.specials_of(tried.switched),
        "ad_hoc": switch_panel.ad_hoc_of(tried.switched) if _may_ad_hoc() else [],
        "is_same": (tried.switched.market.id, tried.switched.pricelist.id) == (
            selection.market_id, selection.pricelist_id)}


def _typed(selection: Selection, chosen: MarketForm, *, needs_all: bool) -> Typed:
    if chosen.specials.data != TYPE and not any(name.startswith("amount_") for name in request.values):
        return Typed()
    switched = _sold_in(chosen, lambda pricelist_id: switching.compare(
        db.session(), selection, _market(selection, chosen), pricelist_id))
    return switch_panel.read(switched, request.values, types_specials=chosen.specials.data == TYPE,
                             types_ad_hoc=_may_ad_hoc(), needs_all=needs_all)


def _may_ad_hoc() -> bool:
    return staff.current_staff().may(Permission.SELECTIONS_ADHOC)


def _sold_in(chosen: MarketForm, act: Callable[[int | None], Done]) -> Done:
    try:
        return act(chosen.pricelist.data)
    except NotSoldThere:
        # The select of prices still names one of the market before: the new market's first prices are meant.
        return act(None)


def _market(selection: Selection, chosen: MarketForm) -> int:
    return chosen.market.data or (0 if request.values.get("market") is not None else selection.market_id)


def _choices(chosen: MarketForm, typed: Typed, *, is_out: bool) -> Choices:
    return Choices(takes_out=is_out, keeps_discounts=chosen.specials.data == KEEP, amounts=typed.amounts)


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
