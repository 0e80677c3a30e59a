"""Setting prices."""

from collections.abc import Iterator, Mapping
from itertools import islice

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid
from sales_portal.pricing.models import Price

HIGHEST = 10**12 - 1
"""Minor units. Times the most of a line and the most lines of a selection it still fits into 64 bits."""
AT_ONCE = 500


def set_prices(session: Session, pricelist_id: int, amounts: Mapping[int, int]) -> set[int]:
    """Make the prices of many variants (id → minor units) what is given, in three statements per five hundred.

    Returns the ids whose price is new or changed. The minimum of a pay-what-you-want price never stays above it.
    Raises `Invalid` for an amount below zero or above `HIGHEST`; the caller records the fact in the history.
    """
    if any(not 0 <= amount <= HIGHEST for amount in amounts.values()):
        raise Invalid("amount", f"Enter prices from 0 to {HIGHEST} minor units.")
    changed: set[int] = set()
    for some in _batches(amounts):
        changed |= _set_some(session, pricelist_id, some)
    return changed


def _set_some(session: Session, pricelist_id: int, amounts: dict[int, int]) -> set[int]:
    known = {row.variant_id: row for row in session.execute(
        select(Price.variant_id, Price.amount, Price.minimum_amount)
        .where(Price.pricelist_id == pricelist_id, Price.variant_id.in_(amounts)).with_for_update())}
    new = [{"pricelist_id": pricelist_id, "variant_id": key, "amount": amount}
           for key, amount in amounts.items() if key not in known]
    changes = [{"pricelist_id": pricelist_id, "variant_id": key, "amount": amounts[key],
                "minimum_amount": None if row.minimum_amount is None else min(row.minimum_amount, amounts[key])}
               for key, row in known.items() if row.amount != amounts[key]]
    if new:
        session.execute(insert(Price), new)
    if changes:
        session.execute(update(Price), changes)
    return amounts.keys() - {key for key, row in known.items() if row.amount == amounts[key]}


def _batches(amounts: Mapping[int, int]) -> Iterator[dict[int, int]]:
    rest = iter(amounts.items())
    while some := dict(islice(rest, AT_ONCE)):
        yield some
