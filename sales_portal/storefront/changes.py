"""What the customer changes of an offer before paying: how many of a line, or which one of the products."""

from collections.abc import Mapping

from sales_portal.checkout import service as checkout
from sales_portal.checkout.errors import NotInPacks, SpecialPriceFixed, TooMany
from sales_portal.core.errors import Invalid
from sales_portal.storefront.forms import quantities
from sales_portal.storefront.guests import Guest
from sales_portal.web.extensions import db

CHOICE = "line_no"


def picked(typed: Mapping[str, str]) -> int | None:
    """The product a form picks, or None."""
    text = typed.get(CHOICE, "")
    return int(text) if text.isdecimal() and len(text) < 9 else None


def apply(guest: Guest, typed: Mapping[str, str]) -> None:
    """Make this guest's copy what the form says; raises `Invalid` naming the field, `Locked` where nothing may change.

    Only what differs is sent on, so that the form of a locked offer, which has no such fields, changes nothing.
    """
    visit = guest.visit
    if visit is None:
        return
    held = {line.line_no: line.quantity for line in visit.lines if line.kind == "item"}
    choice = picked(typed)
    if choice is not None and choice not in held:
        checkout.pick(db.session(), visit, guest.link, choice)
    for line_no, quantity in quantities.read_quantities(typed).items():
        if held.get(line_no) != quantity:
            _set(guest, line_no, quantity)


def _set(guest: Guest, line_no: int, quantity: int) -> None:
    field = f"{quantities.PREFIX}{line_no}"
    if guest.visit is None:
        return
    try:
        checkout.set_quantity(db.session(), guest.visit, guest.link, line_no, quantity)
    except (TooMany, NotInPacks, SpecialPriceFixed) as no:
        raise Invalid(field, no.text) from None
