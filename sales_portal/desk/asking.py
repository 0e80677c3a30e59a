"""Asking for a yes from the Link dialog, and taking the request back."""

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.approvals import queries as approvals
from sales_portal.approvals import service as approving
from sales_portal.approvals.models import Approval
from sales_portal.core.errors import NotFound
from sales_portal.desk import approval_parts, workbench
from sales_portal.desk.forms.approvals import AskForm
from sales_portal.desk.workbench import Toast
from sales_portal.links import stored_terms
from sales_portal.links.terms import LinkTerms
from sales_portal.selections.basket import Basket
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("asking", __name__, url_prefix="/selections/<number>/approval")


@blueprint.post("/withdrawal")
@staff.permit(Permission.LINK_CREATE)
def withdraw(number: str) -> Response:
    """Take back what waits for an answer."""
    selection, session = workbench.load(number), db.session()
    newest = approvals.get_newest(session, selection.id)
    if newest is None:
        raise NotFound(thing="this request")
    approving.withdraw(session, newest, by=staff.current_staff().actor)
    return workbench.changed(selection, Toast(f"{newest.number} is withdrawn."))


def ask(basket: Basket, terms: LinkTerms, request_key: str) -> Approval:
    """Ask for what `basket` under `terms` needs a yes for, as the dialog was filled in."""
    typed, person = AskForm(), staff.current_staff()
    return approving.ask(
        db.session(), basket, stored_terms.decided_of(terms), stored_terms.pack(terms),
        message=typed.approval_message.data or "", wants_link=typed.makes_link, wants_mail=typed.wants_mail.data,
        person=person, request_key=request_key, by=person.actor)


def asked(approval: Approval, basket: Basket) -> Response:
    """Say that it was asked for, and what happens next: in the dialog for htmx, else on the builder's page."""
    selection = basket.selection
    approvers = approval_parts.names(approving.able_of(
        approvals.list_deciders(db.session(), staff.current_staff()), approval.items)) or "your managers"
    said = f"Sent to {approvers}."
    if approval.wants_link:
        said += " We'll create the link as soon as it's approved."
    if not htmx.is_htmx():
        flash(said, "success")
        return htmx.go(url_for("desk.builder.show", number=selection.number))
    return make_response(render_template(
        "desk/selections/asked.html", approval=approval, selection=selection, said=said, modal=True,
        in_builder=approval_parts.in_builder(basket), may_link=True))
