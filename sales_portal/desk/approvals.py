"""Approvals: what waits for an answer, one request with all it takes to decide, and the answer."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.approvals import offers
from sales_portal.approvals import queries as approvals
from sales_portal.approvals import service as approving
from sales_portal.approvals.models import Approval
from sales_portal.core.errors import Invalid, NotFound
from sales_portal.desk import approval_parts
from sales_portal.desk.forms.approvals import AnswerForm
from sales_portal.links import presets
from sales_portal.selections import basket as baskets
from sales_portal.selections import queries as selections
from sales_portal.selections.basket import Basket
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("approvals", __name__, url_prefix="/approvals")

LONGEST_QUEUE = 100
ANSWERED = 10


@blueprint.get("")
@staff.permit(Permission.APPROVALS_DECIDE)
def index() -> Response:
    """The queue, what waits longest first, and what was answered last."""
    session, person = db.session(), staff.current_staff()
    waiting = session.scalars(approvals.list_waiting(person).order_by(Approval.id).limit(LONGEST_QUEUE)).all()
    answered = session.scalars(
        approvals.list_answered(person).order_by(Approval.decided_at.desc(), Approval.id.desc()).limit(ANSWERED)).all()
    return make_response(render_template(
        "desk/approvals/index.html", waiting=waiting, answered=answered, **_words()))


@blueprint.get("/<number>")
@staff.permit(Permission.APPROVALS_DECIDE)
def show(number: str) -> Response:
    """One request: list and asked price, margins, the whole deal, why, and the two answers."""
    approval, person = _find(number), staff.current_staff()
    basket = _basket_of(approval)
    at_list, as_asked = offers.deal_margins(basket)
    return make_response(render_template(
        "desk/approvals/show.html", approval=approval, basket=basket, deal_at_list=at_list, deal_as_asked=as_asked,
        is_own=approval.asked_by_id == person.id, beyond=approval_parts.beyond(approval.items, person),
        able=approval_parts.names(approving.list_able(db.session(), approval)), **_words()))


@blueprint.get("/<number>/approval")
@staff.permit(Permission.APPROVALS_DECIDE)
def ask_approval(number: str) -> Response:
    """Ask whether it is meant, for a mail's button and a mistaken key decide nothing."""
    return _ask(_find(number), "approval")


@blueprint.post("/<number>/approval")
@staff.permit(Permission.APPROVALS_DECIDE)
def approve(number: str) -> Response:
    """Say yes; where the selection was changed meanwhile the request is withdrawn instead, and that is said."""
    def act(approval: Approval, comment: str) -> str:
        basket = _basket_of(approval, is_locked=True)
        if not approving.approve(db.session(), approval, basket, comment=comment, person=staff.current_staff()):
            return f"{approval.selection.number} was changed meanwhile, so {approval.number} is withdrawn."
        return f"{approval.number} is approved. {approval.asked_by.first_name} is told."

    return _answer(number, "approval", act)


@blueprint.get("/<number>/rejection")
@staff.permit(Permission.APPROVALS_DECIDE)
def ask_rejection(number: str) -> Response:
    """Ask for the reason."""
    return _ask(_find(number), "rejection")


@blueprint.post("/<number>/rejection")
@staff.permit(Permission.APPROVALS_DECIDE)
def reject(number: str) -> Response:
    """Say no, and why."""
    def act(approval: Approval, reason: str) -> str:
        approving.reject(db.session(), approval, reason=reason, person=staff.current_staff())
        return f"{approval.number} is rejected. {approval.asked_by.first_name} reads why."

    return _answer(number, "rejection", act)


def _words() -> dict[str, Any]:
    return {"part_of": approval_parts.part_of, "terms": approval_parts.SITE_ASKS, "margin": approval_parts.margin,
            "may_see_margin": staff.current_staff().may(Permission.COST_AND_MARGIN)}


def _find(number: str) -> Approval:
    approval = approvals.get_approval(db.session(), number, seen_by=staff.current_staff())
    if approval is None:
        raise NotFound(thing=f"the approval {number}")
    return approval


def _basket_of(approval: Approval, *, is_locked: bool = False) -> Basket:
    session = db.session()
    selection = selections.get_selection(session, approval.selection_id)
    if selection is None:
        raise NotFound(thing="its selection")
    basket = baskets.read_basket(session, selection, is_locked=is_locked)
    return presets.apply_packed(session, basket, approval.terms)


def _ask(approval: Approval, answer: str, typed: AnswerForm | None = None, problem: str = "",
         status: int = 200) -> Response:
    template = "_answer" if htmx.is_htmx() else "answer"
    return make_response(render_template(
        f"desk/approvals/{template}.html", approval=approval, answer=answer, form=typed or AnswerForm(formdata=None),
        problem=problem, modal=htmx.is_htmx()), status)


def _answer(number: str, answer: str, act: Callable[[Approval, str], str]) -> Response:
    approval, typed = _find(number), AnswerForm()
    try:
        said = act(approval, typed.comment.data or "")
    except Invalid as refusal:
        return _ask(approval, answer, typed, refusal.text, 422)
    flash(said, "success" if approval.status != "withdrawn" else "warning")
    return htmx.go(url_for(".index"))
