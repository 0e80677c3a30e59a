"""Undoing an order: money back, or its end; asked for, agreed to or refused. Each act is a noun below its address."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from sales_portal.accounts.models import Staff
from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import Forbidden, Invalid, NotFound
from sales_portal.core.money import Money
from sales_portal.desk import scope
from sales_portal.desk.forms.order_undo import PIECES, CancellationForm, RefundForm
from sales_portal.desk.forms.staff_form import StaffForm
from sales_portal.desk.order_finding import find_order
from sales_portal.desk.undo_reasons import CANCEL_WORDS, REFUND_WORDS
from sales_portal.orders import cancelling, refunding, undoing, undone
from sales_portal.orders import queries as orders
from sales_portal.orders.errors import AlreadyDecided
from sales_portal.orders.models import Order
from sales_portal.orders.undo_models import Cancellation, Refund
from sales_portal.web import formatting, htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("order_undo", __name__, url_prefix="/orders/<number>")

ASKED = "Asked. Somebody else who may decide has to agree."


@blueprint.get("/refund")
@staff.permit(Permission.REFUND_ASK)
def ask_refund(number: str) -> Response:
    """How much goes back, and why; a dialog for htmx, a page by itself."""
    return _ask("refund", find_order(number), RefundForm(formdata=None))


@blueprint.post("/refund")
@staff.permit(Permission.REFUND_ASK)
def refund(number: str) -> Response:
    """Give money back, or ask for it."""
    order, typed = find_order(number), RefundForm()
    try:
        wish = typed.wish(order)
        made = refunding.ask_refund(db.session(), order.id, wish, person=staff.current_staff(),
                                    may_decide=may_decide(order, staff.current_staff()))
    except Invalid as refusal:
        return _ask("refund", order, typed, refusal, 422)
    said = f"{formatting.money(wish.amount, order.currency)} goes back to the customer."
    return _back(order, said if made.status == "pending" else ASKED)


@blueprint.post("/refunds/<int:refund_id>/approval")
@staff.permit(Permission.REFUND_DECIDE)
def approve_refund(number: str, refund_id: int) -> Response:
    """Say yes to a refund somebody asked for."""
    order = find_order(number)
    found = _refund_of(order, refund_id)
    refunding.agree(db.session(), found, person=staff.current_staff())
    return _back(order, f"{formatting.money(found.amount, found.currency)} goes back to the customer.")


@blueprint.post("/refunds/<int:refund_id>/refusal")
@staff.permit(Permission.REFUND_ASK)
def refuse_refund(number: str, refund_id: int) -> Response:
    """Say no, or take back what one asked for oneself."""
    order = find_order(number)
    found = _refund_of(order, refund_id)
    _only_who_may(order, found.asked_by_id)
    refunding.refuse(db.session(), found, person=staff.current_staff())
    return _back(order, "Nothing goes back to the customer.")


@blueprint.get("/cancellation")
@staff.permit(Permission.REFUND_ASK)
def ask_cancellation(number: str) -> Response:
    """Why the order ends, and what becomes of stock and money."""
    return _ask("cancellation", find_order(number), CancellationForm(formdata=None))


@blueprint.post("/cancellation")
@staff.permit(Permission.REFUND_ASK)
def cancel(number: str) -> Response:
    """Cancel the order, or ask for it."""
    order, typed = find_order(number), CancellationForm()
    try:
        made = cancelling.ask_cancellation(
            db.session(), order.id, typed.reason.data or "", typed.note.data or "", person=staff.current_staff(),
            may_decide=may_decide(order, staff.current_staff()))
    except Invalid as refusal:
        return _ask("cancellation", order, typed, refusal, 422)
    return _back(order, f"{order.number} is cancelled." if made.status == "done" else ASKED)


@blueprint.post("/cancellation/approval")
@staff.permit(Permission.REFUND_DECIDE)
def approve_cancellation(number: str) -> Response:
    """Say yes to a cancellation somebody asked for."""
    order = find_order(number)
    cancelling.agree(db.session(), _cancellation_of(order), person=staff.current_staff())
    return _back(order, f"{order.number} is cancelled.")


@blueprint.post("/cancellation/refusal")
@staff.permit(Permission.REFUND_ASK)
def refuse_cancellation(number: str) -> Response:
    """Say no, or take back what one asked for oneself."""
    order = find_order(number)
    found = _cancellation_of(order)
    _only_who_may(order, found.asked_by_id)
    cancelling.refuse(db.session(), found, person=staff.current_staff())
    return _back(order, f"{order.number} stands.")


def may_decide(order: Order, person: Staff) -> bool:
    """Whether `person` may give the order's money back without asking."""
    return scope.covers(order.agent, person, person.reach(Permission.REFUND_DECIDE))


