"""A message is tried until it is taken, each try is written down, and it can be sent again."""


import json
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import Mock

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs
from werkzeug import Response

from sales_portal.history.service import SYSTEM
from sales_portal.messaging import endpoints, webhook, webhooks
from sales_portal.messaging.errors import EndpointIsOff
from sales_portal.messaging.webhook import Reply
from sales_portal.messaging.webhook_models import Endpoint, WebhookAttempt, WebhookDelivery
from sales_portal.outbox.models import Job
from tests import make
from tests.harness.receiver import Receiver
from tests.harness.time import Clock
from tests.messaging.conftest import tries, work_off


def test_a_message_that_is_taken_is_sent_once(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None]) -> None:
    delivery = webhooks.send_test(session, endpoint)
    send()
    send()
    assert tries(session, delivery) == [(1, 204, "")]
    assert (delivery.state, endpoint.state) == ("delivered", "on")
    [message] = receiver.got
    assert message.headers["webhook-id"] == delivery.message_id
    assert json.loads(message.body)["data"] == {"message": "If you can read this, your webhook works."}


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 429, 500, 503])
def test_any_other_answer_is_tried_again_later_with_the_same_id(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None], clock: Clock,
        status: int) -> None:
    """C66, part of it: a 3xx is not followed."""
    receiver.answers = [Response(status=status, headers={"Location": receiver.url})]
    delivery = webhooks.send_test(session, endpoint)
    send()
    assert tries(session, delivery) == [(1, status, "")]
    assert (delivery.state, endpoint.state, len(receiver.got)) == ("queued", "failing", 1)
    send()
    assert len(receiver.got) == 1
    clock.advance(seconds=6.5)
    send()
    assert tries(session, delivery) == [(1, status, ""), (2, 204, "")]
    assert (delivery.state, endpoint.state) == ("delivered", "on")
    assert len({message.headers["webhook-id"] for message in receiver.got}) == 1
    assert len({message.headers["webhook-signature"] for message in receiver.got}) == 2


@pytest.mark.parametrize(("luck", "last"), [
    (0.8, timedelta(days=2, hours=20, minutes=32, seconds=4)),
    (1.0, timedelta(days=3, hours=13, minutes=40, seconds=5)),
    (1.2, timedelta(days=3, hours=16, minutes=24, seconds=6))])
def test_after_three_days_and_a_half_it_is_given_up(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None], clock: Clock,
        monkeypatch: pytest.MonkeyPatch, luck: float, last: timedelta) -> None:
    monkeypatch.setattr("sales_portal.outbox.service._dice", Mock(uniform=Mock(return_value=luck)))
    clock.set(clock.now())
    receiver.answers = [Response(status=500) for _ in range(20)]
    delivery, begun = webhooks.send_test(session, endpoint), clock.now()
    for _ in range(30):
        send()
        job = session.scalars(select(Job).where(Job.topic == webhooks.DELIVER, Job.done_at.is_(None))).one_or_none()
        if job is None:
            break
        clock.set(job.not_before)
    assert [number for number, _, _ in tries(session, delivery)] == list(range(1, webhooks.MOST_ATTEMPTS + 1))
    assert delivery.state == "failed"
    assert clock.now() - begun == last
    assert endpoint.state == "failing"


def test_sent_again_it_is_the_same_message_and_a_delivery_of_its_own(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None]) -> None:
    first = webhooks.send_test(session, endpoint)
    send()
    delivery = session.get_one(WebhookDelivery, first.id)
    session.refresh(delivery, ["endpoint"])
    again = webhooks.send_again(session, delivery)
    once_more = webhooks.send_again(session, delivery)
    send()
    session.expire_all()
    assert [one.state for one in (first, again, once_more)] == ["delivered"] * 3
    assert len({message.headers["webhook-id"] for message in receiver.got}) == 1
    assert len({message.body for message in receiver.got}) == 1
    assert len(receiver.got) == 3


def test_an_endpoint_that_is_off_is_sent_nothing(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None]) -> None:
    waiting = webhooks.send_test(session, endpoint)
    endpoints.turn_off(session, endpoint, by=make.staff(session, site=make.site(session)).actor)
    send()
    session.expire_all()
    assert (waiting.state, receiver.got) == ("failed", [])
    with pytest.raises(EndpointIsOff):
        webhooks.send_test(session, endpoint)
    session.refresh(waiting, ["endpoint"])
    with pytest.raises(EndpointIsOff):
        webhooks.send_again(session, waiting)
    assert session.scalars(select(Job).where(Job.topic == endpoints.TURNED_OFF)).all() == [], "nobody need be told"


def test_what_is_taken_away_takes_its_messages_with_it(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None]) -> None:
    other = make.endpoint(session, receiver.url, receivers=receiver.receivers)
    webhooks.send_test(session, other)
    webhooks.send_test(session, endpoint)
    send()
    webhooks.send_test(session, endpoint)
    endpoints.remove_endpoint(session, endpoint, by=SYSTEM)
    send()
    assert len(receiver.got) == 2
    assert session.scalars(select(WebhookDelivery.endpoint_id)).all() == [other.id]


def test_a_row_that_is_taken_away_leaves_its_number_to_nobody(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None]) -> None:
    for _ in range(3):
        gone = make.endpoint(session, receiver.url, receivers=receiver.receivers)
        sent, ids = webhooks.send_test(session, gone), (gone.id,)
        endpoints.remove_endpoint(session, gone, by=SYSTEM)
        session.commit()
        later = make.endpoint(session, receiver.url, receivers=receiver.receivers)
        assert later.id > ids[0]
        assert webhooks.send_test(session, later).id > sent.id
    send()
    assert len(receiver.got) == 3


def test_a_job_that_is_given_up_gives_its_message_up(
        session: Session, endpoint: Endpoint, send: Callable[[], None], clock: Clock) -> None:
    delivery = webhooks.send_test(session, endpoint)
    with pytest.MonkeyPatch.context() as patch, capture_logs():
        patch.setattr(webhook, "post", lambda *_: Reply(None, 0, "\x00" if endpoint else ""))
        patch.setattr(webhooks, "_note", refuse)
        work_off(session, send, clock)
    assert delivery.state == "failed"


def refuse(*_: object) -> None:
    """What a defect in settling would do."""
    raise ValueError("cannot be written")


def test_one_success_at_most_can_be_stored(session: Session, endpoint: Endpoint) -> None:
    delivery = webhooks.send_test(session, endpoint)
    for number in (1, 2):
        session.add(WebhookAttempt(delivery_id=delivery.id, attempt=number, at=delivery.created_at, signature="v1,",
                                   status_code=200, milliseconds=1))
    with pytest.raises(Exception, match=r"(?i)unique"):
        session.flush()
    session.rollback()
