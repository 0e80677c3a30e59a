"""*No thanks*: a customer wants no more mails about a link that nobody writes. Looking changes nothing."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from sales_portal.links import declining, notices
from sales_portal.links import queries as links
from sales_portal.storefront import frame, guards, guests, opening
from sales_portal.storefront.guests import Guest
from sales_portal.web.extensions import db

blueprint = Blueprint("declining", __name__, url_prefix=guests.PREFIX)

ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""What a mail program posts by itself when its person presses *Unsubscribe* there (RFC 8058)."""


@blueprint.get("/no-thanks")
@guards.at_door
def show(guest: Guest) -> ResponseReturnValue:
    """Ask once more, or say that it is done."""
    guests.introduce(guest)
    return frame.page("storefront/declining/show.html", guest, is_done=notices.is_declined(db.session(), guest.link))


@blueprint.post("/no-thanks")
@guards.at_door
def decline(guest: Guest) -> ResponseReturnValue:
    """No more mails; the agent is told. A mail program needs no page of ours before: its address is the proof."""
    is_one_click = request.form.get(ONE_CLICK[0]) == ONE_CLICK[1]
    if not is_one_click:
        guest.check_form()
    if is_one_click or not opening.is_machine():
        links.name_people(db.session(), guest.link)
        links.name_customer(db.session(), guest.link)
        declining.decline(db.session(), guest.link, guest.public_id, desk_url=frame.addresses().desk_url(guest.link))
    return ("", 204) if is_one_click else redirect(guest.url("declining.show"), 303)
