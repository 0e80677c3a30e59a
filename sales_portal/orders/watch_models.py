"""What the watch over money and orders keeps: what providers sent, and what a person must look at."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from sales_portal.core.db import Base, Instant, Pk, UTCDateTime

_OPEN = text("ended_at IS NULL")


class ProviderEvent(Base):
    """What a provider sent about a payment, as it came: kept for good, and processed by asking the provider anew.

    One that could not be processed keeps `error` and is tried again.
    """

    __tablename__ = "provider_events"
    __table_args__ = (
        UniqueConstraint("gateway", "event_id"),
        Index("ix_provider_events_waiting", "received_at", sqlite_where=text("processed_at IS NULL"),
              postgresql_where=text("processed_at IS NULL")),
    )

    id: Mapped[Pk]
    gateway: Mapped[str] = mapped_column(String(20))
    event_id: Mapped[str] = mapped_column(String(120))
    type: Mapped[str] = mapped_column(String(80))
    reference: Mapped[str | None] = mapped_column(String(120), index=True)
    body: Mapped[str]
    received_at: Mapped[Instant]
    processed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str | None] = mapped_column(String(500))


class Alert(Base):
    """Something a person must look at; as long as it has not ended, the same is not raised again.

    `code` is the number of an invariant or a short name, `about` the one thing it is about where there is one.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index("uq_alerts_open", "code", "about", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[Pk]
    code: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(160), default="")
    text: Mapped[str] = mapped_column(String(1000))
    raised_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
