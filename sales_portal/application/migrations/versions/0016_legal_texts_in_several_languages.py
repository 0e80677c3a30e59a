"""A legal text may stand in each language its site speaks."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SITES = sa.table("sites", sa.column("id"), sa.column("languages"))
TEXTS = sa.table("site_texts", sa.column("site_id"), sa.column("kind"), sa.column("language"))
FIRST = sa.select(sa.case(
    (SITES.c.languages == "", "en"), (SITES.c.languages.contains(" "), sa.func.substr(SITES.c.languages, 1, 2)),
    else_=SITES.c.languages)).where(SITES.c.id == TEXTS.c.site_id).scalar_subquery()


def upgrade() -> None:
    """What is there is taken for written in the first language of its site, as its customers were led to believe."""
    with op.batch_alter_table("site_texts") as texts:
        texts.add_column(sa.Column("language", sa.String(12), nullable=True))
    op.execute(sa.update(TEXTS).values(language=FIRST))
    _key("site_id", "kind", "language")


def downgrade() -> None:
    """Of each text the one in the first language of its site stays; what there is in others alone is lost."""
    op.execute(sa.delete(TEXTS).where(TEXTS.c.language != FIRST))
    _key("site_id", "kind")
    with op.batch_alter_table("site_texts") as texts:
        texts.drop_column("language")


def _key(*columns: str) -> None:
    name = op.f("pk_site_texts")
    with op.batch_alter_table("site_texts") as texts:
        texts.drop_constraint(name, type_="primary")
        texts.alter_column("language", existing_type=sa.String(12), nullable="language" not in columns)
        texts.create_primary_key(name, list(columns))
