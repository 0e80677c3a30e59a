"""The languages a site's pages speak."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every site spoke English."""
    op.add_column("sites", sa.Column("languages", sa.String(length=40), server_default="en", nullable=False))


def downgrade() -> None:
    """It speaks English alone again."""
    op.drop_column("sites", "languages")
