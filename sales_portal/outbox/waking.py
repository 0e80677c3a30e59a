"""Jobs done once more: something they had finished, given up or put off has come up again."""

from collections.abc import Iterable

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.core.db import UTCDateTime
from sales_portal.outbox import service
from sales_portal.outbox.queries import JOBS

_ABOUT = (JOBS.c.topic == bindparam("of_topic"), JOBS.c.subject_type == bindparam("kind"),
          JOBS.c.subject_id == bindparam("about"), JOBS.c.dedupe == "")
_AT = bindparam("at", type_=UTCDateTime)
_ANY = select(JOBS.c.id).where(*_ABOUT)
_WOKEN = (
    update(JOBS).where(*_ABOUT, JOBS.c.every_seconds.is_(None),
                       or_(JOBS.c.lease_until.is_(None), JOBS.c.lease_until < _AT))
    # It counts as tried: who does it must ask first what came of that.
    .values(done_at=None, dead_at=None, not_before=_AT, attempts=1).returning(JOBS.c.id))

_REVIVED = (
    update(JOBS).where(JOBS.c.id == bindparam("job_id"), JOBS.c.dead_at.is_not(None))
    .values(dead_at=None, not_before=_AT, attempts=1).returning(JOBS.c.id))


def try_again(session: Session, job_id: int) -> bool:
    """Have a job done that was given up, as often as a new one; False where it is none of those."""
    return session.execute(_REVIVED, {"job_id": job_id, "at": clock.now()}).first() is not None


def wake(session: Session, topic: str, subject: tuple[str, int]) -> bool:
    """Have `topic` done about `subject` now, whether it waits, was done, was given up or never asked for.

    False where a worker has it in hand.
    """
    named = {"of_topic": topic, "kind": subject[0], "about": subject[1]}
    if session.execute(_WOKEN, named | {"at": clock.now()}).first() is not None:
        return True
    if session.execute(_ANY, named).first() is not None:
        return False
    try:
        with session.begin_nested():
            service.put(session, topic, subject)
    except IntegrityError:
        return False
    return True


def wake_all(session: Session, jobs: Iterable[tuple[str, tuple[str, int]]]) -> int:
    """`wake` each; gives how many are done now."""
    return sum(wake(session, topic, subject) for topic, subject in jobs)
