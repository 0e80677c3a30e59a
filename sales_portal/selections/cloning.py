"""A selection once more, at today's prices."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.core import clock
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.selections import basket, queries, revisions
from sales_portal.selections.basket import BasketRow
from sales_portal.selections.models import Selection

NOT_COPIED = frozenset({"order_id"})
"""A second payment for one order is asked for on purpose, never by copying the first."""


@dataclass(frozen=True, slots=True)
class Repriced:
    """A line whose unit price is not what it was when the original was last changed; None: it had or has none."""

    title: str
    quantity: int
    before: int | None
    after: int | None


def clone_selection(session: Session, selection: Selection, *, agent: Staff,
                    by: Actor) -> tuple[Selection, tuple[Repriced, ...]]:
    """A new draft of `agent` with the lines, notes and options of `selection`, and which of its prices are new."""
    document, at = revisions.read_document(session, selection), clock.now()
    header = {name: value for name, value in document["header"].items() if name not in NOT_COPIED}
    made = Selection(agent_id=agent.id, created_at=at, changed_at=at, **header)
    session.add(made)
    session.flush()
    revisions.copy_into(session, made, document)
    revisions.record_first(session, made)
    changes = _repriced(session, made, _prices_of(session, selection, document))
    history.record(session, EventName.SELECTION_CREATED, made, by=by, lines=len(document["parts"][revisions.LINES]),
                   source=selection.number, repriced=[
                       {"title": row.title, "quantity": row.quantity, "before": row.before, "after": row.after}
                       for row in changes])
    session.flush()
    return made, changes


def list_repriced(session: Session, selection: Selection) -> tuple[str, tuple[Repriced, ...]]:
    """What `selection` was copied from, and which prices were new then; an empty number where it is no copy."""
    made = queries.get_creation(session, selection.id)
    data: dict[str, Any] = made.data if made is not None else {}
    return data.get("source", ""), tuple(Repriced(**row) for row in data.get("repriced", ()))


def _prices_of(session: Session, selection: Selection, now: revisions.Document) -> dict[int, int | None]:
    """Position → list price when the selection was last changed; what is not known then is as it is now."""
    kept = queries.get_revision_at(session, selection, selection.stands_at) if selection.stands_at else None
    listed = now["listed"] | (kept.document["listed"] if kept is not None else {})
    return {row["position"]: listed[str(row["id"])] for row in now["parts"][revisions.LINES]}


def _repriced(session: Session, made: Selection, before: dict[int, int | None]) -> tuple[Repriced, ...]:
    rows = basket.read_basket(session, made).rows
    return tuple(Repriced(row.title, row.quantity, before[row.position], row.list_amount)
                 for row in rows if _is_listed(row) and row.list_amount != before[row.position])


def _is_listed(row: BasketRow) -> bool:
    return row.variant_id is not None and not row.is_special_price
