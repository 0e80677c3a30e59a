"""Why a link can't be bought now, and the way to the person who can help."""

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from sales_portal.core import clock
from sales_portal.core.translation import _
from sales_portal.links import asking
from sales_portal.links import queries as links
from sales_portal.links.state import LinkState
from sales_portal.payments import queries as payments
from sales_portal.storefront import calendar, frame, guards, guests, limits, offers, opening
from sales_portal.storefront.errors import UnknownLink
from sales_portal.storefront.guests import Guest
from sales_portal.web import totals
from sales_portal.web.extensions import db

blueprint = Blueprint("endings", __name__, url_prefix=guests.PREFIX)

STILL_WAITING = frozenset({LinkState.SCHEDULED, LinkState.PAUSED})
UNLINKABLE = "unlinkable"
RETURNING = frozenset({"refund_pending", "refunded"})
GIVEN_BACK = frozenset({"void_pending", "voided"}) | RETURNING
"""Where a payment stands that came too late: its authorisation is released, or its money goes back."""


@blueprint.post("/request")
@limits.calls_for_a_new_one
@guards.at_door
def ask(guest: Guest) -> ResponseReturnValue:
    """Tell the agent that the customer would like something."""
    guest.check_form()
    if not opening.is_machine():
        links.name_people(db.session(), guest.link)
        links.name_customer(db.session(), guest.link)
        asking.ask_agent(db.session(), guest.link, asking.wish_of(request.form.get("wish", "")),
                         desk_url=frame.addresses().desk_url(guest.link))
    return redirect(guest.url("landing.show", asked=1), 303)


@blueprint.get("/calendar")
@guards.at_door
def reminder(guest: Guest) -> ResponseReturnValue:
    """The day a scheduled link opens, for the customer's calendar."""
    if guest.link.starts_at is None:
        raise UnknownLink
    text = calendar.event(
        guest.link.number, _("Your selection from {name} opens", name=frame.contact_of(guest.link).name),
        guest.link.starts_at)
    return Response(text, mimetype="text/calendar",
                    headers={"Content-Disposition": f'attachment; filename="{guest.link.number}.ics"'})


def page(guest: Guest) -> Response:
    """The state of a link that can't be bought now, in words, with one next step."""
    state = guest.state
    is_broken = state is LinkState.ACTIVE and guest.link.breaks_at_sign_in
    status_paid = _last_status(guest)
    status = 409 if is_broken else 200 if state in STILL_WAITING else 410
    return frame.page(
        "storefront/endings/show.html", guest, status, state=UNLINKABLE if is_broken else state.value,
        was_asked="asked" in request.args, lost=status_paid in GIVEN_BACK, returning=status_paid in RETURNING,
        newer_url=_newer(guest), **_offer(guest, state))


def _offer(guest: Guest, state: LinkState) -> dict[str, object]:
    if state is LinkState.EXPIRED:
        return {"offer": offers.offer_of(db.session(), guest.link)}
    if state is LinkState.SCHEDULED:
        offer = offers.offer_of(db.session(), guest.link)
        starts_at = guest.link.starts_at
        return {"opens_later": starts_at is not None and starts_at > clock.now(), "offer": offer,
                "total_rows": totals.rows(offer.totals, guest.link, offer.lines_count)}
    return {}


def _last_status(guest: Guest) -> str:
    """Where this browser's last payment stands; empty where it made none."""
    payment = payments.get_last_payment(db.session(), guest.visit.id) if guest.visit is not None else None
    return payment.status if payment is not None else ""


def _newer(guest: Guest) -> str | None:
    """The newer link's address, for the same recipient only."""
    is_replaced = guest.state is LinkState.REPLACED
    address = links.get_newer_address(db.session(), guest.link, guest.public_id) if is_replaced else None
    return frame.addresses().link_url(address, address.link.site) if address is not None else None
