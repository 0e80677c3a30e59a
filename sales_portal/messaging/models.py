"""Deliveries: what was sent to whom, and what became of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from sales_portal.core.db import Base, BigInt, Instant, Pk, UTCDateTime

READY, REMINDER = BY_PEOPLE = ("link-ready", "link-reminder")
"""The mails a person writes, each waited for: the job `mail.delivered` says that one was taken."""


class Delivery(Base):
    """One mail to one recipient. The body keeps `URL_PLACEHOLDER` where a secret address belongs.

    `sealed_url` is that address as ciphertext; it is opened at sending, and at display for those permitted. So is
    `sealed_stop_url`, where the recipient says no to further mails, in place of `STOP_PLACEHOLDER`. `note` is what a
    person wrote themselves, for the next mail to begin with.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('queued','sent','failed')", name="state"),
        Index("ix_deliveries_subject", "subject_type", "subject_id", "id"),
        Index("ix_deliveries_recipient", "recipient", "created_at"),
    )

    id: Mapped[Pk]
    template: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(BigInt)
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[str] = mapped_column(String(200), default="")
    sender_name: Mapped[str] = mapped_column(String(200))
    reply_to: Mapped[str | None] = mapped_column(String(254))
    title: Mapped[str] = mapped_column(String(300))
    body_text: Mapped[str]
    body_html: Mapped[str]
    sealed_url: Mapped[str | None]
    sealed_stop_url: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="", server_default=text("''"))
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(12), default="queued")
    created_at: Mapped[Instant]
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failure: Mapped[str | None]
