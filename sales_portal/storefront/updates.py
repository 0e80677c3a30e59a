"""An offer that was updated while somebody had its checkout open: what changed, and going on with it."""

from collections.abc import Mapping

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue

from sales_portal.checkout import updating
from sales_portal.payments import queries as payments
from sales_portal.payments import starting
from sales_portal.payments.models import LIVE
from sales_portal.storefront import details, frame, guards, guests, ways
from sales_portal.storefront.guests import Guest
from sales_portal.web.extensions import db
from sales_portal.web.public_forms import ForeignForm

blueprint = Blueprint("updates", __name__, url_prefix=guests.PREFIX)


@blueprint.post("/update")
@guards.at_copy
def accept(guest: Guest) -> ResponseReturnValue:
    """Go on with the newer offer; a payment nobody confirmed is given up, one that went on ends first."""
    public_id, token = guest.public_id, guest.token
    try:
        guest.check_form()
    except ForeignForm as stale:
        return page(guest, stale.text, stale.status) if guest.is_behind else redirect(guest.url("landing.show"), 303)
    if guest.is_behind and not starting.withdraw_unconfirmed(db.session(), guest.copy.id, ways.gateways()):
        return redirect(guest.url("payment.show"), 303)
    held = starting.hold(db.session(), public_id, token, guest.visitor_token or "")
    if held is None:
        return redirect(guest.url("landing.show"), 303)
    there = Guest(public_id, token, held.link, held.copy, guest.visitor_token, held=held)
    if not there.can_go_on():
        return redirect(guest.url("landing.show"), 303)
    updating.accept(db.session(), there.copy, there.link)
    return redirect(details.next_page(there), 303)


def is_of_older_offer(guest: Guest, typed: Mapping[str, str]) -> bool:
    """Whether the form was on a page that showed an older offer than the link has by now."""
    shown = typed.get("offer_version")
    return shown is not None and shown != str(guest.link.offer_version)


def page(guest: Guest, problem: str = "", status: int = 200) -> Response:
    """What changed since this browser's copy was made."""
    guests.introduce(guest)
    payment = payments.get_last_payment(db.session(), guest.copy.id)
    return frame.page(
        "storefront/updates/show.html", guest, status,
        difference=updating.compare(db.session(), guest.copy, guest.link),
        is_paying=payment is not None and payment.status in LIVE, problem=problem)
