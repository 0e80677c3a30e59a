"""What the checkout asks: codes, VAT numbers of buyers, kinds of questions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what is stored already came without a code, a number of the buyer's, or a kind."""
    op.add_column("checkout_link_discounts", _flag("is_preset"))
    op.add_column("checkout_session_discounts", _flag("is_preset"))
    op.add_column("checkout_session_discounts", _flag("is_code"))
    op.add_column("checkout_sessions", _text("vat_number", 40))
    op.add_column("orders", _text("vat_number", 40))
    op.add_column("orders", _text("discount_name", 700))
    with op.batch_alter_table("custom_fields") as table:
        table.add_column(_text("kind", 8, "'text'"))
        table.add_column(sa.Column("choices", sa.JSON(), server_default="[]", nullable=False))
        table.create_check_constraint("kind", "kind IN ('text','number','date','yes_no','choice')")
    with op.batch_alter_table("custom_fields") as table:
        # PostgreSQL cannot compare JSON, so a default of it would look changed for ever.
        table.alter_column("choices", server_default=None)
    _name_discounts()


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("custom_fields") as table:
        table.drop_constraint("kind", type_="check")
        table.drop_column("choices")
        table.drop_column("kind")
    for name, columns in (("orders", ("discount_name", "vat_number")), ("checkout_sessions", ("vat_number",)),
                          ("checkout_session_discounts", ("is_code", "is_preset")),
                          ("checkout_link_discounts", ("is_preset",))):
        for column in columns:
            op.drop_column(name, column)


def _name_discounts() -> None:
    """Orders say themselves what their discounts were called; those that stand already are told by their copies."""
    connection, names = op.get_bind(), dict[int, list[str]]()
    orders = sa.table("orders", sa.column("id"), sa.column("checkout_session_id"), sa.column("discount_name"))
    taken = sa.table("checkout_session_discounts", sa.column("checkout_session_id"), sa.column("discount_id"),
                     sa.column("rule", sa.JSON()), sa.column("amount"))
    found = sa.select(orders.c.id, taken.c.rule).join(
        taken, taken.c.checkout_session_id == orders.c.checkout_session_id)
    for order_id, rule in connection.execute(found.where(taken.c.amount.is_not(None)).order_by(taken.c.discount_id)):
        names.setdefault(order_id, []).append(rule["code"] or rule["name"])
    for order_id, called in names.items():
        connection.execute(orders.update().where(orders.c.id == order_id).values(discount_name=", ".join(called)[:700]))


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _text(name: str, longest: int, usual: str = "''") -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), server_default=sa.text(usual), nullable=False)
