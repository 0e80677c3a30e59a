"""Counts and their moves, written together, for any number of variants in a few statements."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import insert
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.core.errors import Invalid, Refusal
from sales_portal.inventory import queries
from sales_portal.inventory.errors import StockIsHeld, StockTooLow
from sales_portal.inventory.models import Stock, StockMove

MOST = 9_999_999
"""More than this of one variant in one place is a typing mistake."""
AT_ONCE = 500

Target = Callable[[int, int], int]
"""What shall lie in stock, from what does now and the number that was given."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of each variant: its row, what it held before where that changed, or why it was refused."""

    stock: dict[int, Stock] = field(default_factory=dict)
    before: dict[int, int] = field(default_factory=dict)
    refused: dict[int, Refusal] = field(default_factory=dict)


def change(session: Session, warehouse_id: int, numbers: Mapping[int, int], target: Target) -> Outcome:
    """Bring each variant of `numbers` (id → number) to its `target`, with a move for what changed.

    Rows are locked before they are read. A variant the warehouse did not stock gets its row, an empty one too.
    """
    outcome = Outcome()
    for some in _batches(numbers):
        rows = {row.variant_id: row for row in queries.lock_stock(session, warehouse_id, list(some))}
        outcome.stock.update(rows)
        new = [{"variant_id": variant_id, "warehouse_id": warehouse_id, "on_hand": after, "held": 0}
               for variant_id, number in some.items()
               if (after := _count(outcome, rows.get(variant_id), variant_id, target, number)) is not None]
        started = session.scalars(insert(Stock).returning(Stock), new).all() if new else []
        outcome.stock.update({row.variant_id: row for row in started})
        session.flush()
        _write_moves(session, outcome, started, "initial")
        _write_moves(session, outcome, rows.values(), "adjust")
    return outcome


def _count(outcome: Outcome, row: Stock | None, variant_id: int, target: Target, number: int) -> int | None:
    """Count one variant: a row there is changed in place, for one that is not the new count is returned."""
    before, held = (row.on_hand, row.held) if row is not None else (0, 0)
    after = target(before, number)
    if refusal := _why_not(before, held, after):
        outcome.refused[variant_id] = refusal
        return None
    if row is None or after != before:
        outcome.before[variant_id] = before
    if row is None:
        return after
    row.on_hand = after
    return None


def _why_not(before: int, held: int, after: int) -> Refusal | None:
    if after < 0:
        return StockTooLow(on_hand=before, taken=before - after)
    if after < held:
        return StockIsHeld(held=held, quantity=after)
    if after > MOST:
        return Invalid("quantity", f"Enter a whole number up to {MOST}.")
    return None


def _write_moves(session: Session, outcome: Outcome, rows: Iterable[Stock], reason: str) -> None:
    at = clock.now()
    moves = [{"stock_id": row.id, "delta": delta, "reason": reason, "at": at} for row in rows
             if (delta := row.on_hand - outcome.before.get(row.variant_id, row.on_hand))]
    if moves:
        session.execute(insert(StockMove), moves)


def _batches(numbers: Mapping[int, int]) -> Iterator[dict[int, int]]:
    rest = iter(numbers.items())
    while some := dict(islice(rest, AT_ONCE)):
        yield some
