"""A receiver in trouble holds nothing else up, rests, and is turned off where it is hopeless."""


import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug import Response

from sales_portal.core import tokens
from sales_portal.history.service import SYSTEM
from sales_portal.messaging import endpoints, webhook, webhooks
from sales_portal.messaging.errors import SecretUnreadable
from sales_portal.messaging.receivers import Receivers
from sales_portal.messaging.webhook import Reply
from sales_portal.messaging.webhook_models import Endpoint
from sales_portal.outbox.models import Job
from tests import make
from tests.harness.receiver import Receiver
from tests.harness.time import Clock
from tests.messaging.conftest import tries, work_off


def test_a_receiver_that_is_gone_is_turned_off_and_people_are_told(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None]) -> None:
    """C66, part of it: 410."""
    receiver.answers = [Response(status=HTTPStatus.GONE)]
    first, second = webhooks.send_test(session, endpoint), webhooks.send_test(session, endpoint)
    send()
    session.expire_all()
    assert (endpoint.state, endpoint.off_reason) == ("off", "gone")
    assert (first.state, second.state, len(receiver.got)) == ("failed", "failed", 1)
    told = session.scalars(select(Job).where(Job.topic == endpoints.TURNED_OFF)).one()
    assert (told.subject_type, told.subject_id) == ("webhook_endpoints", endpoint.id)


def test_a_receiver_that_takes_nothing_for_five_days_is_turned_off(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None], clock: Clock) -> None:
    receiver.answers = [Response(status=500) for _ in range(60)]
    begun = clock.now()
    webhooks.send_test(session, endpoint)
    work_off(session, send, clock)
    assert (endpoint.state, clock.now() - begun < webhooks.GIVES_UP_AFTER) == ("failing", True)
    webhooks.send_test(session, endpoint)
    send()
    assert endpoint.state == "failing"
    work_off(session, send, clock)
    assert (endpoint.state, endpoint.off_reason) == ("off", "failing")
    assert clock.now() - begun >= webhooks.GIVES_UP_AFTER


def test_a_quiet_receiver_is_not_turned_off_at_its_first_hiccup_after_a_month(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None], clock: Clock) -> None:
    receiver.answers = [Response(status=500) for _ in range(webhooks.MOST_ATTEMPTS + 1)]
    webhooks.send_test(session, endpoint)
    work_off(session, send, clock)
    clock.advance(days=30)
    delivery = webhooks.send_test(session, endpoint)
    send()
    assert endpoint.state == "failing"
    work_off(session, send, clock)
    assert (delivery.state, endpoint.state) == ("delivered", "on")


def test_what_was_taken_once_begins_the_days_anew(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None], clock: Clock) -> None:
    receiver.answers = [Response(status=500)]
    webhooks.send_test(session, endpoint)
    send()
    clock.advance(days=4)
    send()
    assert endpoint.failing_since is None
    receiver.answers = [Response(status=500) for _ in range(webhooks.MOST_ATTEMPTS)]
    webhooks.send_test(session, endpoint)
    work_off(session, send, clock)
    assert endpoint.state == "failing"


def test_the_answer_of_an_address_it_had_before_says_nothing_of_an_endpoint(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None]) -> None:
    delivery = webhooks.send_test(session, endpoint)
    session.commit()
    bind, key = sessionmaker(session.get_bind()), endpoint.id

    def change_the_address_meanwhile(*_: object) -> Reply:
        with bind.begin() as other:
            other.get_one(Endpoint, key).url = receiver.url + "&new"
        return Reply(410, 5000)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(webhook, "post", change_the_address_meanwhile)
        send()
    assert tries(session, delivery) == [(1, 410, "")]
    assert (delivery.state, endpoint.state, endpoint.rests_until) == ("failed", "on", None)


@pytest.mark.parametrize("status", [204, 500])
def test_a_receiver_that_takes_its_time_gets_the_next_message_after_nine_times_as_long(
        session: Session, endpoint: Endpoint, send: Callable[[], None], clock: Clock, status: int) -> None:
    at = clock.set(clock.now())
    first, second = webhooks.send_test(session, endpoint), webhooks.send_test(session, endpoint)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(webhook, "post", lambda *_: Reply(status, 14_000))
        send()
    assert endpoint.rests_until == at + timedelta(seconds=126)
    assert [len(tries(session, one)) for one in (first, second)] == [1, 0]


