"""Putting a job into the outbox, in the transaction that needs it done."""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Update, and_, bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, make_transient_to_detached

from sales_portal.core import clock
from sales_portal.core.db import UTCDateTime
from sales_portal.outbox import queries
from sales_portal.outbox.models import Job
from sales_portal.outbox.queries import JOBS

SHORTEST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=24)
ERROR_LENGTH = 500
_PORTAL = ("portal", 0)
_dice = secrets.SystemRandom()

# The statements of every job are built once: building one takes longer than running it.
_OPEN = (JOBS.c.done_at.is_(None), JOBS.c.dead_at.is_(None))
_PUT = insert(JOBS)
_CLAIM = (
    update(JOBS)
    # One value and not `IN`: PostgreSQL may ask an `IN` anew for each row, and would lock another job each time.
    .where(JOBS.c.id == queries.FIRST_DUE.with_for_update(skip_locked=True).scalar_subquery())
    .values(lease_until=bindparam("until"), attempts=JOBS.c.attempts + 1)
    .returning(JOBS.c.id, JOBS.c.topic, JOBS.c.subject_type, JOBS.c.subject_id, JOBS.c.dedupe, JOBS.c.attempts,
               JOBS.c.every_seconds))
_AT = bindparam("at", type_=UTCDateTime)
_HELD = and_(JOBS.c.id == bindparam("held_id"), JOBS.c.attempts == bindparam("held_attempts"),
             JOBS.c.lease_until == bindparam("held_until"))
_NEEDLESS = and_(JOBS.c.topic == bindparam("of_topic"), JOBS.c.subject_type == bindparam("kind"),
                 JOBS.c.subject_id == bindparam("about"),
                 or_(JOBS.c.lease_until.is_(None), JOBS.c.lease_until < _AT))
_DONE_BOTH = (
    update(JOBS).where(or_(_HELD, _NEEDLESS), *_OPEN).values(done_at=_AT, lease_until=None).returning(JOBS.c.id))

Needless = tuple[str, tuple[str, int]]
"""A topic and a subject whose job has nothing left to do."""


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


def put_all(session: Session, jobs: Iterable[tuple[str, tuple[str, int]]], *, is_done: bool = False,
            not_before: datetime | None = None) -> None:
    """Ask for several topics, each about its subject, in one statement.

    `is_done` is for what the caller has done itself: the rows only keep it from being asked for again.
    """
    at = clock.now()
    rows = [
        {"topic": topic, "subject_type": kind, "subject_id": key, "created_at": at,
         "not_before": not_before or at, "done_at": at if is_done else None} for topic, (kind, key) in jobs]
    if rows:
        session.execute(_PUT, rows)


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
    row = session.execute(_CLAIM, {"topics": topics, "at": at, "until": until}).one_or_none()
    if row is None:
        return None
    job = Job(**row._mapping)
    make_transient_to_detached(job)
    return Claim(job, row.id, row.topic, row.attempts, until, row.every_seconds)


def finish(session: Session, claim: Claim, needless: Needless | None = None) -> bool:
    """The job is done, a periodic one until its interval is over; False where another worker has taken it since.

    `needless` is another job that ends with it, unless a worker holds it: that one is left to that worker.
    """
    at = clock.now()
    if needless is not None and claim.every_seconds is None:
        topic, (kind, key) = needless
        ended = session.execute(
            _DONE_BOTH, _held(claim) | {"at": at, "of_topic": topic, "kind": kind, "about": key}).scalars()
        return claim.job_id in set(ended)
    if claim.every_seconds is None:
        return _end(session, claim, done_at=at)
    return _end(session, claim, not_before=at + timedelta(seconds=claim.every_seconds), attempts=0, last_error=None)


def try_again(session: Session, claim: Claim, error: str) -> bool:
    """The job waits, longer each time, a periodic one never longer than its interval; False as for `finish`."""
    wait = waiting_time(claim.attempts)
    if claim.every_seconds is not None:
        wait = min(wait, timedelta(seconds=claim.every_seconds))
    return _end(session, claim, not_before=clock.now() + wait, last_error=error[:ERROR_LENGTH])


def put_off(session: Session, claim: Claim, until: datetime) -> bool:
    """The job waits until an instant, as if it had not been tried. False as for `finish`."""
    return _end(session, claim, not_before=until, attempts=claim.attempts - 1)


def bury(session: Session, claim: Claim, error: str) -> bool:
    """The job is given up: its row stays, with the reason, for a person to see. False as for `finish`."""
    return _end(session, claim, dead_at=clock.now(), last_error=error[:ERROR_LENGTH])


def waiting_time(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 5 s, 15 s, 45 s … 24 h, a fifth more or less so that jobs spread out."""
    steady: timedelta = min(SHORTEST_WAIT * 3 ** min(attempts - 1, 20), LONGEST_WAIT)
    return min(steady * _dice.uniform(0.8, 1.2), LONGEST_WAIT)


def _end(session: Session, claim: Claim, **values: object) -> bool:
    return session.execute(_ending(tuple(values)), _held(claim) | values).one_or_none() is not None


def _held(claim: Claim) -> dict[str, object]:
    return {"held_id": claim.job_id, "held_attempts": claim.attempts, "held_until": claim.lease_until}


@cache
def _ending(columns: tuple[str, ...]) -> Update:
    return (
        update(JOBS).where(_HELD, *_OPEN)
        .values(lease_until=None, **{name: bindparam(name) for name in columns}).returning(JOBS.c.id))
