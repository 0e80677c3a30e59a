"""Payments, every step they may take, and the steps they took."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sales_portal.checkout.models import CheckoutSession
from sales_portal.core.db import Amount, Base, BigInt, Currency, Instant, JsonObject, Pk, UTCDateTime
from sales_portal.links.models import CheckoutLink

LIVE = ("created", "authorised", "captured_auto", "capturing", "captured")
_LIVE = text("status IN ('created','authorised','captured_auto','capturing','captured')")
_LEASED = text("is_leased AND status IN ('created','captured_auto')")

TRANSITIONS = (
    ("new", "created"), ("created", "authorised"), ("created", "declined"), ("created", "cancelled"),
    ("created", "captured_auto"), ("authorised", "capturing"), ("authorised", "void_pending"),
    ("capturing", "captured"), ("capturing", "capture_failed"), ("capturing", "void_pending"),
    ("void_pending", "voided"),
    ("void_pending", "refund_pending"), ("captured_auto", "captured"), ("captured_auto", "refund_pending"),
    ("captured", "refund_pending"), ("refund_pending", "refunded"), ("refund_pending", "captured"),
    # Corrections, where the provider's truth arrives late and contradicts ours.
    ("cancelled", "void_pending"), ("cancelled", "refund_pending"), ("declined", "void_pending"),
    ("voided", "refund_pending"), ("capture_failed", "captured"),
)
"""Every legal step of a payment; the same pairs are rows of `payment_transitions`."""


class PaymentTransition(Base):
    """A legal step; a step that is no row here cannot be stored."""

    __tablename__ = "payment_transitions"

    from_status: Mapped[str] = mapped_column(String(16), primary_key=True)
    to_status: Mapped[str] = mapped_column(String(16), primary_key=True)


class Payment(Base):
    """One attempt to take money for a checkout session: authorised first, captured once the order stands.

    By a method whose money moves at once stock is held for it until `started_until`; `extended_at` is when its customer
    asked for more time.
    """

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("status IN ('created','authorised','captured_auto','capturing','captured','capture_failed',"
                        "'declined','cancelled','void_pending','voided','refund_pending','refunded')", name="status"),
        CheckConstraint("capture_mode IN ('manual','auto','by_hand')", name="capture_mode"),
        CheckConstraint("purpose IN ('full','deposit','balance')", name="purpose"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("captured_amount IN (0, amount)", name="captured"),
        CheckConstraint("refunded_amount BETWEEN 0 AND captured_amount", name="refunded"),
        CheckConstraint("status IN ('captured','captured_auto','refund_pending','refunded') OR captured_amount = 0",
                        name="captured_status"),
        Index("uq_payments_one_live", "checkout_session_id", "purpose", unique=True, sqlite_where=_LIVE,
              postgresql_where=_LIVE),
        # What refers to a payment together with its currency cannot be of another one.
        Index("uq_payments_currency", "id", "currency", unique=True),
        Index("uq_payments_one_lease", "link_id", unique=True, sqlite_where=_LEASED, postgresql_where=_LEASED),
    )

    id: Mapped[Pk]
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    link_id: Mapped[int] = mapped_column(ForeignKey(CheckoutLink.id), index=True)
    checkout_session_id: Mapped[int] = mapped_column(ForeignKey(CheckoutSession.id), index=True)
    order_id: Mapped[int | None] = mapped_column(BigInt)
    purpose: Mapped[str] = mapped_column(String(10), default="full")
    gateway: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(20), default="card", server_default="card")
    gateway_reference: Mapped[str | None] = mapped_column(String(120), unique=True)
    idempotency_key: Mapped[str] = mapped_column(String(80), unique=True)
    capture_mode: Mapped[str] = mapped_column(String(8), default="manual")
    is_leased: Mapped[bool] = mapped_column(default=False)
    amount: Mapped[Amount]
    currency: Mapped[Currency]
    captured_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    refunded_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    status: Mapped[str] = mapped_column(String(16), default="created")
    steps_count: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Instant]
    started_until: Mapped[Instant]
    extended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    capture_before: Mapped[datetime | None] = mapped_column(UTCDateTime)
    changed_at: Mapped[Instant]

    link: Mapped[CheckoutLink] = relationship(lazy="raise")
    checkout_session: Mapped[CheckoutSession] = relationship(lazy="raise")


class PaymentEvent(Base):
    """One step a payment took; `source` says who reported it."""

    __tablename__ = "payment_events"
    __table_args__ = (
        ForeignKeyConstraint(["from_status", "to_status"],
                             [PaymentTransition.from_status, PaymentTransition.to_status]),
    )

    payment_id: Mapped[int] = mapped_column(ForeignKey(Payment.id), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    from_status: Mapped[str] = mapped_column(String(16))
    to_status: Mapped[str] = mapped_column(String(16))
    at: Mapped[Instant]
    source: Mapped[str] = mapped_column(String(20))


class TestIntent(Base):
    """What the embedded test provider knows of one payment: its own truth, beside ours and never read as ours."""

    __tablename__ = "test_intents"
    __test__ = False

    id: Mapped[Pk]
    reference: Mapped[str] = mapped_column(String(64), unique=True)
    page_token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    idempotency_key: Mapped[str] = mapped_column(String(80), unique=True)
    payment_public_id: Mapped[str] = mapped_column(String(32), index=True)
    amount: Mapped[Amount]
    currency: Mapped[Currency]
    status: Mapped[str] = mapped_column(String(20))
    description: Mapped[str] = mapped_column(String(200))
    return_url: Mapped[str]
    details: Mapped[JsonObject] = mapped_column(default=dict)
    created_at: Mapped[Instant]
