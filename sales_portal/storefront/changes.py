"""What the customer changes of an offer before paying: how many of a line, which product, its price, what is added."""

from collections.abc import Mapping
from contextlib import suppress

from sales_portal.checkout import adding, amounts
from sales_portal.checkout import service as checkout
from sales_portal.checkout.errors import (
    AmountTooLarge,
    AmountTooSmall,
    NoMore,
    NoneLeft,
    NotAdded,
    NotInPacks,
    NotSold,
    SpecialPriceFixed,
    TooFewLeft,
    TooMany,
    TooManyAdded,
)
from sales_portal.core.errors import Invalid
from sales_portal.core.translation import _
from sales_portal.links import queries as links
from sales_portal.storefront import guests
from sales_portal.storefront.forms import amounts as amount_fields
from sales_portal.storefront.forms import quantities
from sales_portal.storefront.guests import Guest
from sales_portal.web import formatting
from sales_portal.web.extensions import db

CHOICE = "line_no"
ADD = "variant-"


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
    held = {line.line_no: line.quantity for line in visit.lines if line.kind == "item" and not line.is_added}
    choice = picked(typed)
    if choice is not None and choice not in held:
        checkout.pick(db.session(), visit, guest.link, choice)
    for line_no, quantity in quantities.read_quantities(typed).items():
        if held.get(line_no) != quantity and not (line_no not in held and _is_left_out(guest, line_no)):
            _set(guest, line_no, quantity)
    if amount_fields.has_amounts(typed):
        _name_prices(guest, typed)
    added = {line.variant_id: line.quantity for line in adding.lines_of(visit)}
    for variant_id, quantity in quantities.read_quantities(typed, quantities.ADDED).items():
        if added.get(variant_id) != quantity:
            _set_added(guest, variant_id, quantity)


def add(guest: Guest, variant_id: int) -> None:
    """Put one more of a variant into this guest's copy; raises `Invalid` naming its button, or `Locked`."""
    try:
        adding.add(db.session(), guest.copy, guest.link, variant_id)
    except (NotSold, NoMore, TooManyAdded) as no:
        raise Invalid(button_of(variant_id), no.text) from None


def remove(guest: Guest, variant_id: int) -> None:
    """Take what the customer added out of this guest's copy; what is out already stays out."""
    with suppress(NotAdded):
        adding.remove(db.session(), guest.copy, guest.link, variant_id)


def button_of(variant_id: int) -> str:
    """The name by which the *Add* of a variant is called in what is wrong with a form."""
    return f"{ADD}{variant_id}"


def _is_left_out(guest: Guest, line_no: int) -> bool:
    """Whether the customer went on without a line that a page shown before their copy came back still has."""
    lines = links.list_lines(db.session(), guest.link.id)
    return guest.link.changes != "pick_one" and line_no in {line.line_no for line in lines}


def _set(guest: Guest, line_no: int, quantity: int) -> None:
    try:
        checkout.set_quantity(db.session(), guest.copy, guest.link, line_no, quantity)
    except (TooMany, NotInPacks, SpecialPriceFixed) as no:
        raise Invalid(f"{quantities.PREFIX}{line_no}", no.text) from None


def _set_added(guest: Guest, variant_id: int, quantity: int) -> None:
    try:
        adding.set_quantity(db.session(), guest.copy, guest.link, variant_id, quantity)
    except (TooMany, NotInPacks, TooFewLeft, NoneLeft) as no:
        raise Invalid(f"{quantities.ADDED}{variant_id}", no.text) from None
    except NotAdded as no:
        raise Invalid("form", no.text) from None


def _name_prices(guest: Guest, typed: Mapping[str, str]) -> None:
    link = guest.link
    guests.introduce(guest)
    held = {line.line_no: line.unit_amount for line in guest.copy.lines if line.kind == "item"}
    for line_no, amount in amount_fields.read_amounts(typed, link.currency, formatting.locale()).items():
        # With one to pick from, the fields of the others are no wish of anybody's.
        if held.get(line_no) != amount and (line_no in held or link.changes != "pick_one"):
            _name_price(guest, line_no, amount)


def _name_price(guest: Guest, line_no: int, amount: int) -> None:
    field = f"{amount_fields.PREFIX}{line_no}"
    try:
        amounts.set_amount(db.session(), guest.copy, guest.link, line_no, amount)
    except AmountTooSmall as no:
        least = formatting.amount(no.least, guest.link.currency)
        raise Invalid(field, _("Enter at least {amount}", amount=least)) from None
    except AmountTooLarge as no:
        raise Invalid(field, no.text) from None
