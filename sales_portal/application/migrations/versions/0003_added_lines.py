"""Lines that a customer added."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("checkout_session_lines", "order_lines")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("is_added", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "is_added")
