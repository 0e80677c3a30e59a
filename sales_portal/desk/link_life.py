"""The life of a link: longer, on hold, open again, withdrawn. Each act is a noun below the link's address."""

from datetime import timedelta

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core import clock
from sales_portal.core.errors import Invalid
from sales_portal.desk.forms.links import ExtensionForm, RevocationForm
from sales_portal.desk.links import find_link
from sales_portal.links import asking
from sales_portal.links import service as links
from sales_portal.links.models import CheckoutLink
from sales_portal.web import formatting, htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("link_life", __name__, url_prefix="/links/<number>")


@blueprint.get("/revocation")
@staff.permit(Permission.LINK_REVOKE)
def ask(number: str) -> Response:
    """Ask for the reason and say what the customer will see; a dialog for htmx, a page by itself."""
    return _ask(find_link(number), RevocationForm())


@blueprint.post("/revocation")
@staff.permit(Permission.LINK_REVOKE)
def revoke(number: str) -> Response:
    """Withdraw the link."""
    link, typed = find_link(number), RevocationForm()
    if not typed.validate():
        return _ask(link, typed, 422)
    links.revoke_link(db.session(), link, typed.reason.data or "", shows_reason=typed.shows_reason.data,
                      by=staff.current_staff().actor)
    return _back(link, f"{link.number} is revoked.")


@blueprint.post("/extension")
@staff.permit(Permission.LINK_CREATE)
def extend(number: str) -> Response:
    """Let the link last some days longer than it would."""
    link, typed = find_link(number), ExtensionForm()
    if not typed.validate() or link.expires_at is None:
        raise Invalid("days", "Choose 7 or 30 days")
    until = max(link.expires_at, clock.now()) + timedelta(days=typed.days.data or 0)
    links.extend_link(db.session(), link, until, by=staff.current_staff().actor)
    return _back(link, f"{link.number} works until {formatting.date(until)}.")


@blueprint.post("/pause")
@staff.permit(Permission.LINK_REVOKE)
def pause(number: str) -> Response:
    """Put the link on hold."""
    link = find_link(number)
    links.pause_link(db.session(), link, by=staff.current_staff().actor)
    return _back(link, f"{link.number} is on hold.")


@blueprint.post("/resumption")
@staff.permit(Permission.LINK_REVOKE)
def resume(number: str) -> Response:
    """Open the link again."""
    link = find_link(number)
    links.resume_link(db.session(), link, by=staff.current_staff().actor)
    return _back(link, f"{link.number} is open again.")


@blueprint.post("/answer")
@staff.permit(Permission.LINK_SEND)
def answer(number: str) -> Response:
    """Note that what the customer asked for was answered, by phone or otherwise."""
    link = find_link(number)
    asking.mark_answered(db.session(), link, by=staff.current_staff().actor)
    return _back(link, f"Noted: {link.number} is answered.")


@blueprint.post("/copies")
@staff.permit(Permission.LINK_SEND)
def note_copy(number: str) -> Response:
    """Note that the address was copied; the copying itself is the browser's."""
    link = find_link(number)
    links.mark_copied(db.session(), link, by=staff.current_staff().actor)
    return make_response("", 204) if htmx.is_htmx() else htmx.go(url_for("desk.links.show", number=link.number))


def _ask(link: CheckoutLink, typed: RevocationForm, status: int = 200) -> Response:
    template = "desk/links/_revocation.html" if htmx.is_htmx() else "desk/links/revocation.html"
    return make_response(render_template(template, link=link, form=typed, modal=htmx.is_htmx()), status)


def _back(link: CheckoutLink, said: str) -> Response:
    flash(said, "success")
    return htmx.go(url_for("desk.links.show", number=link.number))
