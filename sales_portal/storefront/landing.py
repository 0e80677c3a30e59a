"""The first page of a link: the whole offer and its state. Looking changes nothing; *Continue* makes a private copy."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from sales_portal.core.errors import Invalid
from sales_portal.links.errors import LinkNotOpen
from sales_portal.links.state import LinkState
from sales_portal.storefront import (
    changes,
    details,
    endings,
    frame,
    guests,
    limits,
    masks,
    offers,
    opening,
    receipt,
    totals,
)
from sales_portal.storefront.guests import Guest
from sales_portal.web import public_forms
from sales_portal.web.extensions import db
from sales_portal.web.public_forms import ForeignForm

blueprint = Blueprint("landing", __name__, url_prefix=guests.PREFIX)


@blueprint.get("")
@guests.at_door
def show(guest: Guest) -> ResponseReturnValue:
    """The offer; what came of it where this browser bought it; or why it can't be bought now."""
    if guest.has_bought:
        return receipt.page_of(guest)
    if not guest.can_go_on() and guest.state is not LinkState.ACTIVE:
        return endings.page(guest)
    return page(guest)


@blueprint.post("/visit")
@limits.per_link_claims
@guests.at_lock
def visit(guest: Guest) -> ResponseReturnValue:
    """*Continue*: make the private copy, with what was changed on the page, and go to the first page that asks."""
    return _changed(guest, lambda: details.next_page(guest))


@blueprint.post("/lines/<int:line_no>/quantity")
@limits.per_link_claims
@guests.at_lock
def quantity(guest: Guest, line_no: int) -> ResponseReturnValue:
    """Take another quantity; every quantity of the page is read, so that none typed is lost."""
    return _changed(guest, lambda: guest.url("landing.show", _anchor=f"field-quantity-{line_no}"))


@blueprint.post("/choice")
@limits.per_link_claims
@guests.at_lock
def choice(guest: Guest) -> ResponseReturnValue:
    """Pick another one of the products."""
    return _changed(guest, lambda: guest.url("landing.show"))


@blueprint.post("/opened")
@guests.at_door
def opened(guest: Guest) -> ResponseReturnValue:
    """The page says that a person is looking at it."""
    public_forms.check_source()
    opening.note(guest)
    return "", 204


def page(guest: Guest, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None,
         status: int = 200) -> Response:
    """The offer as it stands for this browser, with what was typed and what is wrong with it."""
    guests.introduce(guest)
    copy, errors = guest.visit if guest.can_go_on() else None, errors or {}
    offer = offers.offer_of(db.session(), guest.link, copy)
    is_preview = request.args.get("preview") == "1"
    return frame.page(
        "storefront/landing/show.html", guest, status, offer=offer, typed=typed or {}, errors=errors,
        mistakes=[(f"field-{name}", text) for name, text in errors.items() if name != "form"], preview=is_preview,
        total_rows=totals.rows(offer.totals, guest.link, offer.lines_count), shows_all="all" in request.args,
        was_asked="asked" in request.args, host=frame.addresses().base_url.split("://")[-1],
        masked_email=masks.email(str(guest.link.prefill.get("email", ""))) if copy is None else "",
        opened_url=None if is_preview else guest.url("landing.opened"))


def _changed(guest: Guest, where: Callable[[], str]) -> ResponseReturnValue:
    """Claim and change, then go `where`; on a mistake show the page again with everything typed."""
    public_id, token = guest.public_id, guest.token
    if request.form.get("preview") == "1":
        return redirect(guest.url("landing.show", preview=1), 303)
    try:
        guest.check_form()
        guest.claim(changes.picked(request.form), opened_by=opening.mark(guest),
                    by_machine=opening.is_machine())
        if not guest.can_go_on():
            return redirect(guest.url("landing.show"), 303)
        changes.apply(guest, request.form)
        return redirect(where(), 303)
    except ForeignForm as stale:
        db.session.rollback()
        there = guests.receive(public_id, token)
        if not there.can_go_on() and there.state is not LinkState.ACTIVE:
            raise
        return page(there, request.form, {"form": stale.text}, stale.status)
    except LinkNotOpen:
        return redirect(guest.url("landing.show"), 303)
    except Invalid as no:
        db.session.rollback()
        return page(guests.receive(public_id, token), request.form, {str(no.field): no.text}, status=422)
