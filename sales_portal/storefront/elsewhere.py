"""A link that can be paid once, while somebody else pays for it: come back in a moment."""

from datetime import datetime

from flask import Response

from sales_portal.payments import reserving
from sales_portal.storefront import frame, guests, ways
from sales_portal.storefront.guests import Guest
from sales_portal.web.extensions import db


def until(guest: Guest) -> datetime | None:
    """Until when another browser's payment has the link; None where none has. Asks only where one can have it."""
    if guest.link.policy != "single" or not ways.takes_at_once(guest.link):
        return None
    return reserving.leased_until(db.session(), guest.link.id, guest.visit.id if guest.visit is not None else None)


def page(guest: Guest, ends_at: datetime) -> Response:
    """That a payment is running, and when to try again; it looks again by itself."""
    guests.introduce(guest)
    return frame.page("storefront/elsewhere/show.html", guest, ends_at=ends_at)
