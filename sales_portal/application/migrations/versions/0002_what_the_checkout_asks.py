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


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _text(name: str, longest: int, usual: str = "''") -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), server_default=sa.text(usual), nullable=False)
