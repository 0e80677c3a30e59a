"""Where payment providers send their events: believed by their signature alone, kept, and answered at once."""

from flask import Blueprint, Response, make_response, request

from sales_portal.orders import inbox
from sales_portal.orders.errors import EventRefused
from sales_portal.storefront import limits, ways
from sales_portal.storefront.errors import UnknownLink
from sales_portal.web.extensions import db

blueprint = Blueprint("provider_events", __name__, url_prefix="/provider-events")


@blueprint.post("/<gateway>")
def receive(gateway: str) -> Response:
    """Keep an event; twice is once. Who is wrong too often waits, and who signs never does."""
    sender = ways.gateways().get(gateway)
    if sender is None:
        limits.count_miss()
        raise UnknownLink
    try:
        inbox.receive(db.session(), sender, dict(request.headers), request.get_data())
    except EventRefused:
        limits.count_miss()
        raise
    return make_response("", 204)
