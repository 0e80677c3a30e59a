"""Offers that change after they were sent: versions of a link, requests, wishes for stock, sites in maintenance."""

import sqlalchemy as sa
from alembic import op

from sales_portal.core.db import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FLAGS = ("shows_reason", "lets_go_without")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and tables."""
    for name in FLAGS:
        op.add_column("checkout_links", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("checkout_links", _first_version())
    for name in ("offered_at", "asked_at"):
        op.add_column("checkout_links", sa.Column(name, UTCDateTime(), nullable=True))
    op.add_column("checkout_links", sa.Column("asked_for", sa.String(length=16), nullable=True))
    op.create_index("ix_checkout_links_asked", "checkout_links", ["asked_at"], unique=False,
                    sqlite_where=sa.text("asked_at IS NOT NULL"), postgresql_where=sa.text("asked_at IS NOT NULL"))
    op.add_column("checkout_link_lines", sa.Column("could_wait_weeks", sa.Integer(), nullable=True))
    op.add_column("checkout_sessions", _first_version())
    op.add_column("sites", sa.Column("is_in_maintenance", sa.Boolean(), nullable=False, server_default=sa.false()))
    _create_versions()
    _create_wishes()


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("link_stock_wishes")
    op.drop_table("checkout_link_versions")
    op.drop_index("ix_checkout_links_asked", table_name="checkout_links")
    for table, columns in (
            ("sites", ["is_in_maintenance"]), ("checkout_sessions", ["offer_version"]),
            ("checkout_link_lines", ["could_wait_weeks"]),
            ("checkout_links", [*FLAGS, "asked_for", "asked_at", "offered_at", "offer_version"])):
        for column in columns:
            op.drop_column(table, column)


def _first_version() -> sa.Column[int]:
    return sa.Column("offer_version", sa.Integer(), nullable=False, server_default="1")


def _create_versions() -> None:
    op.create_table(
        "checkout_link_versions",
        sa.Column("link_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("selection_version", sa.Integer(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("items_count", sa.Integer(), nullable=False),
        sa.Column("customer_note", sa.String(length=500), nullable=False),
        sa.Column("totals", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("discounts", sa.JSON(), nullable=False),
        sa.Column("offered_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"], ["checkout_links.id"], name=op.f("fk_checkout_link_versions_link_id_checkout_links")),
        sa.PrimaryKeyConstraint("link_id", "number", name=op.f("pk_checkout_link_versions")),
        sa.UniqueConstraint("request_key", name=op.f("uq_checkout_link_versions_request_key")),
    )


def _create_wishes() -> None:
    op.create_table(
        "link_stock_wishes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("link_id", KEY, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["link_id"], ["checkout_links.id"], name=op.f("fk_link_stock_wishes_link_id_checkout_links")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_stock_wishes")),
        sa.UniqueConstraint("link_id", "email", name=op.f("uq_link_stock_wishes_link_id_email")),
    )
    op.create_index("ix_link_stock_wishes_waiting", "link_stock_wishes", ["link_id"], unique=False,
                    sqlite_where=sa.text("told_at IS NULL"), postgresql_where=sa.text("told_at IS NULL"))
