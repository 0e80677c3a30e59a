"""The step between *Continue* and the details where a site asks for it: a code by mail shows whose address it is."""

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from sales_portal.checkout import fixed, signing_in
from sales_portal.checkout.errors import OtherEmail
from sales_portal.checkout.signing_in import Tried
from sales_portal.core.errors import Invalid
from sales_portal.core.translation import N_, _
from sales_portal.customers import service as customers
from sales_portal.links import queries as links
from sales_portal.storefront import details, frame, guards, guests, limits, masks
from sales_portal.storefront.forms.texts import one_line
from sales_portal.storefront.guests import Guest
from sales_portal.web.extensions import db
from sales_portal.web.public_forms import ForeignForm

blueprint = Blueprint("sign_in", __name__, url_prefix=guests.PREFIX)

PROBLEMS = {
    Tried.WRONG: N_("This is not the code we sent. Look at the newest mail and type all six digits"),
    Tried.OVER: N_("This code is over: it works for 10 minutes and five tries. Get a new one")}
TOO_MANY = N_("You asked for many codes. Wait an hour before you ask for another one")


@blueprint.get("/sign-in")
@guards.at_sign_in
def show(guest: Guest) -> ResponseReturnValue:
    """Ask for the address, or for the code that was sent to it."""
    problem = next((text for tried, text in PROBLEMS.items() if tried == request.args.get("problem")), "")
    return page(guest, {"code": _(problem)} if problem else {})


@blueprint.post("/sign-in")
@guards.at_sign_in
def send(guest: Guest) -> ResponseReturnValue:
    """Mail a code, a new one where there was one."""
    try:
        guest.check_form()
        email = _address(guest)
        if not limits.may_send_code(email):
            return page(guest, {"email": _(TOO_MANY)}, 429)
        links.name_people(db.session(), guest.link)
        signing_in.send_code(db.session(), guest.copy, guest.link, email)
    except ForeignForm as stale:
        return page(guest, {"form": stale.text}, stale.status)
    except (Invalid, OtherEmail) as no:
        db.session.rollback()
        return page(guests.receive(guest.public_id, guest.token), {"email": no.text}, 422)
    return redirect(guest.url("sign_in.show"), 303)


@blueprint.post("/sign-in/code")
@guards.at_sign_in
def enter(guest: Guest) -> ResponseReturnValue:
    """Go on with the right code. A wrong one is counted, so the answer that says so must not undo that."""
    try:
        guest.check_form()
    except ForeignForm as stale:
        return page(guest, {"form": stale.text}, stale.status)
    typed = "".join(one_line(request.form.get("code", "")[:40]).split())
    tried = signing_in.try_code(db.session(), guest.copy, guest.link, typed)
    if tried is not Tried.RIGHT:
        return redirect(guest.url("sign_in.show", problem=tried.value), 303)
    return redirect(details.next_page(guest), 303)


def page(guest: Guest, errors: dict[str, str] | None = None, status: int = 200) -> Response:
    """The step as it stands, with what is wrong."""
    guests.introduce(guest)
    errors, link = errors or {}, guest.link
    code = None if "other" in request.args or "email" in errors else signing_in.get_code(db.session(), guest.copy)
    locked = fixed.values_of(link).get("email", "")
    only = str(link.prefill.get("email", "")) if link.only_email_may_pay else locked
    return frame.page(
        "storefront/sign_in/show.html", guest, status, errors=errors, sent_to=code.email if code is not None else "",
        typed=one_line(request.form.get("email", "")) or guest.copy.email, is_fixed=bool(locked),
        only_email=masks.email(only) if only else "",
        mistakes=[(f"field-{name}", text) for name, text in errors.items() if name != "form"])


def _address(guest: Guest) -> str:
    """The address the code goes to; refuses with `Invalid` what is none."""
    return fixed.values_of(guest.link).get("email") or customers.clean_email(one_line(request.form.get("email", "")))
