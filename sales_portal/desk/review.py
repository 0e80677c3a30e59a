"""Review checkout: what the customer will see, beside everything that is checked before a link is made."""

from flask import Blueprint, Response, make_response, render_template, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core import clock
from sales_portal.desk import approval_parts, preflight, totals, workbench
from sales_portal.selections import basket as baskets
from sales_portal.selections.acts import CLOSED
from sales_portal.web import previews, security, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("review", __name__, url_prefix="/selections")


@blueprint.get("/<number>/checkout")
@staff.permit(Permission.SELECTIONS)
def show(number: str) -> Response:
    """The preview and the checks."""
    selection = workbench.load(number)
    basket = baskets.read_basket(db.session(), selection)
    checks = preflight.items(basket, url_for("desk.builder.show", number=selection.number), clock.now())
    return security.shows_frames(make_response(render_template(
        "desk/selections/review.html", selection=selection, basket=basket, checks=checks,
        total=totals.of_basket(basket), blocked=any(check["state"] == "block" for check in checks),
        needs_approval=bool(approval_parts.in_builder(basket).needs),
        preview_url="" if basket.is_empty else "/preview/" + previews.token_of(selection.id),
        may_link=selection.status not in CLOSED and staff.current_staff().may(Permission.LINK_CREATE))))
