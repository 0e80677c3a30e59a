"""Outgoing webhooks: where they go, what is sent there, and what came of each try."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sales_portal.core.db import Base, BigInt, Instant, Pk, UTCDateTime
from sales_portal.history.models import Event
from sales_portal.sites.models import Site

_TOOK = text("status_code BETWEEN 200 AND 299")


class Endpoint(Base):
    """A receiver of webhooks: its address, which facts it wants, and of which site; of every site without one.

    The secret is stored sealed, and so is the one before: both sign until `old_secret_until`. Facts are read from
    `follows_from` on, and were until `followed_at`. Nothing is sent there until `rests_until`, since it did not answer;
    once it is off nothing is any more, and `off_reason` says why where nobody turned it off.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        CheckConstraint("(sealed_old_secret IS NULL) = (old_secret_until IS NULL)", name="old_secret"),
        CheckConstraint("off_at IS NOT NULL OR off_reason = ''", name="off_reason"),
        # An id is never given twice: alerts, jobs and the history name rows by it that may be gone.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Pk]
    url: Mapped[str] = mapped_column(String(500))
    site_id: Mapped[int | None] = mapped_column(ForeignKey(Site.id))
    events: Mapped[list[str]] = mapped_column(JSON)
    sealed_secret: Mapped[str]
    sealed_old_secret: Mapped[str | None]
    old_secret_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[Instant]
    follows_from: Mapped[Instant]
    followed_at: Mapped[Instant]
    failing_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    rests_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    off_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    off_reason: Mapped[str] = mapped_column(String(10), default="")

    site: Mapped[Site | None] = relationship(lazy="raise")

    @property
    def state(self) -> str:
        """`off`, `failing` or `on`."""
        if self.off_at is not None:
            return "off"
        return "failing" if self.failing_since is not None else "on"

    def signs_twice_until(self, at: datetime) -> datetime | None:
        """Until when the secret before signs too, as of `at`; None where it does not."""
        return self.old_secret_until if self.old_secret_until is not None and at < self.old_secret_until else None


class WebhookDelivery(Base):
    """One message to one endpoint. Sent again by hand it is a row of its own, with the same `message_id` and body, so
    that the receiver knows it again; `repetition` counts those.

    `event_id` is the fact it tells of, and `about` the number of its order or link; a test has neither.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('queued','delivered','failed')", name="state"),
        CheckConstraint("(state = 'delivered') = (delivered_at IS NOT NULL)", name="delivered_at"),
        UniqueConstraint("endpoint_id", "event_id", "repetition"),
        UniqueConstraint("message_id", "repetition"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Pk]
    endpoint_id: Mapped[int] = mapped_column(ForeignKey(Endpoint.id))
    event_id: Mapped[int | None] = mapped_column(ForeignKey(Event.id))
    name: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(20), default="")
    message_id: Mapped[str] = mapped_column(String(40))
    repetition: Mapped[int] = mapped_column(default=0)
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    created_at: Mapped[Instant]
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    endpoint: Mapped[Endpoint] = relationship(lazy="raise")
    attempts: Mapped[list["WebhookAttempt"]] = relationship(lazy="raise", order_by="WebhookAttempt.attempt")


class WebhookAttempt(Base):
    """One try to hand a message over: what was answered, or in `problem` why nothing was. At most one is taken."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (
        CheckConstraint("attempt >= 1", name="attempt"),
        CheckConstraint("(status_code IS NULL) = (problem <> '')", name="problem"),
        Index("uq_webhook_attempts_taken_once", "delivery_id", unique=True, sqlite_where=_TOOK, postgresql_where=_TOOK),
    )

    delivery_id: Mapped[int] = mapped_column(BigInt, ForeignKey(WebhookDelivery.id), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Instant]
    signature: Mapped[str] = mapped_column(String(200))
    status_code: Mapped[int | None]
    milliseconds: Mapped[int]
    problem: Mapped[str] = mapped_column(String(300), default="")

    @property
    def is_taken(self) -> bool:
        """Whether the receiver said that it has the message."""
        return self.status_code is not None and 200 <= self.status_code < 300
