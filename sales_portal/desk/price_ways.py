"""The way out where a line has no price: another pricelist of the market that has one."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.pricing import queries as pricing
from sales_portal.pricing.models import Pricelist
from sales_portal.selections.basket import Basket


def ways_of(session: Session, basket: Basket, pricelists: Sequence[Pricelist]) -> dict[int, Pricelist]:
    """By line without a price, the first other of `pricelists` that has one; no statement where every line has."""
    at, bare = clock.now(), [row for row in basket.rows if row.unit_amount is None and row.variant_id is not None]
    others = [found for found in pricelists if found.id != basket.selection.pricelist_id and found.is_in_force(at)]
    if not bare or not others:
        return {}
    priced = pricing.list_priced(session, [found.id for found in others], {row.variant_id or 0 for row in bare})
    ways = {row.line_id: next((found for found in others if found.id in priced.get(row.variant_id or 0, ())), None)
            for row in bare}
    return {line_id: found for line_id, found in ways.items() if found is not None}
