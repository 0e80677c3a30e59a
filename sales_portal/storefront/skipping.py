"""Links that skip their first page: who opens one is led to the first page that asks, with a private copy.

This is the one public GET that writes (P-14). Mail scanners, previews, people of the house and whoever wants to see the
items get the first page instead, and nothing is written.
"""

from flask import redirect, request
from werkzeug.wrappers import Response

from sales_portal.checkout import prefilling
from sales_portal.checkout.prefilling import Brought
from sales_portal.links.errors import LinkNotOpen
from sales_portal.storefront import details, guests, limits, offers, opening
from sales_portal.storefront.forms import parameters
from sales_portal.storefront.guests import Guest
from sales_portal.web import edge
from sales_portal.web.extensions import db

SHOWS_ITEMS = frozenset({"items", "all", "asked", "preview"})
"""Whose address says one of these wants the first page itself."""


def lead_on(guest: Guest, brought: Brought) -> Response | None:
    """The way to the first page that asks; None where the first page is the one to show.

    A browser that holds a copy goes on with it. Else one is made, unless the first page has something to ask itself:
    which of the products, what it is worth, or what to do about what is sold out.
    """
    if SHOWS_ITEMS & request.args.keys() or not _is_customers(guest):
        return None
    if guest.can_go_on():
        return redirect(_themed(details.page_of(guest)), 303)
    choice = prefilling.choice_of(db.session(), guest.link, brought.product_id)
    if guest.link.changes == "pick_one" and choice is None:
        return None
    offer = offers.offer_of(db.session(), guest.link)
    if offer.short or (offer.names_prices and brought.amount is None) or not limits.may_claim(guest.public_id):
        return None
    return _claim(guest.public_id, guest.token, choice, brought)


def _is_customers(guest: Guest) -> bool:
    return opening.is_visit() and opening.mark(guest) is not None


def _claim(public_id: str, token: str, choice: int | None, brought: Brought) -> Response:
    edge.turn_to_writing()
    guest = guests.receive_at_lock(public_id, token)
    try:
        guest.claim(choice, brought, is_pressed=False)
    except LinkNotOpen:
        return redirect(guest.url("landing.show"), 303)
    there = guest.items_url() if guest.is_behind else _themed(details.next_page(guest))
    return guests.with_cookie(guest, redirect(there, 303))


def _themed(url: str) -> str:
    theme = parameters.theme(request.args)
    return f"{url}?theme={theme}" if theme in parameters.THEMES else url
