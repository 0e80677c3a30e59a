"""What has sold out: going on without it, waiting for it, and word when it is back."""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from sales_portal.checkout import sold_out as checkout
from sales_portal.core.errors import Invalid
from sales_portal.core.translation import N_, _
from sales_portal.links import asking, waiting
from sales_portal.links import queries as links
from sales_portal.links.asking import Wish
from sales_portal.links.errors import LinkNotOpen
from sales_portal.storefront import frame, guards, guests, landing, limits, opening
from sales_portal.storefront.forms.texts import one_line
from sales_portal.storefront.guests import Guest
from sales_portal.web.extensions import db

blueprint = Blueprint("sold_out", __name__, url_prefix=guests.PREFIX)

NO_EMAIL = N_("Enter the e-mail address we should write to")


@blueprint.post("/lines/<int:line_no>/absence")
@limits.per_link_claims
@guards.at_lock
def go_without(guest: Guest, line_no: int) -> ResponseReturnValue:
    """Go on with the rest of the offer."""
    return _settle(guest, checkout.go_without, line_no)


@blueprint.post("/lines/<int:line_no>/waiting")
@limits.per_link_claims
@guards.at_lock
def wait(guest: Guest, line_no: int) -> ResponseReturnValue:
    """Buy it all the same and get it later."""
    return _settle(guest, checkout.wait_for, line_no)


@blueprint.post("/stock-wish")
@limits.calls_for_a_new_one
@guards.at_door
def tell(guest: Guest) -> ResponseReturnValue:
    """Have this customer told when it is back, and the agent that they wait; asks where to write if nobody knows."""
    guest.check_form()
    links.name_people(db.session(), guest.link)
    links.name_customer(db.session(), guest.link)
    typed = one_line(request.form.get("email", ""))
    email, name = _known(guest, typed)
    if opening.is_machine():
        return redirect(guest.url("landing.show"), 303)
    if not email:
        return _ask_address(guest)
    try:
        waiting.wish_for_stock(db.session(), guest.link, email, name)
    except Invalid as no:
        return _ask_address(guest, typed, no.text)
    asking.ask_agent(db.session(), guest.link, Wish.BACK_IN_STOCK,
                     desk_url=frame.addresses().desk_url(guest.link))
    return redirect(guest.url("landing.show", asked=1, told=1), 303)


def _settle(guest: Guest, act: Callable[..., None], line_no: int) -> ResponseReturnValue:
    guest.check_form()
    items = redirect(guest.items_url(), 303)
    try:
        visit = guest.claim(brought=landing.brought_by(guest, request.form), opened_by=opening.mark(guest),
                            by_machine=opening.is_machine())
    except LinkNotOpen:
        return items
    if guest.can_go_on() and not guest.is_behind:
        act(db.session(), visit, guest.link, line_no)
    return items


def _known(guest: Guest, typed: str) -> tuple[str, str]:
    """Where to write to: what was typed, what this browser's copy says, or the customer the link was made for."""
    customer, visit = guest.link.customer, guest.visit
    if typed:
        return typed, ""
    if visit is not None and visit.email:
        return visit.email, visit.name
    return (customer.email, customer.name) if customer is not None and customer.email else ("", "")


def _ask_address(guest: Guest, typed: str = "", problem: str = "") -> Response:
    guests.introduce(guest)
    is_asked_first = "email" not in request.form
    return frame.page("storefront/sold_out/address.html", guest, 200 if is_asked_first else 422, typed=typed,
                      problem="" if is_asked_first else problem or _(NO_EMAIL))
