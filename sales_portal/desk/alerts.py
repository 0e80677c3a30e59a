"""Alerts: what a person must look at, and saying that it is settled."""

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import NotFound
from sales_portal.orders import alerting
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("alerts", __name__, url_prefix="/alerts")


@blueprint.get("")
@staff.permit(Permission.MAILBOX)
def index() -> Response:
    """What is open, newest first."""
    return make_response(render_template("desk/alerts/index.html", alerts=alerting.list_open(db.session())))


@blueprint.post("/<int:key>/end")
@staff.permit(Permission.MAILBOX)
def settle(key: int) -> Response:
    """Somebody has looked after it; a rule that stays broken is raised again."""
    alert = next((alert for alert in alerting.list_open(db.session()) if alert.id == key), None)
    if alert is None:
        raise NotFound(thing="this alert")
    alerting.end_alert(db.session(), alert.code, alert.about)
    flash(f"{alert.code} is settled.", "success")
    return htmx.go(url_for(".index"))
