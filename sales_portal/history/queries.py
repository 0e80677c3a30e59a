"""Reading facts back."""

from sqlalchemy import Select, and_, or_, select

from sales_portal.history.models import Event, Subject


def list_timeline(subject: Subject, *further: Subject) -> Select[Event]:
    """Every fact about `subject` and those `further` ones, and every fact whose context it is, newest first."""
    kind, key = subject.__tablename__, subject.id
    about = [and_(Event.subject_type == one.__tablename__, Event.subject_id == one.id) for one in (subject, *further)]
    return (
        select(Event)
        .where(or_(*about, and_(Event.context_type == kind, Event.context_id == key)))
        .order_by(Event.id.desc())
    )
