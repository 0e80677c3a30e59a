"""What was asked for, and what was answered."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sales_portal.accounts.models import Staff
from sales_portal.core.db import Base, Instant, JsonObject, Pk, UTCDateTime
from sales_portal.selections.models import Selection

_IS_WAITING = text("status = 'waiting'")


class Approval(Base):
    """One request for a yes about a selection; a selection has one waiting at most.

    `terms` are those of the link that is made by itself when `wants_link`, packed by the rung that knows them;
    `offer` is the fingerprint of the whole selection when it was asked for. `link_id` is that link, once made.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint("status IN ('waiting','approved','rejected','withdrawn')", name="status"),
        CheckConstraint("status NOT IN ('approved','rejected') OR decided_by_id IS NOT NULL", name="decided_by"),
        CheckConstraint("(status = 'waiting') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="not_ones_own"),
        CheckConstraint("link_id IS NULL OR status = 'approved'", name="link"),
        Index("ix_approvals_status", "status", "id"),
        Index("ix_approvals_selection", "selection_id", "id"),
        Index("uq_approvals_one_waiting", "selection_id", unique=True, sqlite_where=_IS_WAITING,
              postgresql_where=_IS_WAITING),
    )

    id: Mapped[Pk]
    selection_id: Mapped[int] = mapped_column(ForeignKey(Selection.id))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey(Staff.id))
    asked_at: Mapped[Instant]
    message: Mapped[str] = mapped_column(String(500), default="")
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    comment: Mapped[str] = mapped_column(String(500), default="")
    wants_link: Mapped[bool] = mapped_column(default=True)
    wants_mail: Mapped[bool] = mapped_column(default=False)
    terms: Mapped[JsonObject] = mapped_column(default=dict)
    offer: Mapped[str] = mapped_column(String(64))
    link_id: Mapped[int | None] = mapped_column(BigInteger)
    request_key: Mapped[str] = mapped_column(String(64), unique=True)

    selection: Mapped[Selection] = relationship(lazy="raise")
    asked_by: Mapped[Staff] = relationship(lazy="raise", foreign_keys=[asked_by_id])
    decided_by: Mapped[Staff | None] = relationship(lazy="raise", foreign_keys=[decided_by_id])
    items: Mapped[list["ApprovalItem"]] = relationship(lazy="raise", order_by="ApprovalItem.id")

    @property
    def number(self) -> str:
        """The number people say on the phone: P-77."""
        return f"P-{76 + self.id}"


class ApprovalItem(Base):
    """One part of a request: a line at its price and quantity, all lines with their discounts, or one of the terms.

    `fingerprint` is what a yes covers; `asked` is what the person who decides is shown.
    """

    __tablename__ = "approval_items"
    __table_args__ = (
        UniqueConstraint("approval_id", "fingerprint"),
        CheckConstraint("kind IN ('line','whole','terms')", name="kind"),
    )

    id: Mapped[Pk]
    approval_id: Mapped[int] = mapped_column(ForeignKey(Approval.id))
    kind: Mapped[str] = mapped_column(String(8))
    fingerprint: Mapped[str] = mapped_column(String(64))
    asked: Mapped[JsonObject] = mapped_column(default=dict)
