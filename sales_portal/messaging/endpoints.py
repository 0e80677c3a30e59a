"""The receivers of webhooks: made, changed, given a new secret, turned off and on, taken away."""

import base64
import secrets
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sales_portal.core import clock, tokens
from sales_portal.core.errors import Invalid, NotFound
from sales_portal.core.tokens import CannotOpen
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.messaging import queries
from sales_portal.messaging.errors import SecretChangedLately, SecretUnreadable
from sales_portal.messaging.receivers import Receivers
from sales_portal.messaging.webhook_models import Endpoint, WebhookAttempt, WebhookDelivery
from sales_portal.outbox import service as outbox
from sales_portal.sites.models import Site

EVENTS = (
    EventName.ORDER_PLACED, EventName.ORDER_DEPOSIT_PAID, EventName.ORDER_PAID, EventName.ORDER_CANCELLED,
    EventName.ORDER_REFUNDED, EventName.LINK_CREATED, EventName.LINK_SENT, EventName.LINK_OPENED,
    EventName.LINK_EXPIRED, EventName.LINK_REVOKED, EventName.LINK_REPLACED, EventName.LINK_UPDATED,
    EventName.LINK_DECLINED)
"""The facts a receiver can be told of."""
MOST_ENDPOINTS = 20
OLD_SECRET_STAYS = timedelta(hours=24)
TURNED_OFF = "webhook.turned_off"
"""The topic that stands for an endpoint nobody turned off: people are told."""
GONE, FAILING, SEALED = "gone", "failing", "sealed"
"""Why the portal turned one off: the receiver said so, it took nothing for days, the secret cannot be opened."""
_PURPOSE = "webhook secret"
_SECRET_BYTES = 32


def create_endpoint(session: Session, url: str, events: Collection[str], *, site: Site | None, receivers: Receivers,
                    by: Actor) -> Endpoint:
    """Have the facts `events` sent to `url` from now on; of `site` alone, or of every site.

    Raises `Invalid` on `url` or `events`. Whether the address leads anywhere is not asked here: `receivers.find` does.
    """
    if len(session.scalars(select(Endpoint.id)).all()) >= MOST_ENDPOINTS:
        raise Invalid("url", f"There are {MOST_ENDPOINTS} webhooks already: remove one first")
    receivers.read(url)
    at = clock.now()
    endpoint = Endpoint(url=url.strip(), events=_known(events), site_id=site.id if site is not None else None,
                        sealed_secret=tokens.seal(_new_secret(), _PURPOSE), created_at=at, follows_from=at,
                        followed_at=at)
    session.add(endpoint)
    session.flush()
    history.record(session, EventName.ENDPOINT_CREATED, endpoint, by=by, url=endpoint.url, events=endpoint.events)
    return endpoint


def change_endpoint(session: Session, endpoint: Endpoint, url: str, events: Collection[str], *, site: Site | None,
                    receivers: Receivers, by: Actor) -> None:
    """Change what is sent where. Of what is asked for anew, the last quarter of an hour may be sent too."""
    receivers.read(url)
    endpoint.url, endpoint.events = url.strip(), _known(events)
    endpoint.site_id = site.id if site is not None else None
    endpoint.failing_since = endpoint.rests_until = None
    history.record(session, EventName.ENDPOINT_CHANGED, endpoint, by=by, url=endpoint.url, events=endpoint.events)


def rotate_secret(session: Session, endpoint: Endpoint, *, by: Actor) -> None:
    """Give it a new secret; the one it has signs beside it for `OLD_SECRET_STAYS`, so that no message is refused.

    Refuses with `SecretChangedLately` while two of them sign, and with `NotFound` where it was taken away meanwhile.
    """
    _lock(session, endpoint)
    at = clock.now()
    if endpoint.signs_twice_until(at) is not None:
        raise SecretChangedLately
    try:
        _unsealed(endpoint.sealed_secret)
        endpoint.sealed_old_secret, endpoint.old_secret_until = endpoint.sealed_secret, at + OLD_SECRET_STAYS
    except SecretUnreadable:
        endpoint.sealed_old_secret = endpoint.old_secret_until = None
    endpoint.sealed_secret = tokens.seal(_new_secret(), _PURPOSE)
    history.record(session, EventName.ENDPOINT_SECRET_CHANGED, endpoint, by=by, url=endpoint.url)


def secrets_of(endpoint: Endpoint) -> list[str]:
    """The secrets its messages are signed with now, the newest first: ask who may see them.

    Refuses with `SecretUnreadable`.
    """
    found = [_unsealed(endpoint.sealed_secret)]
    if endpoint.sealed_old_secret is not None and endpoint.signs_twice_until(clock.now()) is not None:
        found.append(_unsealed(endpoint.sealed_old_secret))
    return found


def turn_off(session: Session, endpoint: Endpoint, *, by: Actor, reason: str = "") -> None:
    """Send nothing there any more. With a `reason` the portal did it, and people are told."""
    if endpoint.off_at is not None:
        return
    endpoint.off_at, endpoint.off_reason = clock.now(), reason
    history.record(session, EventName.ENDPOINT_TURNED_OFF, endpoint, by=by, url=endpoint.url, reason=reason)
    if reason:
        outbox.put(session, TURNED_OFF, (Endpoint.__tablename__, endpoint.id), dedupe=endpoint.off_at.isoformat())


def turn_on(session: Session, endpoint: Endpoint, *, by: Actor) -> None:
    """Send there again: what happens from now on, and where the portal had turned it off, what happened meanwhile."""
    if endpoint.off_at is None:
        return
    if not endpoint.off_reason:
        endpoint.follows_from = endpoint.followed_at = clock.now()
    endpoint.off_at, endpoint.off_reason = None, ""
    endpoint.failing_since = endpoint.rests_until = None
    history.record(session, EventName.ENDPOINT_TURNED_ON, endpoint, by=by, url=endpoint.url)


def remove_endpoint(session: Session, endpoint: Endpoint, *, by: Actor) -> None:
    """Take it away with all that was sent there; only the history knows of it then. Refuses with `NotFound`."""
    _lock(session, endpoint)
    history.record(session, EventName.ENDPOINT_REMOVED, endpoint, by=by, url=endpoint.url)
    sent = select(WebhookDelivery.id).where(WebhookDelivery.endpoint_id == endpoint.id)
    session.execute(delete(WebhookAttempt).where(WebhookAttempt.delivery_id.in_(sent)))
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id))
    session.delete(endpoint)


def _known(events: Collection[str]) -> list[str]:
    chosen = [event.value for event in EVENTS if event.value in events]
    if not chosen:
        raise Invalid("events", "Choose at least one event")
    return chosen


def _lock(session: Session, endpoint: Endpoint) -> None:
    if queries.lock_endpoint(session, endpoint.id) is None:
        raise NotFound(thing="this webhook")


def _unsealed(sealed: str) -> str:
    try:
        return tokens.unseal(sealed, _PURPOSE)
    except CannotOpen:
        raise SecretUnreadable from None


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"
