"""A site's brand and legal texts, whether its customers sign in, and for whom a visit buys."""

import sqlalchemy as sa
from alembic import op

from sales_portal.core.db import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FLAGS = ("has_terms", "has_privacy", "has_returns", "requires_sign_in")


def upgrade() -> None:
    # The checks stand with their columns: SQLite adds none to a table that others refer to.
    op.execute("ALTER TABLE sites ADD COLUMN corners VARCHAR(6) DEFAULT 'soft' NOT NULL "
               "CONSTRAINT ck_sites_corners CHECK (corners IN ('sharp','soft','round'))")
    op.execute("ALTER TABLE sites ADD COLUMN crm VARCHAR(12) DEFAULT 'salesforce' NOT NULL "
               "CONSTRAINT ck_sites_crm CHECK (crm IN ('salesforce','other'))")
    for name in ("logo_light", "logo_dark"):
        op.add_column("sites", sa.Column(name, sa.String(length=32), nullable=True))
    op.add_column("sites", sa.Column("footer_links", sa.JSON(none_as_null=True), nullable=True))
    for name in FLAGS:
        op.add_column("sites", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("checkout_sessions", sa.Column("on_behalf_of", sa.String(length=300), nullable=True))
    op.add_column("checkout_sessions", sa.Column("signed_in_at", UTCDateTime(), nullable=True))
    op.create_table(
        "site_logos",
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("theme", sa.String(length=5), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("theme IN ('light','dark')", name=op.f("ck_site_logos_theme")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_logos_site_id_sites")),
        sa.PrimaryKeyConstraint("site_id", "theme", name=op.f("pk_site_logos")),
    )
    op.create_index(op.f("ix_site_logos_digest"), "site_logos", ["digest"], unique=False)
    op.create_table(
        "site_texts",
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('terms','privacy','returns')", name=op.f("ck_site_texts_kind")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_texts_site_id_sites")),
        sa.PrimaryKeyConstraint("site_id", "kind", name=op.f("pk_site_texts")),
    )
    op.create_table(
        "sign_in_codes",
        sa.Column("checkout_session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_sign_in_codes_tries")),
        sa.ForeignKeyConstraint(["checkout_session_id"], ["checkout_sessions.id"],
                                name=op.f("fk_sign_in_codes_checkout_session_id_checkout_sessions")),
        sa.PrimaryKeyConstraint("checkout_session_id", name=op.f("pk_sign_in_codes")),
    )


def downgrade() -> None:
    for table in ("sign_in_codes", "site_texts", "site_logos"):
        op.drop_table(table)
    for name in ("signed_in_at", "on_behalf_of"):
        op.drop_column("checkout_sessions", name)
    for name in (*FLAGS, "footer_links", "logo_dark", "logo_light", "crm", "corners"):
        op.drop_column("sites", name)
