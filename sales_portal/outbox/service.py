"""Putting a job into the outbox, in the transaction that needs it done."""

from datetime import datetime

from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.outbox.models import Job


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
