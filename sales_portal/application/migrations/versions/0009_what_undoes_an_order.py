"""Refunds, cancellations and disputes."""

import sqlalchemy as sa
from alembic import op

from sales_portal.core.db import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GRANTS = sa.table("role_permissions", sa.column("role_id"), sa.column("permission"), sa.column("reach"))
ROLES = sa.table("roles", sa.column("id"), sa.column("slug"))
GRANTED = (
    ("refund.ask", "own", ("agent",)), ("refund.ask", "team", ("senior_agent", "manager")),
    ("refund.ask", "all", ("admin",)), ("refund.decide", "team", ("manager",)), ("refund.decide", "all", ("admin",)),
)
IS_OPEN, STANDS = sa.text("status IN ('asked','pending')"), sa.text("status IN ('asked','done')")


def upgrade() -> None:
    """The roles that ship with the portal may do what their namesakes may in a new one."""
    op.add_column("sites", sa.Column("refund_limits", sa.JSON(), nullable=True))
    op.create_index("uq_payments_currency", "payments", ["id", "currency"], unique=True)
    op.execute("INSERT INTO payment_transitions (from_status, to_status) VALUES ('capturing', 'void_pending') "
               "ON CONFLICT DO NOTHING")
    for permission, reach, slugs in GRANTED:
        op.execute(sa.insert(GRANTS).from_select(["role_id", "permission", "reach"], sa.select(
            ROLES.c.id, sa.literal(permission), sa.literal(reach)).where(ROLES.c.slug.in_(slugs))))
    _create_refunds()
    _create_cancellations()
    _create_disputes()


def _create_refunds() -> None:
    op.create_table(
        "refunds",
        sa.Column("id", KEY, nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", KEY, nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=14), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("failure", sa.String(length=300), nullable=False),
        sa.Column("idempotency_key", sa.String(length=80), nullable=False),
        sa.Column("asked_by_id", KEY, nullable=True),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by_id", KEY, nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount")),
        sa.CheckConstraint("status IN ('asked','pending','done','failed','refused')", name=op.f("ck_refunds_status")),
        sa.CheckConstraint("reason IN ('returned','damaged','not_delivered','goodwill','mistake','cancelled','other')",
                           name=op.f("ck_refunds_reason")),
        sa.CheckConstraint("status = 'refused' OR decided_by_id IS NULL OR decided_by_id <> asked_by_id",
                           name=op.f("ck_refunds_not_ones_own")),
        sa.CheckConstraint("(status IN ('asked','pending')) = (finished_at IS NULL)",
                           name=op.f("ck_refunds_finished_at")),
        sa.ForeignKeyConstraint(["payment_id", "currency"], ["payments.id", "payments.currency"],
                                name=op.f("fk_refunds_payment_id_currency_payments")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id_orders")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_refunds_asked_by_id_staff")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff.id"], name=op.f("fk_refunds_decided_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_refunds_idempotency_key")),
    )
    op.create_index(op.f("ix_refunds_payment_id"), "refunds", ["payment_id"])
    op.create_index(op.f("ix_refunds_order_id"), "refunds", ["order_id"])
    op.create_index("uq_refunds_one_open", "refunds", ["payment_id"], unique=True, sqlite_where=IS_OPEN,
                    postgresql_where=IS_OPEN)


def _create_cancellations() -> None:
    op.create_table(
        "cancellations",
        sa.Column("id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("reason", sa.String(length=14), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("asked_by_id", KEY, nullable=True),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by_id", KEY, nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("status IN ('asked','done','refused')", name=op.f("ck_cancellations_status")),
        sa.CheckConstraint("reason IN ('customer','mistake','unavailable','suspicious','capture_failed','other')",
                           name=op.f("ck_cancellations_reason")),
        sa.CheckConstraint("status = 'refused' OR decided_by_id IS NULL OR decided_by_id <> asked_by_id",
                           name=op.f("ck_cancellations_not_ones_own")),
        sa.CheckConstraint("(status = 'asked') = (decided_at IS NULL)", name=op.f("ck_cancellations_decided_at")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_cancellations_order_id_orders")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_cancellations_asked_by_id_staff")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff.id"], name=op.f("fk_cancellations_decided_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellations")),
    )
    op.create_index("ix_cancellations_order", "cancellations", ["order_id"])
    op.create_index("uq_cancellations_one_stands", "cancellations", ["order_id"], unique=True, sqlite_where=STANDS,
                    postgresql_where=STANDS)


def _create_disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=4), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_disputes_amount")),
        sa.CheckConstraint("status IN ('open','won','lost')", name=op.f("ck_disputes_status")),
        sa.ForeignKeyConstraint(["payment_id", "currency"], ["payments.id", "payments.currency"],
                                name=op.f("fk_disputes_payment_id_currency_payments")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("reference", name=op.f("uq_disputes_reference")),
    )
    op.create_index(op.f("ix_disputes_payment_id"), "disputes", ["payment_id"])


def downgrade() -> None:
    """A payment that took the new step keeps it, so the step stays known."""
    for table in ("disputes", "cancellations", "refunds"):
        op.drop_table(table)
    op.execute(sa.delete(GRANTS).where(GRANTS.c.permission.in_(("refund.ask", "refund.decide"))))
    op.drop_index("uq_payments_currency", "payments")
    op.drop_column("sites", "refund_limits")
