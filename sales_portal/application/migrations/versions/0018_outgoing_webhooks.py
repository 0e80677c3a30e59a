"""Other systems are told by signed webhooks what happens to orders and links."""

import sqlalchemy as sa
from alembic import op

from sales_portal.core.db import UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TOOK = sa.text("status_code BETWEEN 200 AND 299")
_GRANTS = sa.table("role_permissions", sa.column("role_id"), sa.column("permission"), sa.column("reach"))
_ROLES = sa.table("roles", sa.column("id"), sa.column("slug"))
_GRANTED = (("developers", ("auditor",)), ("developers.edit", ("admin", "integrator")))


def upgrade() -> None:
    """There are none yet; the roles that ship with the portal may do what their namesakes may in a new one."""
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", _ID, nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("site_id", _ID, nullable=True),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("sealed_secret", sa.String(), nullable=False),
        sa.Column("sealed_old_secret", sa.String(), nullable=True),
        sa.Column("old_secret_until", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("follows_from", UTCDateTime(), nullable=False),
        sa.Column("followed_at", UTCDateTime(), nullable=False),
        sa.Column("failing_since", UTCDateTime(), nullable=True),
        sa.Column("rests_until", UTCDateTime(), nullable=True),
        sa.Column("off_at", UTCDateTime(), nullable=True),
        sa.Column("off_reason", sa.String(length=10), nullable=False),
        sa.CheckConstraint("(sealed_old_secret IS NULL) = (old_secret_until IS NULL)",
                           name=op.f("ck_webhook_endpoints_old_secret")),
        sa.CheckConstraint("off_at IS NOT NULL OR off_reason = ''", name=op.f("ck_webhook_endpoints_off_reason")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_webhook_endpoints_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
        sqlite_autoincrement=True)
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", _ID, nullable=False),
        sa.Column("endpoint_id", _ID, nullable=False),
        sa.Column("event_id", _ID, nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("repetition", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("delivered_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('queued','delivered','failed')", name=op.f("ck_webhook_deliveries_state")),
        sa.CheckConstraint("(state = 'delivered') = (delivered_at IS NOT NULL)",
                           name=op.f("ck_webhook_deliveries_delivered_at")),
        sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoints.id"],
                                name=op.f("fk_webhook_deliveries_endpoint_id_webhook_endpoints")),
        sa.ForeignKeyConstraint(["event_id"], ["history.id"], name=op.f("fk_webhook_deliveries_event_id_history")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("endpoint_id", "event_id", "repetition",
                            name=op.f("uq_webhook_deliveries_endpoint_id_event_id_repetition")),
        sa.UniqueConstraint("message_id", "repetition", name=op.f("uq_webhook_deliveries_message_id_repetition")),
        sqlite_autoincrement=True)
    op.create_table(
        "webhook_attempts",
        sa.Column("delivery_id", _ID, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("signature", sa.String(length=200), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_webhook_attempts_attempt")),
        sa.CheckConstraint("(status_code IS NULL) = (problem <> '')", name=op.f("ck_webhook_attempts_problem")),
        sa.ForeignKeyConstraint(["delivery_id"], ["webhook_deliveries.id"],
                                name=op.f("fk_webhook_attempts_delivery_id_webhook_deliveries")),
        sa.PrimaryKeyConstraint("delivery_id", "attempt", name=op.f("pk_webhook_attempts")))
    op.create_index("uq_webhook_attempts_taken_once", "webhook_attempts", ["delivery_id"], unique=True,
                    sqlite_where=_TOOK, postgresql_where=_TOOK)
    for permission, slugs in _GRANTED:
        op.execute(sa.insert(_GRANTS).from_select(["role_id", "permission", "reach"], sa.select(
            _ROLES.c.id, sa.literal(permission), sa.literal("all")).where(
                _ROLES.c.slug.in_(slugs), ~sa.exists().where(
                    _GRANTS.c.role_id == _ROLES.c.id, _GRANTS.c.permission == permission))))


def downgrade() -> None:
    """Nobody is told any more."""
    op.execute("DELETE FROM outbox WHERE topic LIKE 'webhook%'")
    for permission, slugs in _GRANTED:
        op.execute(sa.delete(_GRANTS).where(_GRANTS.c.permission == permission, _GRANTS.c.role_id.in_(
            sa.select(_ROLES.c.id).where(_ROLES.c.slug.in_(slugs)))))
    for table in ("webhook_attempts", "webhook_deliveries", "webhook_endpoints"):
        op.drop_table(table)
