"""A newer offer at the address that was sent, and what was offered there before."""

import uuid

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.approvals.errors import NeedsApproval
from sales_portal.core import clock
from sales_portal.core.errors import Invalid, NotFound
from sales_portal.desk import frozen_totals, renewal
from sales_portal.desk import links as link_pages
from sales_portal.desk.forms.builder import whole
from sales_portal.links import renewing, updating
from sales_portal.links.errors import SelectionBlocked
from sales_portal.links.models import CheckoutLink
from sales_portal.links.terms import LinkTerms
from sales_portal.selections.basket import Basket
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("link_update", __name__, url_prefix="/links/<number>")


@blueprint.get("/update")
@staff.permit(Permission.LINK_CREATE)
def show(number: str) -> Response:
    """Say what the link will show, and what its customers will notice."""
    link, basket = renewal.load(number)
    updating.refuse_useless(link, basket, clock.now())
    return _show(link, basket, uuid.uuid4().hex)


@blueprint.post("/update")
@staff.permit(Permission.LINK_CREATE)
def create(number: str) -> Response:
    """Show the selection as it is now at the same address; the same form sent twice does it once."""
    link, basket = renewal.load(number, is_locked=True)
    key = renewal.sent_key() or uuid.uuid4().hex
    try:
        is_new = updating.update_offer(db.session(), link, basket, shown=whole(request.form.get("version")),
                                       request_key=key, by=staff.current_staff().actor)
    except (Invalid, SelectionBlocked):
        return _show(link, basket, key, 422)
    except NeedsApproval:
        answer = renewal.asked(link, basket, _terms, f"update {link.number}", key)
        return answer or _show(link, basket, key, 422)
    if is_new:
        flash(f"{link.number} shows {basket.selection.number} as it is now, at the same address.", "success")
    return htmx.go(url_for("desk.links.show", number=link.number))


@blueprint.get("/versions/<int:version>")
@staff.permit(Permission.LINKS)
def read(number: str, version: int) -> Response:
    """What the link offered before it was updated."""
    link = link_pages.find_link(number)
    found = updating.get_version(db.session(), link.id, version) if version < 1_000_000 else None
    if found is None:
        raise NotFound(thing=f"version {version} of {link.number}")
    return make_response(render_template(
        "desk/links/version.html", link=link, version=found, totals=frozen_totals.rows_of_version(link, found)))


def _show(link: CheckoutLink, basket: Basket, key: str, status: int = 200) -> Response:
    return renewal.show("update", renewal.would_be(link, basket, _terms), request_key=key, status=status)


def _terms(link: CheckoutLink, basket: Basket) -> LinkTerms:
    return renewing.terms_now(db.session(), link, basket)
