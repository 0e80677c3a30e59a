"""Pictures of the people customers deal with, and who answers for those who left."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody has a picture yet, and nobody has left."""
    op.add_column("staff", sa.Column("photo", sa.String(length=32), nullable=True))
    op.create_table(
        "successions",
        sa.Column("staff_id", _ID, nullable=False),
        sa.Column("successor_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_successions_staff_id_staff")),
        sa.ForeignKeyConstraint(["successor_id"], ["staff.id"], name=op.f("fk_successions_successor_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_successions")))
    op.create_table(
        "staff_photos",
        sa.Column("staff_id", _ID, nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_photos_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_photos")))
    op.create_index(op.f("ix_staff_photos_digest"), "staff_photos", ["digest"], unique=False)


def downgrade() -> None:
    """The pictures are gone; those who left stay away."""
    op.drop_table("staff_photos")
    op.drop_table("successions")
    op.drop_column("staff", "photo")
