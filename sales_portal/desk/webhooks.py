"""Developers → Webhooks: which systems are told what happens, their secrets, and whether they may still be told."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, render_template, request, url_for

from sales_portal.accounts.permissions import Permission
from sales_portal.automation import webhooks as following
from sales_portal.core import clock, paging
from sales_portal.core.db import is_id
from sales_portal.core.errors import Invalid, NotFound
from sales_portal.desk.forms.webhooks import EVERY_SITE, WebhookForm
from sales_portal.messaging import endpoints, webhooks
from sales_portal.messaging import queries as messaging
from sales_portal.messaging.receivers import Receivers
from sales_portal.messaging.webhook_models import Endpoint, WebhookDelivery
from sales_portal.orders import alerting
from sales_portal.sites import queries as sites
from sales_portal.sites.models import Site
from sales_portal.web import edge, htmx, staff
from sales_portal.web.extensions import db

blueprint = Blueprint("webhooks", __name__, url_prefix="/developers/webhooks")


@blueprint.get("")
@staff.permit(Permission.DEVELOPERS)
def index() -> Response:
    """Where webhooks go."""
    found = messaging.list_endpoints(db.session())
    return make_response(render_template(
        "desk/webhooks/index.html", endpoints=found, may_edit=_may_edit(), known=len(endpoints.EVENTS)))


@blueprint.get("/new")
@staff.permit(Permission.DEVELOPERS_EDIT)
def new() -> Response:
    """Ask where to send what."""
    return _new(WebhookForm(formdata=None, data={"events": [event.value for event in endpoints.EVENTS]}))


@blueprint.post("")
@staff.permit(Permission.DEVELOPERS_EDIT)
def create() -> Response:
    """Have it sent from now on; on a mistake, the same page with everything typed."""
    typed = WebhookForm()
    try:
        _look_up(typed.url.data or "")
        endpoint = endpoints.create_endpoint(
            db.session(), typed.url.data or "", typed.events.data, site=_site(typed), receivers=_receivers(),
            by=staff.current_staff().actor)
    except Invalid as refusal:
        return _new(typed, refusal, 422)
    flash("The webhook is on. Send a test to see that it arrives.", "success")
    return htmx.go(url_for(".show", endpoint_id=endpoint.id))


@blueprint.get("/<int:endpoint_id>")
@staff.permit(Permission.DEVELOPERS)
def show(endpoint_id: int) -> Response:
    """One webhook: what is sent, its secret, and what was sent."""
    endpoint = _find(endpoint_id)
    return _page(endpoint, WebhookForm.of(endpoint))


@blueprint.post("/<int:endpoint_id>")
@staff.permit(Permission.DEVELOPERS_EDIT)
def change(endpoint_id: int) -> Response:
    """Keep what was changed; on a mistake, the same page with everything typed."""
    _find(endpoint_id)
    typed = WebhookForm()
    try:
        _look_up(typed.url.data or "")
        endpoints.change_endpoint(
            db.session(), _find(endpoint_id), typed.url.data or "", typed.events.data, site=_site(typed),
            receivers=_receivers(), by=staff.current_staff().actor)
    except Invalid as refusal:
        return _page(_find(endpoint_id), typed, refusal, 422)
    flash("Saved.", "success")
    return htmx.go(url_for(".show", endpoint_id=endpoint_id))


@blueprint.post("/<int:endpoint_id>/secret")
@staff.permit(Permission.DEVELOPERS_EDIT)
def reveal(endpoint_id: int) -> Response:
    """Show the secret, to who asked and this once."""
    endpoint = _find(endpoint_id)
    return _page(endpoint, WebhookForm.of(endpoint), secrets=tuple(endpoints.secrets_of(endpoint)))


@blueprint.post("/<int:endpoint_id>/secret/rotation")
@staff.permit(Permission.DEVELOPERS_EDIT)
def rotate(endpoint_id: int) -> Response:
    """Give it a new secret beside the one it has."""
    endpoint = _find(endpoint_id)
    endpoints.rotate_secret(db.session(), endpoint, by=staff.current_staff().actor)
    both = " Messages bear both signatures for 24 hours." if endpoint.signs_twice_until(clock.now()) else ""
    flash(f"There is a new secret.{both}", "success")
    return htmx.go(url_for(".show", endpoint_id=endpoint_id))


@blueprint.post("/<int:endpoint_id>/deactivation")
@staff.permit(Permission.DEVELOPERS_EDIT)
def turn_off(endpoint_id: int) -> Response:
    """Send nothing there any more."""
    endpoints.turn_off(db.session(), _find(endpoint_id), by=staff.current_staff().actor)
    flash("The webhook is off.", "success")
    return htmx.go(url_for(".show", endpoint_id=endpoint_id))


@blueprint.post("/<int:endpoint_id>/activation")
@staff.permit(Permission.DEVELOPERS_EDIT)
def turn_on(endpoint_id: int) -> Response:
    """Send there again; whoever was told that it was turned off need not look any more."""
    endpoint = _find(endpoint_id)
    endpoints.turn_on(db.session(), endpoint, by=staff.current_staff().actor)
    alerting.end_alert(db.session(), following.OFF_ALERT, following.about_of(endpoint))
    flash("The webhook is on.", "success")
    return htmx.go(url_for(".show", endpoint_id=endpoint_id))


@blueprint.get("/<int:endpoint_id>/removal")
@staff.permit(Permission.DEVELOPERS_EDIT)
def ask_removal(endpoint_id: int) -> Response:
    """Ask whether it is meant."""
    return make_response(render_template("desk/webhooks/remove.html", endpoint=_find(endpoint_id)))


@blueprint.post("/<int:endpoint_id>/removal")
@staff.permit(Permission.DEVELOPERS_EDIT)
def remove(endpoint_id: int) -> Response:
    """Take it away."""
    endpoint = _find(endpoint_id)
    alerting.end_alert(db.session(), following.OFF_ALERT, following.about_of(endpoint))
    endpoints.remove_endpoint(db.session(), endpoint, by=staff.current_staff().actor)
    flash("The webhook is gone.", "success")
    return htmx.go(url_for(".index"))


@blueprint.post("/<int:endpoint_id>/test")
@staff.permit(Permission.DEVELOPERS_EDIT)
def test(endpoint_id: int) -> Response:
    """Send a message that says nothing but that it arrives, and go to see what comes of it."""
    sent = webhooks.send_test(db.session(), _find(endpoint_id))
    return htmx.go(url_for("desk.webhook_deliveries.show", delivery_id=sent.id))


def _find(endpoint_id: int) -> Endpoint:
    endpoint = messaging.get_endpoint(db.session(), endpoint_id) if is_id(endpoint_id) else None
    if endpoint is None:
        raise NotFound(thing="this webhook")
    return endpoint


def _look_up(url: str) -> None:
    receivers = _receivers()
    receiver = receivers.read(url)
    # The resolver may be slow, and nobody else must wait for us meanwhile.
    edge.let_go()
    staff.read_again()
    receivers.find(receiver)


def _receivers() -> Receivers:
    found: Receivers = current_app.extensions["receivers"]
    return found


def _site(typed: WebhookForm) -> Site | None:
    if not typed.site.data or typed.site.data == EVERY_SITE:
        return None
    site = sites.get_site(db.session(), typed.site.data)
    if site is None:
        raise Invalid("site", "Choose a site of the list")
    return site


def _new(form: WebhookForm, problem: Invalid | None = None, status: int = 200) -> Response:
    return make_response(render_template("desk/webhooks/new.html", **_typed(form, problem)), status)


def _page(endpoint: Endpoint, form: WebhookForm, problem: Invalid | None = None, status: int = 200, *,
          secrets: tuple[str, ...] = ()) -> Response:
    page = paging.read(db.session(), messaging.list_webhook_deliveries(endpoint), WebhookDelivery.id,
                       request.args.get("before"))
    pages = {"older_url": url_for(".show", endpoint_id=endpoint.id, before=page.older) if page.older else "",
             "newest_url": "" if page.is_first else url_for(".show", endpoint_id=endpoint.id)}
    answer = make_response(render_template(
        "desk/webhooks/show.html", endpoint=endpoint, page=page, pages=pages, secrets=secrets, may_edit=_may_edit(),
        both_until=endpoint.signs_twice_until(clock.now()), **_typed(form, problem)), status)
    if secrets:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _typed(form: WebhookForm, problem: Invalid | None) -> dict[str, Any]:
    wrong = {problem.field or "": problem.text} if problem is not None else {}
    choices = [(EVERY_SITE, "Every site"), *((site.slug, site.name) for site in sites.list_sites(db.session()))]
    return {"form": form, "wrong": wrong, "site_choices": choices,
            "known_events": [event.value for event in endpoints.EVENTS]}


def _may_edit() -> bool:
    return staff.current_staff().may(Permission.DEVELOPERS_EDIT)
