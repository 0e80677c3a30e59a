"""Keeping stock for a payment that takes the money at once: held, held longer, and let go again, each once.

`Stock.held` always says the sum of the holds nobody released. Rows of stock are changed by ascending id, as orders do.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.core.db import UTCDateTime
from sales_portal.core.writing import count_touched
from sales_portal.inventory.errors import OutOfStock
from sales_portal.inventory.models import Stock, StockHold

_STOCK, _HOLDS = cast(Table, Stock.__table__), cast(Table, StockHold.__table__)
_HELD_MORE = (
    update(_STOCK).where(_STOCK.c.id == bindparam("stock_id"),
                         _STOCK.c.on_hand - _STOCK.c.held >= bindparam("pieces"))
    .values(held=_STOCK.c.held + bindparam("pieces")))
_HELD_LESS = (
    update(_STOCK).where(_STOCK.c.id == bindparam("stock_id")).values(held=_STOCK.c.held - bindparam("pieces")))
_OPEN = (_HOLDS.c.payment_id == bindparam("of_payment"), _HOLDS.c.released_at.is_(None))
_LET_GO = (
    update(_HOLDS).where(*_OPEN).values(released_at=bindparam("at", type_=UTCDateTime))
    .returning(_HOLDS.c.stock_id, _HOLDS.c.quantity))
_PROLONGED = update(_HOLDS).where(*_OPEN).values(until_at=bindparam("until", type_=UTCDateTime))
_KEPT = insert(_HOLDS)
_OF_PAYMENT = select(_HOLDS.c.stock_id, _HOLDS.c.quantity).where(*_OPEN)


def hold(session: Session, payment_id: int, quantities: Mapping[int, int], until: datetime) -> None:
    """Keep these pieces of stock (id → pieces) for a payment; refuses with `OutOfStock` where any has too little free.

    A refusal leaves rows changed, so the caller rolls back.
    """
    for stock_id, pieces in sorted(quantities.items()):
        held = session.execute(_HELD_MORE, {"stock_id": stock_id, "pieces": pieces})
        if count_touched(held) != 1:
            raise OutOfStock
    if quantities:
        session.execute(_KEPT, [{"payment_id": payment_id, "stock_id": stock_id, "quantity": pieces, "until_at": until}
                                for stock_id, pieces in quantities.items()])


def release(session: Session, payment_id: int) -> None:
    """Let go of all that is still held for a payment; a second time there is nothing left to let go of."""
    let_go = session.execute(_LET_GO, {"of_payment": payment_id, "at": clock.now()}).all()
    for stock_id, pieces in sorted(tuple(row) for row in let_go):
        session.execute(_HELD_LESS, {"stock_id": stock_id, "pieces": pieces})


def prolong(session: Session, payment_id: int, until: datetime) -> bool:
    """Keep what is held for a payment until then; False where nothing is held any more."""
    prolonged = session.execute(_PROLONGED, {"of_payment": payment_id, "until": until})
    return count_touched(prolonged) > 0


def held_for(session: Session, payment_id: int) -> dict[int, int]:
    """What is held for a payment: stock id → pieces."""
    return {row.stock_id: row.quantity for row in session.execute(_OF_PAYMENT, {"of_payment": payment_id})}
