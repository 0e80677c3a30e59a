"""The append-only table of facts."""

from typing import Protocol

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from sales_portal.core.db import Base, BigInt, Instant, JsonObject, Pk


class Subject(Protocol):
    """Anything with an id whose class names the table it lives in."""

    @property
    def __tablename__(self) -> str: ...

    @property
    def id(self) -> int: ...


class Event(Base):
    """One fact about a subject, who caused it and when; never changed, never deleted.

    `context_*` names a second thing whose timeline shows the fact too: an order's facts belong to its link's
    timeline. Subjects are plain ids, so that this rung needs to know no other.
    """

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_subject", "subject_type", "subject_id", "id"),
        Index("ix_history_context", "context_type", "context_id", "id"),
        Index("ix_history_at", "at"),
        Index("uq_history_order_placed_once", "subject_id", unique=True,
              sqlite_where=text("name = 'order.placed'"), postgresql_where=text("name = 'order.placed'")),
    )

    id: Mapped[Pk]
    name: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(BigInt)
    context_type: Mapped[str | None] = mapped_column(String(40))
    context_id: Mapped[int | None] = mapped_column(BigInt)
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None] = mapped_column(BigInt)
    actor_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[Instant]
    data: Mapped[JsonObject] = mapped_column(default=dict)
