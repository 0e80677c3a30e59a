"""What providers say about payments, and what a person must look at."""

import sqlalchemy as sa
from alembic import op

from sales_portal.core.db import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Events are kept as they came, alerts until they have ended."""
    op.create_table(
        "provider_events",
        sa.Column("id", _ID, nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("event_id", sa.String(length=120), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("received_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("processed_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_events")),
        sa.UniqueConstraint("gateway", "event_id", name=op.f("uq_provider_events_gateway_event_id")))
    op.create_index(op.f("ix_provider_events_reference"), "provider_events", ["reference"])
    waiting = sa.text("processed_at IS NULL")
    op.create_index("ix_provider_events_waiting", "provider_events", ["received_at"], sqlite_where=waiting,
                    postgresql_where=waiting)
    op.create_table(
        "alerts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=160), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("raised_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")))
    is_open = sa.text("ended_at IS NULL")
    op.create_index("uq_alerts_open", "alerts", ["code", "about"], unique=True, sqlite_where=is_open,
                    postgresql_where=is_open)


def downgrade() -> None:
    """Neither is kept."""
    op.drop_table("alerts")
    op.drop_table("provider_events")
