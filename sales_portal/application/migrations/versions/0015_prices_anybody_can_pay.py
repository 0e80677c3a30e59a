"""Prices in currencies of thousandths end in 0: no provider takes odd ones."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OF_THOUSANDTHS = ("BHD", "JOD", "KWD", "LYD", "OMR", "TND")
PRICELISTS = sa.table("pricelists", sa.column("id"), sa.column("currency"))
MARKETS = sa.table("markets", sa.column("id"), sa.column("currency"))
METHODS = sa.table("shipping_methods", sa.column("id"), sa.column("market_id"))
SELECTIONS = sa.table("selections", sa.column("id"), sa.column("currency"))


def upgrade() -> None:
    """What is sold from now on is priced so, half up as everywhere; what was offered and ordered stays as it was."""
    lists = sa.select(PRICELISTS.c.id).where(PRICELISTS.c.currency.in_(OF_THOUSANDTHS))
    markets = sa.select(MARKETS.c.id).where(MARKETS.c.currency.in_(OF_THOUSANDTHS))
    methods = sa.select(METHODS.c.id).where(METHODS.c.market_id.in_(markets))
    selections = sa.select(SELECTIONS.c.id).where(SELECTIONS.c.currency.in_(OF_THOUSANDTHS))
    _round("prices", ("amount", "minimum_amount"), "pricelist_id", lists)
    _round("shipping_rates", ("amount",), "method_id", methods)
    _round("discounts", ("fixed_amount",), "currency", OF_THOUSANDTHS)
    _round("selection_lines", ("special_price_amount", "chosen_amount"), "selection_id", selections)


def downgrade() -> None:
    """A price that ends in 0 is one before as well."""


def _round(table: str, amounts: tuple[str, ...], key: str, among: Any) -> None:
    rows = sa.table(table, sa.column(key), *(sa.column(name, sa.BigInteger()) for name in amounts))
    op.execute(sa.update(rows).where(rows.c[key].in_(among)).values(
        {name: (rows.c[name] + 5) // 10 * 10 for name in amounts}))
