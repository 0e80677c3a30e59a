"""What undoes an order, or a part of it: refunds, cancellations, disputes."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sales_portal.accounts.models import Staff
from sales_portal.core.db import Amount, Base, Currency, Instant, Pk, UTCDateTime
from sales_portal.orders.models import Order
from sales_portal.payments.models import Payment

_IS_OPEN = text("status IN ('asked','pending')")
_STANDS = text("status IN ('asked','done')")
REFUND_REASONS = ("returned", "damaged", "not_delivered", "goodwill", "mistake", "cancelled", "no_order", "other")
CANCEL_REASONS = ("customer", "mistake", "unavailable", "suspicious", "capture_failed", "other")


class Refund(Base):
    """Money that goes back to the customer; a payment has one at most that is not finished.

    `asked` waits for somebody who may agree, `pending` for the provider. `decided_by_id` is who agreed or said no;
    nobody where whoever asked might do it alone. `items` are the line numbers and pieces it is for, where that was
    said. `order_id` is None where no order came of the payment.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        ForeignKeyConstraint(["payment_id", "currency"], [Payment.id, Payment.currency]),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("status IN ('asked','pending','done','failed','refused')", name="status"),
        CheckConstraint("reason IN ('returned','damaged','not_delivered','goodwill','mistake','cancelled','no_order',"
                        "'other')", name="reason"),
        CheckConstraint("status = 'refused' OR decided_by_id IS NULL OR decided_by_id <> asked_by_id",
                        name="not_ones_own"),
        CheckConstraint("(status IN ('asked','pending')) = (finished_at IS NULL)", name="finished_at"),
        Index("uq_refunds_one_open", "payment_id", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    id: Mapped[Pk]
    payment_id: Mapped[int] = mapped_column(BigInteger, index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey(Order.id), index=True)
    amount: Mapped[Amount]
    currency: Mapped[Currency]
    reason: Mapped[str] = mapped_column(String(14))
    note: Mapped[str] = mapped_column(String(500), default="")
    items: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    status: Mapped[str] = mapped_column(String(8))
    failure: Mapped[str] = mapped_column(String(300), default="")
    idempotency_key: Mapped[str] = mapped_column(String(80), unique=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    asked_at: Mapped[Instant]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    order: Mapped[Order | None] = relationship(lazy="raise")
    asked_by: Mapped[Staff | None] = relationship(lazy="raise", foreign_keys=[asked_by_id])
    decided_by: Mapped[Staff | None] = relationship(lazy="raise", foreign_keys=[decided_by_id])


class Cancellation(Base):
    """Why an order was cancelled, or that somebody asks for it; an order has one at most that was not refused.

    `asked_by_id` is None where the portal cancelled it, since the money could not be taken.
    """

    __tablename__ = "cancellations"
    __table_args__ = (
        CheckConstraint("status IN ('asked','done','refused')", name="status"),
        CheckConstraint("reason IN ('customer','mistake','unavailable','suspicious','capture_failed','other')",
                        name="reason"),
        CheckConstraint("status = 'refused' OR decided_by_id IS NULL OR decided_by_id <> asked_by_id",
                        name="not_ones_own"),
        CheckConstraint("(status = 'asked') = (decided_at IS NULL)", name="decided_at"),
        Index("ix_cancellations_order", "order_id"),
        Index("uq_cancellations_one_stands", "order_id", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
    )

    id: Mapped[Pk]
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id))
    reason: Mapped[str] = mapped_column(String(14))
    note: Mapped[str] = mapped_column(String(500), default="")
    status: Mapped[str] = mapped_column(String(8))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    asked_at: Mapped[Instant]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    order: Mapped[Order] = relationship(lazy="raise")
    asked_by: Mapped[Staff | None] = relationship(lazy="raise", foreign_keys=[asked_by_id])
    decided_by: Mapped[Staff | None] = relationship(lazy="raise", foreign_keys=[decided_by_id])


class Dispute(Base):
    """A customer's bank asks the money of a payment back; `reference` is the provider's name for it."""

    __tablename__ = "disputes"
    __table_args__ = (
        ForeignKeyConstraint(["payment_id", "currency"], [Payment.id, Payment.currency]),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("status IN ('open','won','lost')", name="status"),
    )

    id: Mapped[Pk]
    payment_id: Mapped[int] = mapped_column(BigInteger, index=True)
    reference: Mapped[str] = mapped_column(String(120), unique=True)
    amount: Mapped[Amount]
    currency: Mapped[Currency]
    reason: Mapped[str] = mapped_column(String(60), default="")
    status: Mapped[str] = mapped_column(String(4), default="open")
    opened_at: Mapped[Instant]
    changed_at: Mapped[Instant]
