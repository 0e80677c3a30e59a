"""The conversation with a real mail server, and what each of its answers does to the mail."""

import socket
import threading
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from sales_portal.messaging.models import Delivery
from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import REST
from tests.harness.mail import SMTPSink
from tests.harness.server import free_port
from tests.harness.time import Clock
from tests.messaging.conftest import SECRET_URL, Facts, JobNow, PickySink, Queue, Read, Work


def addresses(message: EmailMessage, header: str) -> list[tuple[str, str]]:
    return [(found.display_name, found.addr_spec) for found in message[header].addresses]


def test_an_accepted_mail_is_sent(smtp: SMTPSink, queue: Queue, delivery: Read, facts: Facts, job: JobNow, work: Work,
                                  clock: Clock) -> None:
    at = clock.set(clock.now())
    queue()

    assert work(smtp.port).run_once() == 1

    mail = delivery()
    assert (mail.state, mail.sent_at, mail.failure) == ("sent", at, None)
    assert job().done_at == at
    queued, sent = facts()
    assert (sent.name, sent.actor_kind, sent.data) == ("mail.sent", "system", queued.data)
    assert (sent.context_type, sent.context_id) == ("checkout_links", 87)


def test_the_mail_arrives_as_it_was_written(smtp: SMTPSink, queue: Queue, delivery: Read, work: Work) -> None:
    queue()
    work(smtp.port).run_once()

    (letter,) = smtp.letters
    assert (letter.sender, letter.recipients) == ("sales@nordlight.example", ["anna@example.com"])
    assert addresses(letter.message, "From") == [("Maria at Nordlight", "sales@nordlight.example")]
    assert addresses(letter.message, "To") == [("Anna Svensson", "anna@example.com")]
    assert addresses(letter.message, "Reply-To") == [("", "maria@nordlight.example")]
    assert letter.subject == "Your selection from Maria"
    assert letter.message["Message-ID"] == delivery().message_id
    assert letter.message["Date"] is not None
    assert SECRET_URL in letter.text("plain").splitlines()
    assert f'href="{SECRET_URL}"' in letter.text("html")
    assert [part.get_content_type() for part in letter.message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html"]


def test_a_sent_mail_is_not_sent_again(smtp: SMTPSink, queue: Queue, work: Work) -> None:
    queue()
    loop = work(smtp.port)
    loop.run_once()
    loop.run_once()

    assert len(smtp.letters) == 1


def test_a_second_job_for_a_mail_that_is_sent_sends_nothing(
        engine: Engine, smtp: SMTPSink, queue: Queue, facts: Facts, work: Work) -> None:
    mail = queue()
    loop = work(smtp.port)
    loop.run_once()
    with Session(engine) as session:
        outbox.put(session, "mail.send", ("deliveries", mail.id), dedupe="again")
        session.commit()

    assert loop.run_once() == 1
    assert len(smtp.letters) == 1
    assert [fact.name for fact in facts()] == ["mail.queued", "mail.sent"]


def test_a_server_that_hangs_up_without_goodbye_has_taken_the_mail(
        picky: PickySink, queue: Queue, delivery: Read, work: Work) -> None:
    picky.hangs_up = True
    queue()

    work(picky.port).run_once()

    assert (len(picky.letters), delivery().state) == (1, "sent")


def test_without_a_server_the_mail_arrives_in_the_mailbox_of_the_portal(
        queue: Queue, delivery: Read, facts: Facts, work: Work) -> None:
    queue()

    assert work(None).run_once() == 1

    assert delivery().state == "sent"
    assert delivery().sent_at is not None
    assert [fact.name for fact in facts()] == ["mail.queued", "mail.sent"]


def test_a_refused_recipient_ends_the_mail_with_a_reason(
        picky: PickySink, queue: Queue, delivery: Read, facts: Facts, job: JobNow, work: Work, clock: Clock) -> None:
    clock.set(clock.now())
    queue()
    picky.recipient_answer = "550 5.1.1 No such user here"
    loop = work(picky.port)

    assert loop.run_once() == 1
    clock.advance(days=3)
    loop.run_once()

    mail = delivery()
    assert (mail.state, mail.sent_at) == ("failed", None)
    assert mail.failure == "anna@example.com was refused: 550 5.1.1 No such user here"
    assert len(picky.refused) == 1
    assert job().dead_at is not None
    assert [fact.name for fact in facts()] == ["mail.queued", "mail.failed"]
    assert facts()[1].data["reason"] == mail.failure


def test_a_refused_text_ends_the_mail_with_a_reason(smtp: SMTPSink, queue: Queue, delivery: Read, work: Work) -> None:
    queue()
    smtp.answer = "554 5.7.1 Message looks like spam"

    work(smtp.port).run_once()

    assert (delivery().state, delivery().failure) == (
        "failed", "anna@example.com was refused: 554 5.7.1 Message looks like spam")


@pytest.mark.parametrize("where", ["answer", "recipient_answer"])
def test_a_server_that_asks_to_come_back_gets_the_mail_later(
        picky: PickySink, queue: Queue, delivery: Read, job: JobNow, work: Work, clock: Clock, where: str) -> None:
    clock.set(clock.now())
    queue()
    setattr(picky, where, "451 4.7.1 Greylisted, come back")
    loop = work(picky.port)

    assert loop.run_once() == 1
    assert delivery().state == "queued"
    assert job().last_error == "The mail server asks to try later: 451 4.7.1 Greylisted, come back"
    assert job().not_before - clock.now() >= timedelta(seconds=4)

    setattr(picky, where, "250 taken")
    assert loop.run_once() == 0
    clock.set(job().not_before)
    assert loop.run_once() == 1
    assert delivery().state == "sent"
    assert len(picky.letters) == 1


def test_one_refusal_does_not_keep_the_other_mails(picky: PickySink, queue: Queue, work: Work) -> None:
    queue()
    queue(to="berit@example.com")
    picky.recipient_answer = "451 4.7.1 Greylisted"
    assert work(picky.port).run_once() == 2
    assert picky.refused == ["anna@example.com", "berit@example.com"]


def test_a_mute_server_is_given_up_after_the_timeout(
        mute: int, queue: Queue, delivery: Read, job: JobNow, work: Work) -> None:
    queue()

    assert work(mute, timeout=0.3).run_once() == 1

    assert (delivery().state, job().attempts, job().dead_at) == ("queued", 1, None)
    assert str(job().last_error).startswith("The mail server does not answer (")
    assert "timed out" in str(job().last_error)


def test_a_server_that_is_down_is_asked_again_later_and_not_for_every_mail(
        queue: Queue, smtp: SMTPSink, delivery: Read, job: JobNow, work: Work, clock: Clock) -> None:
    clock.set(clock.now())
    port = free_port()
    queue()
    dead = work(port)
    assert dead.run_once() == 1
    assert "refused" in str(job().last_error)
    clock.set(job().not_before)
    assert dead.run_once() == 0
    clock.advance(REST)
    assert dead.run_once() == 1
    assert job().attempts == 2

    clock.advance(minutes=5)
    work(smtp.port).run_once()
    assert delivery().state == "sent"


def test_a_server_that_stays_down_ends_the_mail_after_twelve_tries(
        queue: Queue, delivery: Read, facts: Facts, job: JobNow, work: Work, clock: Clock) -> None:
    clock.set(clock.now())
    port = free_port()
    queue()
    for _ in range(12):
        clock.set(max(clock.now(), job().not_before))
        assert work(port).run_once() == 1

    assert job().dead_at is not None
    assert delivery().state == "failed"
    assert str(delivery().failure).startswith("The mail server does not answer (")
    assert [fact.name for fact in facts()] == ["mail.queued", "mail.failed"]


def test_a_server_that_is_closing_counts_as_down(queue: Queue, job: JobNow, work: Work) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def say_no() -> None:
            connection, _ = listening.accept()
            connection.sendall(b"421 4.3.2 Shutting down\r\n")
            connection.close()

        thread = threading.Thread(target=say_no)
        thread.start()
        queue()
        work(listening.getsockname()[1]).run_once()
        thread.join()

    assert job().last_error == "The mail server would not talk to us: 421 4.3.2 Shutting down"


def test_a_mail_whose_delivery_is_gone_is_given_up(engine: Engine, queue: Queue, job: JobNow, work: Work) -> None:
    queue()
    with Session(engine) as session:
        session.execute(delete(Delivery))
        session.commit()

    work(None).run_once()

    assert job().last_error == "The mail does not exist any more"
    assert job().dead_at is not None