def test_a_message_that_cannot_be_signed_turns_its_endpoint_off(
        session: Session, endpoint: Endpoint, receiver: Receiver, send: Callable[[], None]) -> None:
    delivery = webhooks.send_test(session, endpoint)
    endpoint.sealed_secret = tokens.seal("whsec_c2VjcmV0", "another purpose")
    with pytest.raises(SecretUnreadable):
        endpoints.secrets_of(endpoint)
    send()
    assert (delivery.state, endpoint.off_reason, receiver.got) == ("failed", "sealed", [])
    endpoints.rotate_secret(session, endpoint, by=SYSTEM)
    assert len(endpoints.secrets_of(endpoint)) == 1


def test_while_a_receiver_is_out_of_reach_its_messages_wait_and_no_try_is_lost(
        session: Session, send: Callable[[], None], clock: Clock) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{nobody.getsockname()[1]}"
    silent = Receivers([host])
    endpoint = make.endpoint(session, f"http://{host}/", receivers=silent)
    first, second = (webhooks.send_test(session, endpoint) for _ in range(2))
    send(silent)
    (number, status, why), = tries(session, first)
    assert (number, status) == (1, None)
    assert why.startswith("The connection failed")
    assert tries(session, second) == []
    waiting = session.scalars(select(Job).where(Job.subject_id == second.id, Job.topic == webhooks.DELIVER)).one()
    assert (waiting.not_before, waiting.attempts) == (endpoint.rests_until, 0)
    clock.set(waiting.not_before)
    send(silent)
    assert [len(tries(session, one)) for one in (first, second)] in ([2, 0], [1, 1])


def test_the_pauses_of_a_receiver_out_of_reach_double_up_to_an_hour() -> None:
    rests = [webhooks._rest(timedelta(seconds=seconds)) for seconds in (0, 30, 60, 600, 3600, 90_000)]
    assert [int(rest.total_seconds()) for rest in rests] == [30, 30, 60, 600, 3600, 3600]


@pytest.mark.parametrize("habit", ["says nothing", "drips headers"])
def test_a_receiver_that_keeps_us_waiting_is_left_in_time(
        monkeypatch: pytest.MonkeyPatch, habit: str) -> None:
    """C66, part of it: hangs for 60 s."""
    monkeypatch.setattr(webhook, "SECONDS", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=keep_waiting, args=(server, habit), daemon=True).start()
        host = f"127.0.0.1:{server.getsockname()[1]}"
        begun = time.monotonic()
        reply = webhook.post(Receivers([host]), f"http://{host}/", "{}", {})
    assert reply.status_code is None
    assert reply.problem.startswith("No answer within")
    assert time.monotonic() - begun < 3
    assert 300 < reply.milliseconds < 3000


def keep_waiting(server: socket.socket, habit: str) -> None:
    """Take one connection and never end an answer, for three seconds."""
    connection, _ = server.accept()
    connection.recv(65536)
    if habit == "drips headers":
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(60):
        time.sleep(0.05)
        if habit == "drips headers":
            try:
                connection.sendall(f"X-{number}: on and on\r\n".encode())
            except OSError:
                break
    connection.close()


def test_nobody_reads_a_gigabyte_that_is_answered() -> None:
    """C66, part of it: the body is not read, so its size is nothing to us."""
    sent: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=answer_at_length, args=(server, sent), daemon=True).start()
        host = f"127.0.0.1:{server.getsockname()[1]}"
        reply = webhook.post(Receivers([host]), f"http://{host}/", "{}", {})
    assert (reply.status_code, reply.problem) == (200, "")
    assert reply.milliseconds < 5000


def answer_at_length(server: socket.socket, sent: list[int]) -> None:
    """Answer with a body without end, until nobody listens."""
    connection, _ = server.accept()
    connection.recv(65536)
    with connection:
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
            while sum(sent) < 2**30:
                sent.append(connection.send(b"x" * 65536))
        except OSError:
            pass
