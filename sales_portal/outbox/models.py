"""Jobs waiting to be done."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sales_portal.core.db import Base, BigInt, Instant, JsonObject, Pk, UTCDateTime


class Job(Base):
    """One thing to do outside the transaction that asked for it; at most one per topic, subject and `dedupe`.

    A job with `every_seconds` is periodic: finishing it sets the next time instead of `done_at`.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("topic", "subject_type", "subject_id", "dedupe"),
        CheckConstraint("done_at IS NULL OR dead_at IS NULL", name="done_or_dead"),
        Index("ix_outbox_ready", "not_before", sqlite_where=text("done_at IS NULL AND dead_at IS NULL"),
              postgresql_where=text("done_at IS NULL AND dead_at IS NULL")),
    )

    id: Mapped[Pk]
    topic: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(BigInt)
    dedupe: Mapped[str] = mapped_column(String(80), default="")
    payload: Mapped[JsonObject] = mapped_column(default=dict)
    created_at: Mapped[Instant]
    not_before: Mapped[Instant]
    every_seconds: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None]
