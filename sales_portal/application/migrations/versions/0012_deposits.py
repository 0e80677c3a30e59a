"""A part of the total is paid first: what a link asks, and what is still to come of an order."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# As columns of their own with their rules: SQLite adds a rule to a table that is there in no other way.
COLUMNS = (
    ("checkout_links", "deposit_percent", "INTEGER", {
        "deposit_percent": "deposit_percent IS NULL OR deposit_percent BETWEEN 1 AND 99999"}),
    ("checkout_links", "deposit_amount", "BIGINT", {
        "deposit_amount": "deposit_amount IS NULL OR (deposit_amount > 0 AND deposit_percent IS NULL)"}),
    ("orders", "outstanding_amount", "BIGINT DEFAULT '0' NOT NULL", {
        "outstanding": "outstanding_amount BETWEEN 0 AND total_amount",
        "paid_whole": "status <> 'paid' OR outstanding_amount = 0"}))


def upgrade() -> None:
    """Links so far ask all at once, so nothing of their orders is to come by a second payment."""
    for table, column, kind, rules in COLUMNS:
        checks = " ".join(f"CONSTRAINT ck_{table}_{name} CHECK ({rule})" for name, rule in rules.items())
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} {checks}")


def downgrade() -> None:
    """What was asked first, and what is to come, is forgotten."""
    for table, column, _, _ in reversed(COLUMNS):
        op.drop_column(table, column)
