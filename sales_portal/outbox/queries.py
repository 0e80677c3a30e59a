"""Finding jobs that are due."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from sales_portal.core.db import UTCDateTime
from sales_portal.outbox.models import Job

MOST_SHOWN = 100
JOBS = cast(Table, Job.__table__)
_AT = bindparam("at", type_=UTCDateTime)

# A bare topic would make SQLite go through all that was ever done under it, by the unique index, instead of the few
# jobs that are open: with something joined to it no index serves it.
_TOPIC = JOBS.c.topic.concat("")

IS_DUE = and_(
    JOBS.c.done_at.is_(None),
    JOBS.c.dead_at.is_(None),
    JOBS.c.not_before <= _AT,
    or_(JOBS.c.lease_until.is_(None), JOBS.c.lease_until < _AT),
    _TOPIC.in_(bindparam("topics", expanding=True)),
)
"""Whether a job of `topics` may be taken at `at`: open, its time come, and no other worker on it."""

FIRST_DUE = select(JOBS.c.id).where(IS_DUE).order_by(JOBS.c.not_before, JOBS.c.id).limit(1)
"""The job of `topics` that is due longest at `at`. Built once: building it takes longer than running it."""


def list_given_up(session: Session) -> Sequence[Job]:
    """The jobs that were tried in vain and lie still now, newest first, at most `MOST_SHOWN`."""
    return session.scalars(
        select(Job).where(Job.dead_at.is_not(None)).order_by(Job.dead_at.desc(), Job.id.desc()).limit(MOST_SHOWN)).all()


def is_any_due(session: Session, topics: Collection[str], at: datetime) -> bool:
    """Whether a job of `topics` may be taken at `at`."""
    return session.execute(FIRST_DUE, {"topics": topics, "at": at}).first() is not None
