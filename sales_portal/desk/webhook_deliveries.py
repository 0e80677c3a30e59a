"""Developers → Webhooks → one message: what was sent, what was answered, and sending it again."""

import json

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core.db import is_id
from sales_portal.core.errors import NotFound
from sales_portal.messaging import queries as messaging
from sales_portal.messaging import webhook, webhooks
from sales_portal.messaging.webhook_models import WebhookDelivery
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("webhook_deliveries", __name__, url_prefix="/developers/webhooks/deliveries")


@blueprint.get("/<int:delivery_id>")
@staff.permit(Permission.DEVELOPERS)
def show(delivery_id: int) -> Response:
    """One message with every try; while it is on its way the page looks again by itself."""
    delivery = _find(delivery_id)
    headers = {attempt.attempt: webhook.headers_of(delivery.message_id, attempt.at, attempt.signature)
               for attempt in delivery.attempts}
    # What is signed has no spaces between; a person reads it better with some.
    body = json.dumps(json.loads(delivery.body), ensure_ascii=False, indent=2)
    shown = {"delivery": delivery, "headers": headers, "body": body,
             "may_edit": staff.current_staff().may(Permission.DEVELOPERS_EDIT)}
    if htmx.is_htmx():
        return htmx.fragments(render_template("desk/webhooks/_message.html", **shown))
    return make_response(render_template("desk/webhooks/delivery.html", **shown))


@blueprint.post("/<int:delivery_id>/repetition")
@staff.permit(Permission.DEVELOPERS_EDIT)
def repeat(delivery_id: int) -> Response:
    """Send the same message once more."""
    sent = webhooks.send_again(db.session(), _find(delivery_id))
    flash("It is sent again.", "success")
    return htmx.go(url_for(".show", delivery_id=sent.id))


def _find(delivery_id: int) -> WebhookDelivery:
    delivery = messaging.get_webhook_delivery(db.session(), delivery_id) if is_id(delivery_id) else None
    if delivery is None:
        raise NotFound(thing="this message")
    return delivery
