"""The history read for the receivers of webhooks: each fact they asked for becomes one message to each of them."""

from datetime import timedelta

import structlog
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from sales_portal.automation import payloads
from sales_portal.automation.payloads import Payload
from sales_portal.core import clock
from sales_portal.history.models import Event
from sales_portal.messaging import endpoints, webhooks
from sales_portal.messaging.webhook_models import Endpoint, WebhookDelivery
from sales_portal.orders import alerting
from sales_portal.outbox.loop import Handler
from sales_portal.outbox.models import Job

FOLLOW = "webhooks.follow"
PERIODIC = {FOLLOW: 5}
AT_ONCE = 100
OVERLAP = timedelta(minutes=15)
"""A fact is dated when it is written and seen when its transaction ends: longer than any of those lasts."""
OFF_ALERT = "webhook_off"
Known = dict[tuple[str, int], Payload]
"""What is said of orders and links, by the name of their table and their id."""
_REASONS = {
    endpoints.GONE: "it answered 410: the receiver says it is gone for good",
    endpoints.FAILING: f"it has taken nothing for {webhooks.GIVES_UP_AFTER.days} days",
    endpoints.SEALED: "its secret cannot be opened: LINK_KEY is another than when it was made"}

log = structlog.get_logger()


def handlers() -> dict[str, Handler]:
    """The topics of this module, each with what does it."""
    return {FOLLOW: follow, endpoints.TURNED_OFF: _tell}


def follow(session: Session, job: Job) -> None:
    """Queue a message for every fact that was written since, to everyone who asked for it; `AT_ONCE` of them at most.

    Whoever is furthest behind comes first. One that cannot be told keeps nobody else waiting.
    """
    query = select(Endpoint).where(Endpoint.off_at.is_(None)).order_by(Endpoint.followed_at, Endpoint.id)
    left, known = AT_ONCE, Known()
    for endpoint in session.scalars(query).all():
        try:
            with session.begin_nested():
                left -= _tell_of_all(session, endpoint, left, known)
        except Exception:
            log.exception("webhook.cannot_follow", endpoint=endpoint.id)
        if left <= 0:
            break


def _tell_of_all(session: Session, endpoint: Endpoint, at_most: int, known: Known) -> int:
    at, events = clock.now(), _list_unsent(session, endpoint, at_most)
    for event in events:
        webhooks.queue_written(session, message_of(session, endpoint, event, known))
    endpoint.followed_at = events[-1].at if len(events) == at_most else at
    return len(events)


def message_of(session: Session, endpoint: Endpoint, event: Event, known: Known) -> WebhookDelivery:
    """What `endpoint` is told of a fact; `known` is what others were told of it a moment ago."""
    about = (event.subject_type, event.subject_id)
    data = known[about] = known.get(about) or payloads.of_event(session, event)
    [number] = (said["number"] for said in data.values())
    return webhooks.write(endpoint, event.name, data, at=event.at, fact=event, about=number)


def _list_unsent(session: Session, endpoint: Endpoint, at_most: int) -> list[Event]:
    since = max(endpoint.follows_from, endpoint.followed_at - OVERLAP)
    is_known = exists(select(WebhookDelivery.id).where(
        WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.event_id == Event.id))
    query = select(Event).where(Event.at >= since, Event.name.in_(endpoint.events), ~is_known)
    if endpoint.site_id is not None:
        query = query.where(payloads.is_of(endpoint.site_id))
    return list(session.scalars(query.order_by(Event.at, Event.id).limit(at_most)))


def _tell(session: Session, job: Job) -> None:
    endpoint = session.get(Endpoint, job.subject_id)
    if endpoint is not None and endpoint.off_reason:
        alerting.raise_alert(
            session, OFF_ALERT, f"The webhook to {endpoint.url} was turned off, since {_REASONS[endpoint.off_reason]}. "
            "See to it and turn it on again: what happened meanwhile is sent then.", about_of(endpoint))


def about_of(endpoint: Endpoint) -> str:
    """How the alert names an endpoint."""
    return f"webhook {endpoint.id}"
