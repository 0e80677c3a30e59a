"""Recording facts."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.history.events import EventName
from sales_portal.history.models import Event, Subject

Fact = dict[str, Any]
"""A row of the history that is not appended yet."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a kind (`staff`, `customer`, `system`), an id where there is one, and a name to show."""

    kind: str
    name: str
    id: int | None = None


# The table, not the entity: nobody needs the row back.
_APPENDED = insert(cast(Table, Event.__table__))

SYSTEM = Actor("system", "Sales Portal")
CUSTOMER = Actor("customer", "The customer")


@dataclass(frozen=True, slots=True)
class Reference:
    """A subject known only by the name of its table and its id, as a job or a delivery remembers it."""

    __tablename__: str
    id: int


def record(session: Session, name: EventName, subject: Subject, *, by: Actor, context: Subject | None = None,
           **data: object) -> None:
    """Append the fact `name` about `subject` to the history, in the caller's transaction; see `fact`."""
    append(session, fact(name, subject, by=by, context=context, **data))


def fact(name: EventName, subject: Subject, *, by: Actor, context: Subject | None = None, **data: object) -> Fact:
    """The fact `name` about `subject`, as of now, to append with others.

    `data` must be plain JSON and hold no secret and no personal detail beyond what a timeline shows.
    The subject needs its id, so flush it first.
    """
    return {
        "name": name.value, "subject_type": subject.__tablename__, "subject_id": subject.id,
        "context_type": context.__tablename__ if context is not None else None,
        "context_id": context.id if context is not None else None,
        "actor_kind": by.kind, "actor_id": by.id, "actor_name": by.name, "at": clock.now(), "data": data}


def append(session: Session, *facts: Fact) -> None:
    """Append facts to the history in their order and in one statement, in the caller's transaction."""
    if facts:
        session.execute(_APPENDED, list(facts))
