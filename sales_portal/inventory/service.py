"""Changing stock by hand: every change of `on_hand` leaves a move in the ledger."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from sales_portal.core.errors import Invalid
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.inventory import ledger
from sales_portal.inventory.models import Stock


def receive(session: Session, variant_id: int, warehouse_id: int, quantity: int, *, by: Actor) -> Stock:
    """Put `quantity` more of a variant into a warehouse, which starts to stock it where it did not."""
    if quantity < 1:
        raise Invalid("quantity", "Enter a whole number from 1 up.")
    return _change(session, variant_id, warehouse_id, quantity, _add, by)


def adjust(session: Session, variant_id: int, warehouse_id: int, delta: int, *, by: Actor) -> Stock:
    """Correct the count of a variant by `delta`; refuses to take out more than is there or than payments leave free."""
    return _change(session, variant_id, warehouse_id, delta, _add, by)


def set_on_hand(session: Session, variant_id: int, warehouse_id: int, quantity: int, *, by: Actor) -> Stock:
    """Make the count of a variant `quantity`; records nothing where it is that already."""
    return _change(session, variant_id, warehouse_id, quantity, _replace, by)


def set_many(session: Session, warehouse_id: int, quantities: Mapping[int, int]) -> ledger.Outcome:
    """Make the counts of many variants (id → quantity) what is given, in four statements per five hundred.

    A variant that cannot be is left as it was, with the reason in the outcome. The moves are written here; the fact
    in the history is the caller's to record, since these counts are one part of it.
    """
    return ledger.change(session, warehouse_id, quantities, _replace)


def _change(session: Session, variant_id: int, warehouse_id: int, number: int, target: ledger.Target,
            by: Actor) -> Stock:
    outcome = ledger.change(session, warehouse_id, {variant_id: number}, target)
    if variant_id in outcome.refused:
        raise outcome.refused[variant_id]
    stock = outcome.stock[variant_id]
    if variant_id in outcome.before:
        history.record(session, EventName.STOCK_CHANGED, stock, by=by, before=outcome.before[variant_id],
                       after=stock.on_hand)
    return stock


def _add(before: int, number: int) -> int:
    return before + number


def _replace(before: int, number: int) -> int:
    return number
