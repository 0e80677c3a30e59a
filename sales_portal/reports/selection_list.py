"""The list of selections: filtered by stage and words, with a glance at what each holds and what became of it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from sales_portal.approvals.models import Approval
from sales_portal.catalog.models import Product, Variant
from sales_portal.customers import queries as customers
from sales_portal.customers.models import Customer
from sales_portal.links.models import CheckoutLink
from sales_portal.reports import searching
from sales_portal.selections import queries as selections
from sales_portal.selections.models import Selection, SelectionLine

WAITING = "waiting_for_approval"
STAGES = ("draft", WAITING, "linked", "won", "archived")
ACTIVE = "active"
"""What is still worked on: neither paid nor put away."""
"""What a selection is to those who look for it: its own status, or that an answer is due."""
PICTURES = 3
_IS_WAITING = exists().where(Approval.selection_id == Selection.id, Approval.status == "waiting",
                             Selection.status.in_(("draft", "linked")))


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a selection: its newest link, and whether it waits for somebody's yes."""

    link: CheckoutLink | None = None
    is_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Glance:
    """What a selection holds: how many lines, and the pictures of the first three (None where one has none)."""

    lines: int = 0
    pictures: tuple[str | None, ...] = ()


def list_selections(text: str = "", stage: str | None = None) -> Select[Selection]:
    """Selections with agent, customer, market and pricelist, to page by `Selection.id`; of one stage, or `ACTIVE`."""
    query = selections.list_selections(status=None if stage in (WAITING, ACTIVE) else stage)
    if stage == WAITING:
        query = query.where(_IS_WAITING)
    if stage == ACTIVE:
        query = query.where(Selection.status.in_(("draft", "linked")))
    typed = searching.plain(text)
    return query.where(_holds(typed)) if typed else query


def glances(session: Session, selection_ids: Collection[int]) -> dict[int, Glance]:
    """What each of these selections holds, in one statement; empty ones are left out."""
    if not selection_ids:
        return {}
    place = func.row_number().over(partition_by=SelectionLine.selection_id, order_by=SelectionLine.position)
    total = func.count().over(partition_by=SelectionLine.selection_id)
    ranked = (
        select(SelectionLine.selection_id, Product.image, place.label("place"), total.label("total"))
        .join(Variant, Variant.id == SelectionLine.variant_id).join(Product, Product.id == Variant.product_id)
        .where(SelectionLine.selection_id.in_(sorted(selection_ids))).subquery())
    rows = session.execute(
        select(ranked).where(ranked.c.place <= PICTURES).order_by(ranked.c.selection_id, ranked.c.place)).all()
    pictures: dict[int, list[str | None]] = defaultdict(list)
    for row in rows:
        pictures[row.selection_id].append(row.image)
    return {row.selection_id: Glance(row.total, tuple(pictures[row.selection_id])) for row in rows}


def standings(session: Session, selection_ids: Collection[int]) -> dict[int, Standing]:
    """What became of each of these selections, in one statement."""
    if not selection_ids:
        return {}
    keys = sorted(selection_ids)
    newest = (select(func.max(CheckoutLink.id)).where(CheckoutLink.selection_id.in_(keys))
              .group_by(CheckoutLink.selection_id))
    rows = session.execute(
        select(Selection.id, CheckoutLink, _IS_WAITING.label("is_waiting"))
        .outerjoin(CheckoutLink, and_(CheckoutLink.selection_id == Selection.id, CheckoutLink.id.in_(newest)))
        .where(Selection.id.in_(keys))).all()
    return {row[0]: Standing(row[1], row[2]) for row in rows}


def _holds(text: str) -> ColumnElement[bool]:
    people = customers.list_customers(text).with_only_columns(Customer.id)
    key = searching.key_of(text, "S", 1000)
    return or_(searching.holds(Selection.label, text), Selection.customer_id.in_(people),
               *([Selection.id == key] if key is not None else []))
