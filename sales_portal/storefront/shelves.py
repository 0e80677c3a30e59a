"""What of the shop a page under a link shows beside the offer: suggestions, and what was added just now."""

from collections.abc import Iterable, Mapping

from flask import request

from sales_portal.checkout import adding, shelf
from sales_portal.checkout.models import CheckoutSessionLine
from sales_portal.checkout.shelf import Good
from sales_portal.storefront import changes
from sales_portal.storefront.guests import Guest
from sales_portal.storefront.offers import Offer
from sales_portal.web.extensions import db

LONGEST_ID = 18


def is_open_to(guest: Guest) -> bool:
    """Whether this browser may look around in the shop and add what it likes."""
    return adding.may_add(guest.link) and not guest.has_bought and (
        guest.can_go_on() or guest.is_welcome)


def suggest(guest: Guest, offer: Offer) -> list[Good]:
    """A few products to add to `offer`, in one statement; none where nothing may be added or nothing can be bought."""
    if not is_open_to(guest) or offer.is_sold_out:
        return []
    held = {row.product_id for row in offer.rows if row.product_id is not None}
    return shelf.suggest(db.session(), guest.link, held)


def just_added(guest: Guest) -> CheckoutSessionLine | None:
    """The line of this browser's copy that the address says was added just now; None where there is none."""
    variant_id = number(request.args.get("added", ""))
    if variant_id is None or guest.visit is None or not guest.can_go_on():
        return None
    return adding.find_line(guest.visit, variant_id)


def placed(errors: Mapping[str, str], variant_ids: Iterable[int]) -> dict[str, str]:
    """`errors` with those of an *Add* that is no longer on the page said for the whole page."""
    shown = {changes.button_of(variant_id) for variant_id in variant_ids}
    return {"form" if name.startswith(changes.ADD) and name not in shown else name: text
            for name, text in errors.items()}


def number(text: str) -> int | None:
    """An id as an address or a form says it, or None."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_ID else None
