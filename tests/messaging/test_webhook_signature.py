"""T117: whoever receives a webhook can tell that it is ours, of this minute, and whole, by any library for it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from sales_portal.core import clock as portal_clock
from sales_portal.history.service import SYSTEM
from sales_portal.messaging import endpoints, webhooks
from sales_portal.messaging.errors import SecretChangedLately
from sales_portal.messaging.webhook_models import Endpoint
from tests import make
from tests.harness.receiver import Message, Receiver
from tests.harness.time import Clock


def verify(message: Message, secret: str, body: str | None = None, **headers: str) -> object:
    """What the library makes of a message with this secret."""
    return Webhook(secret).verify(message.body if body is None else body, {**message.headers, **headers})


def test_the_library_takes_a_message_as_ours(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None]) -> None:
    webhooks.send_test(session, endpoint)
    send()
    [message] = receiver.got
    [secret] = endpoints.secrets_of(endpoint)
    told = verify(message, secret)
    assert isinstance(told, dict)
    assert told["type"] == "webhook.test"
    assert message.headers["content-type"] == "application/json"
    assert message.path == "/sales?of=shop"


@pytest.mark.parametrize("damage", ["body", "id", "timestamp", "secret"])
def test_the_library_takes_nothing_that_was_changed(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None], damage: str) -> None:
    webhooks.send_test(session, endpoint)
    send()
    [message] = receiver.got
    secret, changed = endpoints.secrets_of(endpoint)[0], message.headers
    other = {"id": {"webhook-id": "msg_of_somebody_else"},
             "timestamp": {"webhook-timestamp": str(int(changed["webhook-timestamp"]) + 1)}}.get(damage, {})
    with pytest.raises(WebhookVerificationError):
        verify(message, secret if damage != "secret" else "whsec_c29tZWJvZHkgZWxzZSdz",
               message.body + (" " if damage == "body" else ""), **other)


@pytest.mark.parametrize(("seconds", "is_taken"), [(299, True), (302, False), (-302, False)])
def test_a_message_sent_once_more_by_somebody_else_is_refused_after_five_minutes(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None], seconds: int,
        is_taken: bool) -> None:
    webhooks.send_test(session, endpoint)
    send()
    [message] = receiver.got
    [secret] = endpoints.secrets_of(endpoint)
    with time_machine.travel(datetime.fromtimestamp(int(message.headers["webhook-timestamp"]) + seconds,
                                                    tz=portal_clock.now().tzinfo), tick=False):
        if is_taken:
            verify(message, secret)
        else:
            with pytest.raises(WebhookVerificationError, match="timestamp too"):
                verify(message, secret)


def test_while_a_secret_is_changed_a_message_bears_two_signatures(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None], clock: Clock) -> None:
    [before] = endpoints.secrets_of(endpoint)
    endpoints.rotate_secret(session, endpoint, by=SYSTEM)
    new, old = endpoints.secrets_of(endpoint)
    assert old == before != new
    webhooks.send_test(session, endpoint)
    send()
    signatures = receiver.got[0].headers["webhook-signature"].split(" ")
    assert len(signatures) == len(set(signatures)) == 2
    for secret in (old, new):
        verify(receiver.got[0], secret)


def test_a_secret_is_changed_once_a_day_at_most_so_that_the_one_in_use_stays_good(
        session: Session, endpoint: Endpoint, clock: Clock) -> None:
    [first] = endpoints.secrets_of(endpoint)
    endpoints.rotate_secret(session, endpoint, by=SYSTEM)
    with pytest.raises(SecretChangedLately):
        endpoints.rotate_secret(session, endpoint, by=SYSTEM)
    assert first in endpoints.secrets_of(endpoint)
    clock.advance(endpoints.OLD_SECRET_STAYS + timedelta(seconds=1))
    endpoints.rotate_secret(session, endpoint, by=SYSTEM)


def test_a_day_later_the_old_secret_is_worth_nothing(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None], clock: Clock) -> None:
    [before] = endpoints.secrets_of(endpoint)
    endpoints.rotate_secret(session, endpoint, by=SYSTEM)
    at = clock.advance(endpoints.OLD_SECRET_STAYS + timedelta(seconds=1))
    assert len(endpoints.secrets_of(endpoint)) == 1
    webhooks.send_test(session, endpoint)
    send()
    with time_machine.travel(at, tick=False):
        verify(receiver.got[0], endpoints.secrets_of(endpoint)[0])
        with pytest.raises(WebhookVerificationError, match="No matching signature"):
            verify(receiver.got[0], before)


def test_a_secret_is_long_and_stands_sealed(session: Session, endpoint: Endpoint) -> None:
    [secret] = endpoints.secrets_of(endpoint)
    assert secret.startswith("whsec_")
    assert len(Webhook(secret)._whsecret) == 32
    assert secret not in endpoint.sealed_secret
    assert secret.removeprefix("whsec_") not in endpoint.sealed_secret
    assert endpoints.secrets_of(make.endpoint(session)) != [secret]
