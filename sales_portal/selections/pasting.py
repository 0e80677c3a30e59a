"""Pasted lists: what each of their rows means for a selection, and adding the good ones in one act."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, and_, insert, select
from sqlalchemy.orm import Session

from sales_portal.catalog import search as catalog
from sales_portal.catalog.models import Product, TrainingEvent, Variant
from sales_portal.core.errors import Invalid
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.markets import queries as markets
from sales_portal.markets.models import Market
from sales_portal.pricing.models import Price
from sales_portal.selections import acts, entry, queries
from sales_portal.selections.errors import TooManyLines
from sales_portal.selections.models import MAX_LINES, MAX_QUANTITY, Selection, SelectionLine
from sales_portal.selections.rows import available_of, full_title

MOST_ROWS = 200
_SEPARATORS = "\t;,"
"""The first of them that a row holds parts its cells, so that a comma beside it can stand in a number or a title."""
_NUMBER = re.compile(r"[-−+]?\d[\d\s.,'’]*")
_PRICE = re.compile(r".*[.,]\d\d")
_BEFORE = re.compile(r"(\d+)\s*(?:[*×]|[xX]\s)\s*(\S.*)")
_AFTER = re.compile(r"(.*\S)\s*(?:[*×]|\s[xX]\s)\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Typed:
    """One row as it was pasted or corrected: a SKU or barcode, and a quantity, still text."""

    code: str
    quantity: str


@dataclass(frozen=True, slots=True)
class PastedRow:
    """What one row means. `problem` says why it cannot be added; it is empty where it can.

    `field` is the part of the row the problem is about: `code` or `quantity`.
    """

    code: str
    quantity_text: str
    quantity: int = 0
    variant_id: int | None = None
    title: str = ""
    amount: int | None = None
    problem: str = ""
    field: str = ""
    is_backordered: bool = False

    @property
    def is_good(self) -> bool:
        """Whether it can be added."""
        return not self.problem


def read(text: str) -> list[Typed]:
    """The rows of a pasted text: `SKU⇥2`, `SKU;2`, `SKU,2`, `2 x SKU`, `SKU * 2`, or a SKU alone; empty ones go."""
    rows = [_read_row(line[:entry.LONGEST_TEXT]) for line in filter(None, map(str.strip, text.splitlines()))]
    if len(rows) > MOST_ROWS:
        raise Invalid("text", f"Paste at most {MOST_ROWS} rows at once; these are {len(rows)}")
    return rows


def preview(session: Session, selection: Selection, typed: Sequence[Typed]) -> list[PastedRow]:
    """What the rows mean in the market and pricelist of `selection` (both loaded), in three statements at most."""
    exact = catalog.exact_many(session, [row.code for row in typed])
    found = {code: one.variant_id for code, one in exact.items()}
    facts = _facts(session, selection, set(found.values()))
    return [_judge(row, facts.get(found.get(row.code, 0))) for row in typed]


def add_rows(session: Session, selection: Selection, rows: Iterable[PastedRow], *, by: Actor) -> int:
    """Add the good ones of `rows` in one act, and say to how many products that was.

    Lines are raised or made, except those something was agreed on; it takes the same statements however many.
    """
    wanted: dict[int, int] = {}
    waiting = set()
    for row in rows:
        if row.is_good and row.variant_id is not None:
            wanted[row.variant_id] = wanted.get(row.variant_id, 0) + row.quantity
            waiting |= {row.variant_id} if row.is_backordered else set()
    if not wanted:
        return 0
    acts.begin(session, selection)
    kept = queries.list_lines(session, selection.id)
    normal = {line.variant_id: line for line in reversed(kept) if not line.is_agreed}
    raised = [_raise(normal[key], quantity, key in waiting) for key, quantity in wanted.items() if key in normal]
    _make(session, selection, kept, {key: quantity for key, quantity in wanted.items() if key not in normal},
          waiting)
    said = "1 product" if len(wanted) == 1 else f"{len(wanted)} products"
    acts.finish(session, selection, EventName.SELECTION_LINE_ADDED, ["line"], by=by, label=f"{said} added",
                title=said, quantity=sum(wanted.values()), lines={str(line.id): ["quantity"] for line in raised})
    return len(wanted)


def _read_row(line: str) -> Typed:
    separator = next((one for one in _SEPARATORS if one in line), None)
    cells = [cell for cell in map(str.strip, line.split(separator)) if cell] if separator is not None else [line]
    if len(cells) > 1:
        return _of_cells(cells)
    if before := _BEFORE.fullmatch(line):
        return Typed(before[2], before[1])
    if after := _AFTER.fullmatch(line):
        return Typed(after[1], after[2])
    return Typed(line.strip("\t;, "), "1")


def _of_cells(cells: list[str]) -> Typed:
    if len(cells) == 2 and _is_count(cells[0]) and not cells[1].isdecimal():
        return Typed(cells[1], cells[0])
    numbers = [cell for cell in cells[1:] if _NUMBER.fullmatch(cell)]
    # Where a row has other numbers than prices beside the quantity, guessing could sell a thousand of something.
    found = dict.fromkeys(cell for cell in numbers if len(numbers) == 1 or not _PRICE.fullmatch(cell))
    return Typed(cells[0], " or ".join(found or numbers or cells[1:2]))


def _is_count(cell: str) -> bool:
    """Whether a cell is a quantity rather than a barcode."""
    return cell.isdecimal() and len(cell) <= len(str(MAX_QUANTITY))


@dataclass(frozen=True, slots=True)
class _Facts:
    variant_id: int
    title: str
    amount: int | None
    why_not: str
    is_backordered: bool
    pack_size: int


def _facts(session: Session, selection: Selection, variant_ids: set[int]) -> dict[int, _Facts]:
    if not variant_ids:
        return {}
    rows = session.execute(
        select(Variant.id, Variant.title, Product.title.label("product"), Product.kind, Product.published_at,
               Product.unpublished_at, Price.amount, TrainingEvent.starts_at, Variant.pack_size)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(Price, and_(Price.variant_id == Variant.id, Price.pricelist_id == selection.pricelist_id))
        .outerjoin(TrainingEvent, TrainingEvent.variant_id == Variant.id)
        .where(Variant.id.in_(variant_ids))).all()
    stock = markets.list_serving_stock(session, selection.market_id, variant_ids)
    facts = {}
    for row in rows:
        left = available_of(row.kind, stock.get(row.id), is_dated=row.starts_at is not None)
        is_backordered = sells_beyond_stock(selection.market, row.kind, left)
        why = why_not(selection, row.published_at is not None, row.unpublished_at is not None, row.amount,
                      None if is_backordered else left)
        facts[row.id] = _Facts(row.id, full_title(row.product, row.title), row.amount, why, is_backordered,
                               row.pack_size)
    return facts


def sells_beyond_stock(market: Market, kind: str, available: int | None) -> bool:
    """Whether `market` sells a product of this kind of which it has none left, to be sent later."""
    return kind == "goods" and available == 0 and market.backorder_weeks is not None


def why_not(selection: Selection, was_published: bool, was_unpublished: bool, amount: int | None,
            available: int | None) -> str:
    """Why a product cannot be added to `selection` (market and pricelist loaded); empty where it can."""
    if was_unpublished:
        return "No longer sold"
    if not was_published:
        return "Not for sale yet"
    if amount is None:
        return f"No price in {selection.pricelist.name}"
    return f"Sold out in {selection.market.name}" if available == 0 else ""


def _judge(row: Typed, facts: _Facts | None) -> PastedRow:
    quantity, wrong = 0, ""
    try:
        quantity = entry.check_pack(entry.read_quantity(row.quantity), facts.pack_size if facts is not None else 1)
    except Invalid as refusal:
        wrong = refusal.text
    if facts is None:
        return PastedRow(row.code, row.quantity, quantity, problem="No product has this SKU or barcode", field="code")
    problem, field = (facts.why_not, "code") if facts.why_not else (wrong, "quantity" if wrong else "")
    return PastedRow(row.code, row.quantity, quantity, facts.variant_id, facts.title, facts.amount, problem, field,
                     facts.is_backordered)


def _raise(line: SelectionLine, quantity: int, is_backordered: bool) -> SelectionLine:
    line.quantity = entry.check_quantity(line.quantity + quantity)
    line.allows_backorder = line.allows_backorder or is_backordered
    return line


def _make(session: Session, selection: Selection, kept: Sequence[SelectionLine], wanted: dict[int, int],
          waiting: set[int]) -> None:
    if len(kept) + len(wanted) > MAX_LINES:
        raise TooManyLines(most=MAX_LINES)
    last = max((line.position for line in kept), default=0)
    rows = [{"selection_id": selection.id, "position": last + place, "variant_id": key,
             "quantity": entry.check_quantity(quantity), "allows_backorder": key in waiting}
            for place, (key, quantity) in enumerate(wanted.items(), 1)]
    if rows:
        # The table, not the entity: SQLite would be asked for each new id in a statement of its own.
        session.execute(insert(cast(Table, SelectionLine.__table__)), rows)
