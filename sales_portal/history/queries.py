"""Reading facts back."""

from sqlalchemy import Select, and_, or_, select

from sales_portal.history.models import Event, Subject


def list_timeline(subject: Subject) -> Select[Event]:
    """Every fact about `subject`, and every fact whose context it is, newest first."""
    kind, key = subject.__tablename__, subject.id
    return (
        select(Event)
        .where(or_(and_(Event.subject_type == kind, Event.subject_id == key),
                   and_(Event.context_type == kind, Event.context_id == key)))
        .order_by(Event.id.desc())
    )
