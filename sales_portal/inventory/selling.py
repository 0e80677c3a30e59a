"""Taking stock for an order and giving it back, all or nothing, in a few statements whatever the number of lines."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import cast

from sqlalchemy import BigInteger, Integer, Table, Update, bindparam, case, insert, select, update
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.core.writing import count_touched
from sales_portal.inventory.errors import OutOfStock
from sales_portal.inventory.models import Stock, StockMove

# The table, not the entity: nobody needs the rows back.
_MOVED = insert(cast(Table, StockMove.__table__))
_STOCK, _MOVES = cast(Table, Stock.__table__), cast(Table, StockMove.__table__)
_SOLD = (
    select(_MOVES.c.stock_id, _MOVES.c.line_no, _MOVES.c.delta)
    .where(_MOVES.c.order_id == bindparam("of_order_id"), _MOVES.c.reason == "sale").order_by(_MOVES.c.line_no))
_GIVEN_BACK = (
    update(_STOCK).where(_STOCK.c.id == bindparam("key")).values(on_hand=_STOCK.c.on_hand + bindparam("pieces")))


def take(session: Session, quantities: Mapping[int, int]) -> None:
    """Lower `on_hand` of each stock row (id → pieces); refuses with `OutOfStock` where any has too little free.

    Rows are locked by ascending id first: two orders that want the same rows queue instead of blocking each other.
    A refusal leaves rows changed, so the caller rolls back.
    """
    if not quantities:
        return
    wanted = sorted(quantities.items())
    values = {f"id_{place}": key for place, (key, _) in enumerate(wanted)}
    values |= {f"pieces_{place}": pieces for place, (_, pieces) in enumerate(wanted)}
    taken = session.execute(_taking(len(wanted)), values)
    if count_touched(taken) != len(wanted):
        raise OutOfStock


def lock_left(session: Session, stock_ids: Collection[int]) -> dict[int, int]:
    """What a new order could take of each of these rows; nobody takes of them until the transaction ends."""
    rows = session.execute(
        select(Stock.id, (Stock.on_hand - Stock.held).label("left")).where(Stock.id.in_(stock_ids)).order_by(Stock.id)
        .with_for_update()).all()
    return {row.id: row.left for row in rows}


@cache
def _taking(count: int) -> Update:
    """The statement that takes from `count` rows, built once for each number of them."""
    keys = [bindparam(f"id_{place}", type_=BigInteger) for place in range(count)]
    in_order = select(_STOCK.c.id).where(_STOCK.c.id.in_(keys)).order_by(_STOCK.c.id).with_for_update()
    wanted = case(*((_STOCK.c.id == key, bindparam(f"pieces_{place}", type_=Integer))
                    for place, key in enumerate(keys)))
    return (
        update(_STOCK).where(_STOCK.c.id.in_(in_order), _STOCK.c.on_hand - _STOCK.c.held >= wanted)
        .values(on_hand=_STOCK.c.on_hand - wanted))


def give_back(session: Session, order_id: int) -> None:
    """Put back what an order's lines took, as the ledger says, with a move for each; twice is an IntegrityError."""
    taken = session.execute(_SOLD, {"of_order_id": order_id}).all()
    pieces: Counter[int] = Counter()
    for move in taken:
        pieces[move.stock_id] -= move.delta
    if not taken:
        return
    lock_left(session, pieces)
    session.execute(_GIVEN_BACK, [{"key": key, "pieces": count} for key, count in sorted(pieces.items())])
    at = clock.now()
    session.execute(_MOVED, [{"stock_id": move.stock_id, "delta": -move.delta, "reason": "cancel",
                              "order_id": order_id, "line_no": move.line_no, "at": at} for move in taken])


def record_sale(session: Session, order_id: int, lines: Iterable[tuple[int, int, int]]) -> None:
    """Write the ledger's moves for an order's lines (line number, stock id, pieces)."""
    at = clock.now()
    moves = [{"stock_id": stock_id, "delta": -pieces, "reason": "sale", "order_id": order_id, "line_no": line_no,
              "at": at} for line_no, stock_id, pieces in lines]
    if moves:
        session.execute(_MOVED, moves)
