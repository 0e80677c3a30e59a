"""*Save for later*: the link by mail, to whoever holds it."""

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from sales_portal.core.errors import Invalid
from sales_portal.links import queries as links
from sales_portal.links import saving
from sales_portal.messaging.errors import TooManyMails
from sales_portal.storefront import frame, guards, guests, limits, opening
from sales_portal.storefront.guests import Guest
from sales_portal.web.extensions import db
from sales_portal.web.public_forms import ForeignForm

blueprint = Blueprint("saving", __name__, url_prefix=guests.PREFIX)


@blueprint.get("/saving")
@guards.at_door
def show(guest: Guest) -> ResponseReturnValue:
    """Where to, or that it is on its way. The address is filled in only for the browser it was typed in."""
    return _page(guest, guest.visit.email if guest.visit is not None else "")


@blueprint.post("/saving")
@limits.mails_to_oneself
@guards.at_door
def save(guest: Guest) -> ResponseReturnValue:
    """Put the mail on its way."""
    typed = request.form.get("email", "").strip()
    try:
        guest.check_form()
        links.name_people(db.session(), guest.link)
        if not opening.is_machine():
            saving.mail_to_customer(db.session(), guest.link, to=typed,
                                    url=frame.addresses().base_url + guest.url("landing.show"))
    except (Invalid, TooManyMails, ForeignForm) as no:
        db.session.rollback()
        return _page(guests.receive(guest.public_id, guest.token), typed, no.text, no.status)
    return redirect(guest.url("saving.show", sent=1), 303)


def _page(guest: Guest, email: str, error: str = "", status: int = 200) -> Response:
    guests.introduce(guest)
    return frame.page("storefront/saving/show.html", guest, status, email=email, error=error,
                      is_sent="sent" in request.args and not error)
