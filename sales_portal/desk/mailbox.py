"""The mailbox: every mail the portal sent, and one of them as its recipient reads it."""

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core.db import is_id
from sales_portal.core.errors import NotFound
from sales_portal.desk import listing
from sales_portal.desk.forms.lists import ListFilters
from sales_portal.messaging import queries as messaging
from sales_portal.messaging import service as messages
from sales_portal.messaging.models import Delivery
from sales_portal.messaging.service import Bodies
from sales_portal.reports import mail_list
from sales_portal.web import staff
from sales_portal.web.extensions import db

blueprint = Blueprint("mailbox", __name__, url_prefix="/mailbox")

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox"
"""A mail's own HTML may draw itself and nothing more: no script, no form, no origin of ours."""


@blueprint.get("")
@staff.permit(Permission.MAILBOX)
def index() -> Response:
    """The mails, newest first; a filter swaps the list in place."""
    filters = ListFilters(request.args)
    found = mail_list.list_mails(filters.q.data or "", filters.chosen(mail_list.STATES))
    page = listing.read(found, Delivery.id)
    return listing.answer("mailbox", filters, page, found, Delivery.id, states=mail_list.STATES)


@blueprint.get("/<int:key>")
@staff.permit(Permission.MAILBOX)
def show(key: int) -> Response:
    """One mail with its text part."""
    mail = _find(key)
    return make_response(render_template(
        "desk/mailbox/show.html", mail=mail, text=_bodies(mail).text, html_url=url_for(".html", key=mail.id),
        shows_addresses=current_app.config["DEMO"]))


@blueprint.get("/<int:key>/html")
@staff.permit(Permission.MAILBOX)
def html(key: int) -> Response:
    """The HTML part of a mail as a page of its own that can do nothing."""
    response = make_response(_bodies(_find(key)).html)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _find(key: int) -> Delivery:
    mail = messaging.get_delivery(db.session(), key) if is_id(key) else None
    if mail is None:
        raise NotFound(thing="this mail")
    return mail


def _bodies(mail: Delivery) -> Bodies:
    """What the recipient reads; a real portal keeps the secret address to the recipient."""
    if current_app.config["DEMO"]:
        return messages.display_body(mail)
    return Bodies(mail.body_text, mail.body_html)
