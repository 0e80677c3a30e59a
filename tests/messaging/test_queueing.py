"""A mail is born with what caused it, and goes nowhere before that is committed."""

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid
from sales_portal.history import queries as history
from sales_portal.messaging import queries
from sales_portal.messaging import service as messaging
from sales_portal.messaging.models import Delivery
from sales_portal.outbox.models import Job
from tests.harness.mail import SMTPSink
from tests.messaging.conftest import LINK, MARIA, SECRET_URL, Queue, Work, link_ready


def test_a_queued_mail_leaves_delivery_job_and_fact(engine: Engine, queue: Queue) -> None:
    mail = queue()

    with Session(engine) as session:
        assert session.scalars(select(Delivery.state)).all() == ["queued"]
        (job,) = session.scalars(select(Job)).all()
        assert (job.topic, job.subject_type, job.subject_id) == ("mail.send", "deliveries", mail.id)
        (fact,) = session.scalars(history.list_timeline(LINK)).all()
    assert (fact.name, fact.subject_type, fact.subject_id, fact.actor_name) == (
        "mail.queued", "deliveries", mail.id, "Maria Lind")
    assert fact.data == {"template": "link-ready", "title": "Your selection from Maria", "to": "anna@example.com"}


def test_a_mail_of_a_transaction_that_is_rolled_back_never_goes_out(
        engine: Engine, smtp: SMTPSink, work: Work) -> None:
    with Session(engine) as session:
        messaging.queue_mail(
            session, template="link-ready", to="anna@example.com", to_name="", sender_name="Maria", reply_to=None,
            subject=LINK, context=link_ready(), url=SECRET_URL, by=MARIA)
        session.rollback()

    assert work(smtp.port).run_once() == 0
    assert smtp.letters == []


def test_queueing_talks_to_no_server(smtp: SMTPSink, queue: Queue, work: Work) -> None:
    queue()
    assert smtp.letters == []

    work(smtp.port).run_once()
    assert len(smtp.letters) == 1


@pytest.mark.parametrize("address", [
    "", "anna", "anna@", "@example.com", "anna@example", "anna example.com", "a@example.com, b@example.com",
    "a@example.com b@example.com", "a@example.com;b@example.com", "Anna <anna@example.com>",
    "anna@example.com\nBcc: eve@example.com", "anna@example.com\r\n\r\nhello", "anna\x00@example.com",
    "anna@exa mple.com", "a" * 250 + "@example.com"])
def test_what_is_not_one_address_is_refused(queue: Queue, address: str) -> None:
    with pytest.raises(Invalid) as refusal:
        queue(to=address)
    assert (refusal.value.field, refusal.value.text) == ("to", "Enter an e-mail address like name@example.com")
    with pytest.raises(Invalid) as refusal:
        queue(reply_to=address)
    assert refusal.value.field == "reply_to"


@pytest.mark.parametrize("address", ["o'brien+sale@example.com", "ANNA@müller.example", " anna@example.com "])
def test_unusual_addresses_are_taken(queue: Queue, address: str) -> None:
    assert queue(to=address).recipient == address.strip()


def test_the_mailbox_lists_the_newest_first_and_each_thing_its_own(engine: Engine, queue: Queue) -> None:
    first, second = queue(), queue(subject=type(LINK)("orders", 87))

    with Session(engine) as session:
        assert [mail.id for mail in session.scalars(queries.list_deliveries())] == [second.id, first.id]
        assert [mail.id for mail in session.scalars(queries.list_deliveries_about(LINK))] == [first.id]
        found = queries.get_delivery(session, first.id)
        assert found is not None
        assert found.id == first.id
        assert queries.get_delivery(session, 10**6) is None
