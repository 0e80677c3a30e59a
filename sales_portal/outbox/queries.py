"""Finding jobs that are due."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

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


def count_due(session: Session, topics: Collection[str], at: datetime, at_most: int) -> int:
    """How many jobs of `topics` may be taken at `at`, counted no further than `at_most`."""
    return len(session.scalars(select(Job.id).where(is_due(topics, at)).limit(at_most)).all())
