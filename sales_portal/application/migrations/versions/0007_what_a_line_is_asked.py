"""What a line is asked, such as an engraving, and what was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LINES = ("selection_lines", "checkout_link_lines", "checkout_session_lines", "order_lines")


def upgrade() -> None:
    """Tell the two levels of questions apart; every question there is was asked once in a checkout."""
    with op.batch_alter_table("custom_fields") as table:
        table.add_column(sa.Column("level", sa.String(length=8), server_default="checkout", nullable=False))
        table.create_check_constraint("level", "level IN ('checkout','line')")
    op.create_table(
        "custom_field_products",
        sa.Column("custom_field_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["custom_field_id"], ["custom_fields.id"],
                                name=op.f("fk_custom_field_products_custom_field_id_custom_fields")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"],
                                name=op.f("fk_custom_field_products_product_id_products")),
        sa.PrimaryKeyConstraint("custom_field_id", "product_id", name=op.f("pk_custom_field_products")),
    )
    op.create_index(op.f("ix_custom_field_products_product_id"), "custom_field_products", ["product_id"])
    for name in LINES:
        op.add_column(name, sa.Column("answers", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Take them away again, with the questions that were asked of lines."""
    for name in LINES:
        op.drop_column(name, "answers")
    op.drop_table("custom_field_products")
    op.execute("DELETE FROM custom_fields WHERE level = 'line'")
    with op.batch_alter_table("custom_fields") as table:
        table.drop_constraint("level", type_="check")
        table.drop_column("level")
