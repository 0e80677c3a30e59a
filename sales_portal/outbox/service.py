"""Putting a job into the outbox, in the transaction that needs it done."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer

from sales_portal.core import clock
from sales_portal.outbox import queries
from sales_portal.outbox.models import Job

SHORTEST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=24)
ERROR_LENGTH = 500
_PORTAL = ("portal", 0)
_dice = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Claim:
    """One job in a worker's hands: nobody else takes it before `lease_until`.

    Attempts and lease together name this claim: once another worker has the job, they are others.
    """

    job: Job
    job_id: int
    topic: str
    attempts: int
    lease_until: datetime
    every_seconds: int | None


def put(session: Session, topic: str, subject: tuple[str, int], *, dedupe: str = "", not_before: datetime | None = None,
        payload: dict[str, object] | None = None) -> Job:
    """Ask for `topic` to be done about `subject` (kind, id) once this transaction commits.

    The same topic, subject and `dedupe` twice is an IntegrityError: the caller asked for one thing two times.
    """
    at = clock.now()
    job = Job(topic=topic, subject_type=subject[0], subject_id=subject[1], dedupe=dedupe, payload=payload or {},
              created_at=at, not_before=not_before or at, attempts=0)
    session.add(job)
    return job


def ensure_periodic(session: Session, topic: str, every_seconds: int) -> None:
    """Have `topic` done again and again, `every_seconds` apart; however many workers ask, there is one row."""
    found = _find_periodic(session, topic)
    if found is None:
        try:
            with session.begin_nested():
                put(session, topic, _PORTAL).every_seconds = every_seconds
        except IntegrityError:
            found = _find_periodic(session, topic)
    if found is not None and found.every_seconds != every_seconds:
        found.every_seconds = every_seconds


def _find_periodic(session: Session, topic: str) -> Job | None:
    about_the_portal = (Job.subject_type == _PORTAL[0], Job.subject_id == _PORTAL[1], Job.dedupe == "")
    return session.scalars(select(Job).where(Job.topic == topic, *about_the_portal)).one_or_none()


def claim(session: Session, topics: Collection[str], lease: timedelta) -> Claim | None:
    """Take the job that is due longest, in one statement that never waits for another worker; None where none is due.

    The attempt is counted here and not when it fails, so that a job which kills its worker runs out of tries too.
    The payload is read when it is asked for, so that a damaged one can still be given up.
    """
    at = clock.now()
    until = at + lease
    oldest = select(Job.id).where(queries.is_due(topics, at)).order_by(Job.not_before, Job.id).limit(1)
    statement = (
        update(Job)
        # One value and not `IN`: PostgreSQL may ask an `IN` anew for each row, and would lock another job each time.
        .where(Job.id == oldest.with_for_update(skip_locked=True).scalar_subquery())
        .values(lease_until=until, attempts=Job.attempts + 1)
        .returning(Job).options(defer(Job.payload))
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    job = session.scalars(statement).one_or_none()
    return None if job is None else Claim(job, job.id, job.topic, job.attempts, until, job.every_seconds)


def finish(session: Session, claim: Claim) -> bool:
    """The job is done, a periodic one until its interval is over; False where another worker has taken it since."""
    at = clock.now()
    if claim.every_seconds is None:
        return _end(session, claim, done_at=at)
    return _end(session, claim, not_before=at + timedelta(seconds=claim.every_seconds), attempts=0, last_error=None)


def try_again(session: Session, claim: Claim, error: str) -> bool:
    """The job waits, longer each time, a periodic one never longer than its interval; False as for `finish`."""
    wait = waiting_time(claim.attempts)
    if claim.every_seconds is not None:
        wait = min(wait, timedelta(seconds=claim.every_seconds))
    return _end(session, claim, not_before=clock.now() + wait, last_error=error[:ERROR_LENGTH])


def bury(session: Session, claim: Claim, error: str) -> bool:
    """The job is given up: its row stays, with the reason, for a person to see. False as for `finish`."""
    return _end(session, claim, dead_at=clock.now(), last_error=error[:ERROR_LENGTH])


def waiting_time(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 5 s, 15 s, 45 s … 24 h, a fifth more or less so that jobs spread out."""
    steady: timedelta = min(SHORTEST_WAIT * 3 ** min(attempts - 1, 20), LONGEST_WAIT)
    return min(steady * _dice.uniform(0.8, 1.2), LONGEST_WAIT)


def _end(session: Session, claim: Claim, **values: object) -> bool:
    held = (Job.id == claim.job_id, Job.attempts == claim.attempts, Job.lease_until == claim.lease_until)
    statement = (
        update(Job).where(*held, Job.done_at.is_(None), Job.dead_at.is_(None)).values(lease_until=None, **values)
        .returning(Job.id).execution_options(synchronize_session=False)
    )
    return session.execute(statement).one_or_none() is not None
