"""Finding jobs: what is due, and the one a worker holds."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, defer

from sales_portal.outbox.models import Job


def is_due(topics: Collection[str], at: datetime) -> ColumnElement[bool]:
    """Whether a job of `topics` may be taken at `at`: open, its time come, and no other worker on it."""
    return and_(
        Job.done_at.is_(None),
        Job.dead_at.is_(None),
        Job.not_before <= at,
        or_(Job.lease_until.is_(None), Job.lease_until < at),
        Job.topic.in_(topics),
    )


def has_due(session: Session, topics: Collection[str], at: datetime) -> bool:
    """Whether any job of `topics` may be taken at `at`."""
    return session.scalar(select(Job.id).where(is_due(topics, at)).limit(1)) is not None


def lock_held(session: Session, job_id: int, attempts: int, lease_until: datetime) -> Job | None:
    """Lock the job its worker claimed; None where its lease ran out and another worker has taken it since.

    The payload is read when it is asked for, so that a damaged one can still be dead-lettered.
    """
    held = (Job.id == job_id, Job.attempts == attempts, Job.lease_until == lease_until)
    still_open = (Job.done_at.is_(None), Job.dead_at.is_(None))
    query = select(Job).where(*held, *still_open).options(defer(Job.payload)).with_for_update()
    return session.scalars(query).one_or_none()
