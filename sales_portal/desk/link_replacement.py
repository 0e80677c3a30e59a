"""A new link in the place of one that was sent: in one step, with what it will do and what becomes of the old one."""

import uuid

from flask import Blueprint, Response, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.approvals.errors import NeedsApproval
from sales_portal.core import clock
from sales_portal.core.errors import Forbidden, Invalid
from sales_portal.desk import link_acts, renewal
from sales_portal.links import renewing, replacing
from sales_portal.links.errors import ReplacedMeanwhile, SelectionBlocked
from sales_portal.links.models import CheckoutLink
from sales_portal.links.terms import LinkTerms
from sales_portal.selections.basket import Basket
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("link_replacement", __name__, url_prefix="/links/<number>/replacement")


@blueprint.get("")
@staff.permit(Permission.LINK_CREATE)
def show(number: str) -> Response:
    """Say what the new link will do, and what becomes of this one."""
    link, basket = renewal.load(number)
    if link.replacement_number is not None:
        raise ReplacedMeanwhile(number=link.number, newer=link.replacement_number)
    replacing.refuse_useless(link, clock.now())
    _refuse_unpermitted(link)
    return _show(link, basket, uuid.uuid4().hex)


@blueprint.post("")
@staff.permit(Permission.LINK_CREATE)
def create(number: str) -> Response:
    """Make the new link and end this one; the same form sent twice makes one."""
    link, basket = renewal.load(number, is_locked=True)
    key = renewal.sent_key() or uuid.uuid4().hex
    _refuse_unpermitted(link)
    try:
        made = replacing.replace_link(db.session(), link, basket, request_key=key, by=staff.current_staff().actor)
    except (Invalid, SelectionBlocked):
        return _show(link, basket, key, 422)
    except NeedsApproval:
        answer = renewal.asked(link, basket, _terms, f"replace {link.number}", key)
        return answer or _show(link, basket, key, 422)
    return htmx.go(url_for("desk.link_dialog.show", number=basket.selection.number, made=made.number))


def _show(link: CheckoutLink, basket: Basket, key: str, status: int = 200) -> Response:
    would_be = renewal.would_be(link, basket, _terms)
    return renewal.show("replacement", would_be, request_key=key, status=status,
                        is_same_customer=basket.selection.customer_id == link.customer_id,
                        lives=link_acts.lives(link, clock.now()))


def _refuse_unpermitted(link: CheckoutLink) -> None:
    # It ends the link there is, so it takes the right to end one too.
    if link_acts.lives(link, clock.now()) and not link_acts.may(link, staff.current_staff(), Permission.LINK_REVOKE):
        raise Forbidden(page="this", permission=Permission.LINK_REVOKE.value)


def _terms(link: CheckoutLink, basket: Basket) -> LinkTerms:
    return renewing.terms_again(db.session(), link, basket, clock.now())
