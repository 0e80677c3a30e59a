"""The price of one line: the panel under its row, what a price would mean, and agreeing on it."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Invalid, Refusal
from sales_portal.desk import approval_parts, price_panel, price_reading, workbench
from sales_portal.desk.forms.line_prices import PriceForm
from sales_portal.desk.workbench import Toast
from sales_portal.selections import agreeing
from sales_portal.selections import basket as baskets
from sales_portal.selections import service as selections
from sales_portal.selections.basket import Basket, BasketRow
from sales_portal.selections.errors import LineGone
from sales_portal.selections.models import Selection
from sales_portal.selections.service import Changed
from sales_portal.web import formatting, htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("line_prices", __name__, url_prefix="/selections/<number>/lines/<int:line_id>/price")


@blueprint.get("")
@staff.permit(Permission.SELECTIONS_EDIT)
def show(number: str, line_id: int) -> Response:
    """The panel as the line stands; with `by`, as it would stand at the price being typed in that field."""
    basket, row = _row(workbench.load(number), line_id)
    by = request.args.get("by", "")
    if by not in ("amount", "percent", "applies"):
        return _answer(basket, row, price_panel.fields_of(row, row.unit_amount, basket.quote.currency))
    return _preview(basket, row, PriceForm(request.args), by)


@blueprint.post("")
@staff.permit(Permission.SELECTIONS_EDIT)
def save(number: str, line_id: int) -> Response:
    """Agree on the price; the one of the pricelist needs no reason, and ends a special price."""
    selection, typed = workbench.load(number), PriceForm()
    basket, row = _row(selection, line_id)
    workbench.refuse_unless(row.is_ad_hoc, Permission.SELECTIONS_ADHOC)
    try:
        amount = price_reading.read(typed, row, basket.quote.currency)
        changed = workbench.merge(typed, lambda version: _set(selection, row, amount, typed.why, version))
    except Invalid as refusal:
        return _refused(basket, row, typed, refusal)
    _remember(typed.why)
    return workbench.changed(selection, Toast(_told(changed, basket.quote.currency)), touched=line_id, closed=line_id,
                             focus=f"#price-{line_id}")


@blueprint.post("/removal")
@staff.permit(Permission.SELECTIONS_EDIT)
def remove(number: str, line_id: int) -> Response:
    """Let the line cost what the pricelist says again."""
    selection = workbench.load(number)
    changed = selections.drop_special_price(db.session(), selection, line_id, by=staff.current_staff().actor)
    return workbench.changed(selection, Toast(f"{changed.title} has its normal price again."), touched=line_id,
                             focus=f"#price-{line_id}")


def _row(selection: Selection, line_id: int) -> tuple[Basket, BasketRow]:
    basket = baskets.read_basket(db.session(), selection)
    row = basket.row(line_id)
    if row is None:
        raise LineGone(line_id=line_id)
    return basket, row


def _set(selection: Selection, row: BasketRow, amount: int, why: str, version: int | None) -> Changed:
    session, by = db.session(), staff.current_staff().actor
    if row.is_pay_what_you_want:
        return agreeing.set_chosen_amount(session, selection, row.line_id, amount, by=by, version=version)
    if amount == row.list_amount and not row.is_ad_hoc:
        return selections.drop_special_price(session, selection, row.line_id, by=by, version=version)
    return selections.set_special_price(session, selection, row.line_id, amount, why, by=by, version=version)


def _preview(basket: Basket, row: BasketRow, typed: PriceForm, by: str) -> Response:
    currency, sent = basket.quote.currency, _sent(typed)
    applies = "line" if typed.is_whole_line else "each"
    if by == "applies":
        # The amount was typed for what was chosen before; the price stays, and is written anew for what is now.
        typed.applies.data, by = typed.shown_applies.data, "amount"
        sent["amount"] = ""
    try:
        amount = price_reading.read(typed, row, currency, by)
    except Invalid as refusal:
        fields = _sent(typed) | {"applies": applies}
        # What is wrong counts as changed by hand, so that saving refuses it and takes no other field for it.
        return _answer(basket, row, fields, typed=typed, shown=fields | {by: ""}, problem=refusal)
    fields = price_panel.fields_of(row, amount, currency, applies)
    if sent[by]:
        fields[by] = sent[by]
    return _answer(basket, row, fields, typed=typed, amount=amount)


def _refused(basket: Basket, row: BasketRow, typed: PriceForm, refusal: Refusal) -> Response:
    fields, amount = _sent(typed), None
    shown = {"amount": typed.shown_amount.data or "", "percent": typed.shown_percent.data or "",
             "applies": typed.shown_applies.data or "each"}
    if _field(refusal) not in ("amount", "percent"):
        amount = price_reading.read(typed, row, basket.quote.currency)
        fields = shown = _in_step(typed, row, amount, basket.quote.currency)
    more: dict[str, Any] = {"typed": typed, "amount": amount, "shown": shown, "problem": refusal}
    if htmx.is_htmx():
        return htmx.fragments(_panel(basket, row, fields, **more), status=422, into=f"#panel-{row.line_id}",
                              swap="innerHTML", trigger={"focus": {"to": f"#price-{_field(refusal)}"}})
    return _answer(basket, row, fields, status=422, **more)


def _in_step(typed: PriceForm, row: BasketRow, amount: int, currency: str) -> dict[str, str]:
    """The fields at the price that was read: the one typed into as it was typed, the other as it follows."""
    sent = _sent(typed)
    fields = price_panel.fields_of(row, amount, currency, sent["applies"])
    for field, is_new in (("amount", typed.has_new_amount), ("percent", typed.has_new_percent)):
        if is_new:
            fields[field] = sent[field]
    return fields


def _answer(basket: Basket, row: BasketRow, fields: dict[str, str], *, status: int = 200, **more: Any) -> Response:
    if htmx.is_htmx():
        is_fresh = "typed" not in more
        return htmx.fragments(_panel(basket, row, fields, **more), status=status,
                              trigger={"focus": {"to": "#price-amount"}} if is_fresh else None)
    values = _values(basket, row, fields, **more)
    return make_response(render_template("desk/selections/price.html", **values), status)


def _panel(basket: Basket, row: BasketRow, fields: dict[str, str], **more: Any) -> str:
    return render_template("desk/selections/_price.html", in_row=True, **_values(basket, row, fields, **more))


def _values(basket: Basket, row: BasketRow, fields: dict[str, str], *, typed: PriceForm | None = None,
            amount: int | None = None, shown: dict[str, str] | None = None,
            problem: Refusal | None = None) -> dict[str, Any]:
    person, now = staff.current_staff(), row.unit_amount if amount is None else amount
    options, last = price_panel.reasons(person)
    return {
        "selection": basket.selection, "row": row, "fields": fields, "shown": shown or fields, "reasons": options,
        "reason": (typed.reason.data or "") if typed is not None else row.special_price_reason or last,
        "reason_text": (typed.reason_text.data or "") if typed is not None else "",
        "meaning": None if now is None else price_panel.meaning_of(basket, row, now, person),
        "withdraws": approval_parts.waiting_for(basket.selection, row.line_id),
        "problem": problem, "short_percent": price_panel.short_percent,
        "problem_field": _field(problem) if problem is not None else ""}


def _field(problem: Refusal) -> str:
    return {"special_price": "amount", "special_price_reason": "reason"}.get(problem.field or "", problem.field or "")


def _sent(typed: PriceForm) -> dict[str, str]:
    return {"amount": typed.amount.data or "", "percent": typed.percent.data or "",
            "applies": "line" if typed.is_whole_line else "each"}


def _remember(reason: str) -> None:
    person = staff.current_staff()
    if reason and person.preferences.get("price_reason") != reason:
        person.preferences = {**person.preferences, "price_reason": reason}


def _told(changed: Changed, currency: str) -> str:
    if changed.after is None:
        return f"{changed.title} has its normal price again."
    return f"{changed.title} costs {formatting.amount(changed.after, currency)} each now."
