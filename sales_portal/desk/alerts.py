"""Alerts: what a person must look at, saying that it is settled, and having done again what was tried in vain."""

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.core.errors import NotFound
from sales_portal.orders import alerting
from sales_portal.outbox import queries as outbox
from sales_portal.outbox import waking
from sales_portal.web import htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("alerts", __name__, url_prefix="/alerts")


@blueprint.get("")
@staff.permit(Permission.MAILBOX)
def index() -> Response:
    """What is open and which jobs were given up, newest first."""
    return make_response(render_template(
        "desk/alerts/index.html", alerts=alerting.list_open(db.session()), jobs=outbox.list_given_up(db.session())))


@blueprint.post("/<int:key>/settlement")
@staff.permit(Permission.MAILBOX)
def settle(key: int) -> Response:
    """Somebody has looked after it; a rule that stays broken is raised again."""
    alert = next((alert for alert in alerting.list_open(db.session()) if alert.id == key), None)
    if alert is None:
        raise NotFound(thing="this alert")
    alerting.end_alert(db.session(), alert.code, alert.about)
    flash(f"{alert.code} is settled.", "success")
    return htmx.go(url_for(".index"))


@blueprint.post("/jobs/<int:key>/repetition")
@staff.permit(Permission.MAILBOX)
def repeat(key: int) -> Response:
    """Have a job done that was given up; what it needs is back, or was mended."""
    if key >= 2**63 or not waking.try_again(db.session(), key):
        raise NotFound(thing="this job")
    flash("The worker tries it again now.", "success")
    return htmx.go(url_for(".index"))