def shown_of(order: Order, person: Staff) -> dict[str, Any]:
    """What the order's page says of what was undone, and what `person` may do about it."""
    session = db.session()
    paid_by = orders.list_payments(session, order)
    refunds, cancellation = undone.list_refunds(session, order.id), undone.get_cancellation(session, order.id)
    left = sum(map(undoing.left_of, paid_by))
    is_open = any(one.status in ("asked", "pending") for one in refunds) or (
        cancellation is not None and cancellation.status == "asked")
    may_ask = scope.covers(order.agent, person, person.reach(Permission.REFUND_ASK)) and not is_open
    return {"refunds": refunds, "cancellation": cancellation, "left": left, "reader_id": person.id,
            "disputes": undone.list_disputes(session, [payment.id for payment in paid_by]),
            "balances": paid_by[1:], "refunded": sum(payment.refunded_amount for payment in paid_by),
            "titles": {line.line_no: line.title for line in order.lines},
            "may_decide": may_decide(order, person), "may_refund": may_ask and left > 0,
            "may_cancel": may_ask and order.status in cancelling.CANCELLABLE,
            "refund_words": REFUND_WORDS, "cancel_words": CANCEL_WORDS}


def _refund_of(order: Order, refund_id: int) -> Refund:
    found = undone.get_refund(db.session(), order.id, refund_id)
    if found is None:
        raise NotFound(thing="this refund")
    return found


def _cancellation_of(order: Order) -> Cancellation:
    found = undone.get_cancellation(db.session(), order.id)
    if found is None or found.status != "asked":
        raise AlreadyDecided
    return found


def _only_who_may(order: Order, asked_by_id: int | None) -> None:
    person = staff.current_staff()
    if asked_by_id != person.id and not may_decide(order, person):
        raise Forbidden(page="this answer", permission=Permission.REFUND_DECIDE.value)


def _ask(act: str, order: Order, typed: StaffForm, problem: Invalid | None = None, status: int = 200) -> Response:
    paid_by = orders.list_payments(db.session(), order)
    left = sum(map(undoing.left_of, paid_by))
    words, given = ((REFUND_WORDS, refunding.GIVEN_BY_PEOPLE) if act == "refund"
                    else (CANCEL_WORDS, cancelling.GIVEN_BY_PEOPLE))
    template = f"desk/orders/_{act}.html" if htmx.is_htmx() else f"desk/orders/{act}.html"
    return make_response(render_template(
        template, order=order, form=typed, modal=htmx.is_htmx(), left=Money(left, order.currency),
        wrong=(wrong := {problem.field or "": problem.text} if problem is not None else {}),
        names_items=any(field.startswith(PIECES) for field in wrong),
        reasons=[("", "Choose…"), *((reason, words[reason]) for reason in given)],
        at_stake=Money(cancelling.money_at_stake(paid_by), order.currency),
        may_decide=may_decide(order, staff.current_staff())), status)


def _back(order: Order, said: str) -> Response:
    flash(said, "success")
    return htmx.go(url_for("desk.orders.show", number=order.number))
