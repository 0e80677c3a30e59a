"""The first page as a customer will see it, before there is a link: for staff alone, shown in a frame, and inert."""

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template

from sales_portal.core import clock
from sales_portal.links import service as links
from sales_portal.links.languages import language_of
from sales_portal.links.models import CheckoutLink
from sales_portal.links.terms import default_terms
from sales_portal.selections import basket as baskets
from sales_portal.selections import queries as selections
from sales_portal.storefront import codes, frame, masks, offers, speech, ways
from sales_portal.storefront.errors import UnknownLink
from sales_portal.web import previews, security, totals
from sales_portal.web import staff as staff_sessions
from sales_portal.web.extensions import db

blueprint = Blueprint("preview", __name__, url_prefix="/preview")


@dataclass(frozen=True, slots=True)
class Nobody:
    """Who looks at a preview: no link's address is theirs, so every form and link of the page leads nowhere."""

    link: CheckoutLink

    def url(self, _endpoint: str, **_values: object) -> str:
        """Nowhere."""
        return "#"

    def items_url(self, **_values: object) -> str:
        """Nowhere."""
        return "#"


@blueprint.get("/<token>")
def show(token: str) -> Response:
    """The page a link of this selection would open with; an unknown address to whoever is not signed in."""
    selection = selections.get_selection(db.session(), previews.read(token) or 0)
    if selection is None or staff_sessions.who() is None:
        raise UnknownLink
    basket = baskets.read_basket(db.session(), selection)
    link = links.would_be(basket, default_terms(basket, clock.now()))
    # As whoever gets it will read it, whatever language this browser chose for itself.
    speech.speak_as(link, language_of(link))
    priced = [row.available for row in basket.rows if row.unit_amount is not None]
    offer = offers.of_draft(db.session(), link, priced)
    response = make_response(render_template(
        "storefront/landing/show.html", guest=Nobody(link), link=link, site=frame.brand_of(link.site),
        contact=frame.contact_of(link), form_token="", offer=offer, typed={},
        errors={}, mistakes=[], preview=True, framed=True, shows_all=False,
        total_rows=totals.rows(offer.totals, link, offer.lines_count), was_asked=False,
        host=frame.addresses().base_url.split("://")[-1],
        carried={}, has_ended=False, masked_email=masks.email(str(link.prefill.get("email", ""))), opened_url=None,
        code=codes.part(link, None), pay_promise=ways.promise(link)))
    return security.may_be_framed(response)
