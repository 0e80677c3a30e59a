"""A job done once more: whether it waits, was done, was given up or never asked for, but never while it is in hand."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.outbox import service as outbox
from sales_portal.outbox import waking
from sales_portal.outbox.models import Job

ABOUT = ("payments", 7)


def wake(session: Session) -> bool:
    woken = waking.wake(session, "payment.void", ABOUT)
    session.commit()
    session.expire_all()
    return woken


@pytest.mark.parametrize("values", [
    {"done_at": clock.now()}, {"dead_at": clock.now()}, {"not_before": clock.now() + timedelta(days=1)},
    {"lease_until": clock.now() - timedelta(minutes=1)}])
def test_what_is_at_rest_is_done_now_and_counts_as_tried(session: Session, values: dict[str, object]) -> None:
    outbox.put(session, "payment.void", ABOUT).attempts = 9
    session.flush()
    session.execute(update(Job).values(**values))
    assert wake(session)
    job = session.scalars(select(Job)).one()
    assert (job.done_at, job.dead_at, job.attempts) == (None, None, 1)
    claim = outbox.claim(session, ["payment.void"], timedelta(minutes=1))
    assert claim is not None
    assert claim.attempts == 2


def test_what_a_worker_has_in_hand_is_left_to_it(session: Session) -> None:
    outbox.put(session, "payment.void", ABOUT)
    session.flush()
    assert outbox.claim(session, ["payment.void"], timedelta(minutes=1)) is not None
    assert not wake(session)
    assert session.scalars(select(Job.attempts)).one() == 1


def test_what_was_never_asked_for_is_asked_for_once(session: Session) -> None:
    assert wake(session)
    assert wake(session)
    assert [(job.topic, job.subject_id) for job in session.scalars(select(Job))] == [("payment.void", 7)]


def test_others_sleep_on(session: Session) -> None:
    for topic, subject in (("payment.void", ("payments", 8)), ("payment.capture", ABOUT)):
        outbox.put(session, topic, subject).done_at = clock.now()
    outbox.put(session, "payment.void", ABOUT, dedupe="another").done_at = clock.now()
    outbox.put(session, "payment.void", ABOUT).done_at = clock.now()
    session.flush()
    assert wake(session)
    assert len(session.scalars(select(Job).where(Job.done_at.is_(None))).all()) == 1
