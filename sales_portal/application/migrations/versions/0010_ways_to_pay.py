"""The ways to pay: which a site and a link offer, which a customer chose, holds that are extended, and invoices."""

import sqlalchemy as sa
from alembic import op

from sales_portal.core.db import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("paid_on IS NULL AND voided_at IS NULL")


def upgrade() -> None:
    """Everybody paid by card until now."""
    op.add_column("sites", sa.Column("payment_methods", sa.String(length=120), server_default=sa.text("''"), nullable=False))
    op.add_column("sites", sa.Column("invoice_days", sa.Integer(), server_default="14", nullable=False))
    op.add_column("sites", sa.Column("bank_details", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("checkout_links",
                  sa.Column("payment_methods", sa.String(length=120), server_default=sa.text("''"), nullable=False))
    op.add_column("checkout_sessions",
                  sa.Column("payment_method", sa.String(length=20), server_default=sa.text("''"), nullable=False))
    op.add_column("payments", sa.Column("method", sa.String(length=20), server_default="card", nullable=False))
    op.add_column("payments", sa.Column("extended_at", UTCDateTime(), nullable=True))
    # Whoever decided as a manager or an administrator does also here.
    op.execute("INSERT INTO role_permissions (role_id, permission, reach) "
               "SELECT id, 'invoices.settle', CASE slug WHEN 'admin' THEN 'all' ELSE 'team' END FROM roles "
               "WHERE slug IN ('manager', 'admin')")
    op.create_table(
        "invoice_series",
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_invoice_series_site_id_sites")),
        sa.PrimaryKeyConstraint("site_id", "year", name=op.f("pk_invoice_series")))
    op.create_table(
        "invoices",
        sa.Column("order_id", KEY, autoincrement=False, nullable=False),
        sa.Column("site_id", KEY, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence_no", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("bank_details", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_reference", sa.String(length=120), server_default=sa.text("''"), nullable=False),
        sa.Column("voided_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_invoices_order_id_orders")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_invoices_site_id_sites")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("site_id", "year", "sequence_no", name=op.f("uq_invoices_site_id_year_sequence_no")),
        sa.CheckConstraint("due_on >= issued_on", name=op.f("ck_invoices_due")),
        sa.CheckConstraint("paid_on IS NULL OR voided_at IS NULL", name=op.f("ck_invoices_end")))
    op.create_index("ix_invoices_open", "invoices", ["due_on"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    """Everybody pays by card again; invoices are forgotten."""
    op.execute("DELETE FROM role_permissions WHERE permission = 'invoices.settle'")
    op.drop_table("invoices")
    op.drop_table("invoice_series")
    for table, column in (("payments", "extended_at"), ("payments", "method"), ("checkout_sessions", "payment_method"),
                          ("checkout_links", "payment_methods"), ("sites", "bank_details"), ("sites", "invoice_days"),
                          ("sites", "payment_methods")):
        op.drop_column(table, column)
