"""A discount code on the public pages: typed in a field of the page's own form, taken away by a button of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from sales_portal.checkout import codes
from sales_portal.checkout.codes import Code
from sales_portal.checkout.errors import CodeRefused
from sales_portal.checkout.models import CheckoutSession
from sales_portal.links.models import CheckoutLink
from sales_portal.links.parameters import LONGEST_CODE
from sales_portal.storefront import guards, guests, limits
from sales_portal.storefront.forms.texts import one_line
from sales_portal.storefront.guests import Guest
from sales_portal.web.extensions import db

blueprint = Blueprint("codes", __name__, url_prefix=guests.PREFIX)

FIELD = "code"


@dataclass(frozen=True, slots=True)
class CodePart:
    """What a page shows of codes: the one in use, or the field with what was typed and why it did not do."""

    used: Code | None
    typed: str
    error: str


@blueprint.post("/code/removal")
@guards.at_copy
def remove(guest: Guest) -> ResponseReturnValue:
    """Take the code away, and show the page it was taken away on."""
    guest.check_form()
    codes.remove_code(db.session(), guest.copy, guest.link)
    if request.form.get("at") == "delivery":
        return redirect(guest.url("delivery.show", _anchor=FIELD), 303)
    return redirect(guest.items_url(_anchor=FIELD), 303)


def use_typed(guest: Guest, typed: Mapping[str, str]) -> str:
    """Use the code a form holds, if any; the reason where it takes nothing off, else empty.

    Raises `CodesNotAllowed` for a form that was made up: no page of such a link has the field.
    """
    text = one_line(typed.get(FIELD, ""))
    if not text or guest.visit is None:
        return ""
    limits.count_code()
    try:
        codes.use_code(db.session(), guest.visit, guest.link, text)
    except CodeRefused as no:
        return no.text
    return ""


def part(link: CheckoutLink, visit: CheckoutSession | None, typed: str = "", error: str = "") -> CodePart | None:
    """What a page shows of codes; None where the link takes none."""
    if not link.allows_discount_codes:
        return None
    return CodePart(codes.code_of(visit) if visit is not None else None, typed[:LONGEST_CODE], error)
