"""A link on paper: its QR code as files to keep, and a card to print and hand over."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Blueprint, Response, make_response, render_template

from sales_portal.accounts.permissions import Permission
from sales_portal.core import clock, translation
from sales_portal.core.translation import _
from sales_portal.desk import link_acts, qr
from sales_portal.desk import links as link_pages
from sales_portal.links import service as links
from sales_portal.links.languages import language_of
from sales_portal.links.models import CheckoutLink
from sales_portal.web import staff

blueprint = Blueprint("link_card", __name__, url_prefix="/links/<number>")


@blueprint.get("/qr.svg")
@staff.permit(Permission.LINK_SEND)
def svg(number: str) -> Response:
    """The QR code of a link, for the page to show and for people to keep; drawn only when it is looked at."""
    return _file(link_pages.find_link(number), "svg")


@blueprint.get("/qr.png")
@staff.permit(Permission.LINK_SEND)
def png(number: str) -> Response:
    """The same for programs that take no SVG."""
    return _file(link_pages.find_link(number), "png")


@blueprint.get("/card")
@staff.permit(Permission.LINK_SEND)
def card(number: str) -> Response:
    """A page that prints as one card of A6: whose it is, the code, the address, and until when in words."""
    link, at = link_pages.find_link(number), clock.now()
    if not link_acts.acts_on(link, staff.current_staff(), at).sees_address:
        raise links.ended(link, at)
    spoken = language_of(link)
    with translation.speaking(spoken):
        headline = _("{agent} picked these for you", agent=link.agent.first_name)
        until = _("Valid until {day}", day=_in_words(link.expires_at, link)) if link.expires_at else \
            _("Valid until further notice")
    return make_response(render_template(
        "desk/links/card.html", link=link, url=link_pages.address_of(link), headline=headline, until=until,
        spoken=spoken, direction=translation.direction(spoken)))


def _file(link: CheckoutLink, kind: str) -> Response:
    url = link_pages.address_of(link)
    response = make_response(qr.svg_of(url) if kind == "svg" else qr.png_of(url))
    response.mimetype = "image/svg+xml" if kind == "svg" else "image/png"
    response.headers["Content-Disposition"] = f'attachment; filename="{link.number}.{kind}"'
    return response


def _in_words(at: datetime, link: CheckoutLink) -> str:
    """The day as its customer says it: Monday, 21 December 2026."""
    there = at.astimezone(ZoneInfo(link.site.time_zone)).date()
    return format_date(there, format="full", locale=translation.written_in(translation.language(), link.market.locale))
