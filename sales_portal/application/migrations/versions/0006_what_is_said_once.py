"""What is said once about a link, when a site reminds, and what a mail keeps for the next one."""

import sqlalchemy as sa
from alembic import op

from sales_portal.core.db import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_notices",
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("about", sa.String(length=254), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('opened','ending','reminded','recovered','declined')", name=op.f("ck_link_notices_kind")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["checkout_links.id"], name=op.f("fk_link_notices_link_id_checkout_links")
        ),
        sa.PrimaryKeyConstraint("link_id", "kind", "about", name=op.f("pk_link_notices")),
    )
    # Agents of links that were opened before are not told of it now.
    op.execute("INSERT INTO link_notices (link_id, kind, about, at) SELECT id, 'opened', '', created_at "
               "FROM checkout_links WHERE progress IN ('opened','checkout_started','payment_failed','paid')")
    op.add_column("sites", sa.Column("reminds_days_before", sa.Integer(), server_default="2", nullable=True))
    op.add_column("sites", sa.Column("sends_recovery_mail", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("deliveries", sa.Column("sealed_stop_url", sa.String(), nullable=True))
    op.add_column("deliveries", sa.Column("note", sa.String(), server_default=sa.text("''"), nullable=False))
    op.create_index("uq_link_addresses_recipient", "link_addresses", ["link_id", "recipient"], unique=True)
    op.create_index("ix_deliveries_recipient", "deliveries", ["recipient", "created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_deliveries_recipient", table_name="deliveries")
    op.drop_index("uq_link_addresses_recipient", table_name="link_addresses")
    op.drop_column("deliveries", "note")
    op.drop_column("deliveries", "sealed_stop_url")
    op.drop_column("sites", "sends_recovery_mail")
    op.drop_column("sites", "reminds_days_before")
    op.drop_table("link_notices")
