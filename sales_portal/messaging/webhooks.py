"""Messages to the receivers of webhooks: queued with a fact, tried until they are taken, sent again by hand."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.core import clock, tokens
from sales_portal.core.errors import NotFound
from sales_portal.history.models import Event
from sales_portal.history.service import SYSTEM
from sales_portal.messaging import endpoints, queries, webhook
from sales_portal.messaging.errors import EndpointIsOff, SecretUnreadable
from sales_portal.messaging.receivers import Receivers
from sales_portal.messaging.webhook import Reply
from sales_portal.messaging.webhook_models import Endpoint, WebhookAttempt, WebhookDelivery
from sales_portal.outbox import service as outbox
from sales_portal.outbox.errors import NotYet
from sales_portal.outbox.loop import Effect, Handler
from sales_portal.outbox.models import Job

DELIVER = "webhook.deliver"
TEST, TEST_WORDS = "webhook.test", "If you can read this, your webhook works."
MOST_ATTEMPTS = 13
"""The last is about three days and a half after the first."""
GIVES_UP_AFTER = timedelta(days=5)
"""A receiver that took nothing for so long is sent nothing any more, once a message to it is given up."""
SLOW_MILLISECONDS, RESTS_FOR_A_SLOW_ONE = 1000, 9
"""A receiver that takes longer than that for a message gets the next one only after nine times as long."""
SHORTEST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(hours=1)
_GONE = 410


def write(endpoint: Endpoint, name: str, data: Mapping[str, Any], *, at: datetime,
          fact: Event | None = None, about: str = "") -> WebhookDelivery:
    """The message `name` of what happened at `at` to the number `about`, ready for `queue_written`."""
    body = json.dumps({"type": name, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": data},
                      ensure_ascii=False, separators=(",", ":"))
    return WebhookDelivery(
        endpoint_id=endpoint.id, event_id=fact.id if fact is not None else None, name=name, about=about,
        message_id=f"msg_{tokens.new_public_id()}", body=body, created_at=clock.now())


def queue_written(session: Session, delivery: WebhookDelivery) -> WebhookDelivery:
    """Send a message once this transaction commits; nothing is sent before."""
    session.add(delivery)
    session.flush()
    _ask_for(session, delivery, attempt=1, not_before=None)
    return delivery


def send_test(session: Session, endpoint: Endpoint) -> WebhookDelivery:
    """Send `endpoint` a message that says nothing but that it arrives; refuses with `EndpointIsOff`."""
    _refuse_off(endpoint)
    endpoint.rests_until = None
    return queue_written(session, write(endpoint, TEST, {"message": TEST_WORDS}, at=clock.now()))


def send_again(session: Session, delivery: WebhookDelivery) -> WebhookDelivery:
    """Send the same message once more, whatever came of it before; refuses with `EndpointIsOff` and `NotFound`."""
    endpoint = queries.lock_endpoint(session, delivery.endpoint_id)
    if endpoint is None:
        raise NotFound(thing="this webhook")
    _refuse_off(endpoint)
    endpoint.rests_until = None
    latest = session.scalars(select(func.max(WebhookDelivery.repetition)).where(
        WebhookDelivery.message_id == delivery.message_id)).one()
    return queue_written(session, WebhookDelivery(
        endpoint_id=delivery.endpoint_id, event_id=delivery.event_id, name=delivery.name, about=delivery.about,
        message_id=delivery.message_id, repetition=(latest or 0) + 1, body=delivery.body, created_at=clock.now()))


def handlers(receivers: Receivers) -> dict[str, Handler]:
    """The one topic of webhooks."""
    return {DELIVER: lambda session, job: _deliver(session, job, receivers)}


def _refuse_off(endpoint: Endpoint) -> None:
    if endpoint.off_at is not None:
        raise EndpointIsOff


def _deliver(session: Session, job: Job, receivers: Receivers) -> Effect | None:
    delivery = session.get(WebhookDelivery, job.subject_id)
    if delivery is None or delivery.state != "queued":
        return None
    endpoint = session.get_one(Endpoint, delivery.endpoint_id)
    if endpoint.off_at is not None:
        delivery.state = "failed"
        return None
    at = clock.now()
    # A receiver that keeps us waiting must not use up the lane, one message after the other.
    if endpoint.rests_until is not None and at < endpoint.rests_until:
        raise NotYet(endpoint.rests_until)
    try:
        secrets = endpoints.secrets_of(endpoint)
    except SecretUnreadable:
        endpoints.turn_off(session, endpoint, by=SYSTEM, reason=endpoints.SEALED)
        delivery.state = "failed"
        return None
    tried = session.scalars(select(func.count()).where(WebhookAttempt.delivery_id == delivery.id)).one()
    signature = webhook.sign(secrets, delivery.message_id, at, delivery.body)
    headers = webhook.headers_of(delivery.message_id, at, signature)
    delivery_id, url, body = delivery.id, endpoint.url, delivery.body
    attempt = WebhookAttempt(delivery_id=delivery_id, attempt=tried + 1, at=at, signature=signature)
    return Effect(act=lambda: webhook.post(receivers, url, body, headers),
                  settle=lambda later, reply: _note(later, attempt, url, reply),
                  bury=lambda later, reason: _give_up(later, delivery_id))


def _note(session: Session, attempt: WebhookAttempt, url: str, reply: Reply) -> None:
    delivery = session.get(WebhookDelivery, attempt.delivery_id)
    # Locked first, as by who takes it away, which may have happened while the message was on its way.
    endpoint = queries.lock_endpoint(session, delivery.endpoint_id) if delivery is not None else None
    if delivery is None or endpoint is None:
        return
    attempt.status_code, attempt.milliseconds, attempt.problem = reply
    session.add(attempt)
    at = clock.now()
    if attempt.is_taken:
        delivery.state, delivery.delivered_at = "delivered", at
    elif reply.status_code == _GONE or attempt.attempt >= MOST_ATTEMPTS:
        delivery.state = "failed"
    else:
        _ask_for(session, delivery, attempt=attempt.attempt + 1,
                 not_before=at + outbox.waiting_time(attempt.attempt))
    # What an address answers that is not the endpoint's any more says nothing of the one it has now.
    if endpoint.url == url:
        _judge(session, endpoint, attempt, reply, at)


def _judge(session: Session, endpoint: Endpoint, attempt: WebhookAttempt, reply: Reply, at: datetime) -> None:
    """Note how an endpoint fares, let it rest where it kept us waiting, and turn it off where it is hopeless."""
    endpoint.failing_since = None if attempt.is_taken else endpoint.failing_since or at
    endpoint.rests_until = None
    if reply.status_code is None:
        endpoint.rests_until = at + _rest(at - (endpoint.failing_since or at))
    elif reply.milliseconds > SLOW_MILLISECONDS:
        endpoint.rests_until = at + RESTS_FOR_A_SLOW_ONE * timedelta(milliseconds=reply.milliseconds)
    if reply.status_code == _GONE:
        endpoints.turn_off(session, endpoint, by=SYSTEM, reason=endpoints.GONE)
    elif attempt.attempt >= MOST_ATTEMPTS and endpoint.failing_since is not None \
            and at - endpoint.failing_since >= GIVES_UP_AFTER:
        endpoints.turn_off(session, endpoint, by=SYSTEM, reason=endpoints.FAILING)


def _give_up(session: Session, delivery_id: int) -> None:
    delivery = session.get(WebhookDelivery, delivery_id)
    if delivery is not None:
        delivery.state = "failed"


def _ask_for(session: Session, delivery: WebhookDelivery, *, attempt: int, not_before: datetime | None) -> None:
    # Named by the message and not by the row alone, whose id a database may have given before.
    outbox.put(session, DELIVER, (WebhookDelivery.__tablename__, delivery.id), not_before=not_before,
               dedupe=f"{delivery.message_id}/{delivery.repetition}/{attempt}")


def _rest(silent_for: timedelta) -> timedelta:
    """As long as it has been silent, within bounds: the pauses double."""
    return min(max(silent_for, SHORTEST_REST), LONGEST_REST)
