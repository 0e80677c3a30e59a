"""A site's pages may be set in another font, and their head in the tint of the brand."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# As a column of its own with its rule: SQLite adds a rule to a table that is there in no other way.
FONT = ("font VARCHAR(6) DEFAULT 'inter' NOT NULL "
        "CONSTRAINT ck_sites_font CHECK (font IN ('inter','system') OR (font = 'own' AND own_font IS NOT NULL))")


def upgrade() -> None:
    """Pages look as before."""
    op.add_column("sites", sa.Column("own_font", sa.String(length=32), nullable=True))
    op.execute(f"ALTER TABLE sites ADD COLUMN {FONT}")
    op.add_column("sites", sa.Column("tints_header", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "site_fonts",
        sa.Column("site_id", _ID, nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_fonts_site_id_sites")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_site_fonts")))
    op.create_index(op.f("ix_site_fonts_digest"), "site_fonts", ["digest"], unique=False)


def downgrade() -> None:
    """Every site is set in the portal's own font again."""
    op.drop_table("site_fonts")
    for column in ("tints_header", "font", "own_font"):
        op.drop_column("sites", column)
