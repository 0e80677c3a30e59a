"""What agents do to the lines of a selection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from sales_portal.catalog import queries as catalog
from sales_portal.catalog.models import Variant
from sales_portal.core.errors import Invalid, NotFound
from sales_portal.core.money import LARGEST
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.markets import queries as markets
from sales_portal.markets.models import Market
from sales_portal.pricing import queries as pricing
from sales_portal.pricing.models import Pricelist
from sales_portal.selections import acts, entry, pasting, queries
from sales_portal.selections.errors import (
    LineGone,
    NoBackorder,
    NoLongerSold,
    NoPrice,
    NotSoldYet,
    NoWaiting,
    SoldOut,
    TooManyLines,
)
from sales_portal.selections.models import MAX_LINES, Selection, SelectionLine
from sales_portal.selections.rows import available_of
from sales_portal.sites.models import Site

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Added:
    """A line made or raised: its product's title, and how many it held before (0 for a new one) and holds now.

    `is_beside_special`: a new line at the normal price, since the product's other line has a special one.
    """

    line: SelectionLine
    title: str
    before: int
    after: int
    is_beside_special: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """A quantity or special price before and after."""

    line: SelectionLine
    title: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Removed:
    """A line that went; `restore_line` brings it back by its id."""

    line_id: int
    title: str


def add_line(session: Session, selection: Selection, variant_id: int, quantity: int | None, *, by: Actor) -> Added:
    """Put `quantity` of a variant (None: one pack) into `selection`: raise its line, or make one at the end.

    A line something was agreed on (a price, another warehouse) is never raised. Refuses what is not sold, has no
    price or is sold out.
    """
    if quantity is not None:
        entry.check_quantity(quantity)
    acts.begin(session, selection)
    variant, is_backordered = _refuse_unsellable(session, selection, variant_id)
    title, quantity = variant.full_title, entry.check_pack(quantity or variant.pack_size, variant.pack_size)
    lines = queries.list_lines(session, selection.id)
    same = [line for line in lines if line.variant_id == variant_id]
    normal = next((line for line in same if not line.is_agreed), None)
    if normal is None:
        made = append(session, selection, lines, variant_id=variant_id, quantity=quantity,
                      allows_backorder=is_backordered)
        acts.finish(session, selection, EventName.SELECTION_LINE_ADDED, ["line"], by=by, line=made, title=title,
                    quantity=quantity)
        return Added(made, title, 0, quantity, is_beside_special=any(line.has_own_price for line in same))
    before, after = normal.quantity, entry.check_quantity(normal.quantity + quantity)
    normal.quantity, normal.allows_backorder = after, normal.allows_backorder or is_backordered
    _changed(session, selection, normal, title, "quantity", before, after, by=by)
    return Added(normal, title, before, after)


def set_quantity(session: Session, selection: Selection, line_id: int, quantity: int, *, by: Actor,
                 version: int | None = None) -> Changed:
    """Make a line hold `quantity`, from 1 to 10,000; more than is in stock is kept and becomes a check."""
    entry.check_quantity(quantity)
    acts.begin(session, selection)
    line, title = find_line(session, selection, line_id)
    if line.variant is not None:
        entry.check_pack(quantity, line.variant.pack_size)
    before = line.quantity
    acts.refuse_conflict(session, selection, version, "quantity", theirs=before, yours=quantity, line_id=line_id,
                         thing=title)
    if before != quantity:
        line.quantity = quantity
        _changed(session, selection, line, title, "quantity", before, quantity, by=by)
    return Changed(line, title, before, quantity)


def allow_backorder(session: Session, selection: Selection, line_id: int, *, by: Actor) -> Changed:
    """Let a line be bought beyond what is in stock; refuses where its market sells no more than it has."""
    acts.begin(session, selection)
    line, title = find_line(session, selection, line_id)
    market = session.get_one(Market, selection.market_id)
    if market.backorder_weeks is None:
        raise NoBackorder(market=market.name)
    if not line.allows_backorder:
        line.allows_backorder = True
        _changed(session, selection, line, title, "allows_backorder", None, None, by=by)
    return Changed(line, title, None, None)


def keep_for_later(session: Session, selection: Selection, line_id: int, *, is_kept: bool, by: Actor) -> Changed:
    """Say whether a link may be made while this line is sold out, to start when it is back; refuses where the site
    makes no such links."""
    acts.begin(session, selection)
    line, title = find_line(session, selection, line_id)
    site = session.get_one(Site, selection.site_id)
    if is_kept and not site.links_may_wait:
        raise NoWaiting(site=site.name)
    if line.waits_for_stock != is_kept:
        line.waits_for_stock = is_kept
        _changed(session, selection, line, title, "waits_for_stock", None, None, by=by)
    return Changed(line, title, None, None)


def set_special_price(session: Session, selection: Selection, line_id: int, amount: int, reason: str, *, by: Actor,
                      version: int | None = None) -> Changed:
    """Agree on a unit price of `amount` minor units for one line, with the reason why."""
    if not 0 <= amount <= LARGEST:
        raise Invalid("special_price", "Enter an amount from 0 up" if amount < 0 else "Enter a smaller amount")
    why = reason.replace("\x00", "").strip()
    if not why:
        raise Invalid("special_price_reason", "Give a reason for the special price")
    if len(why) > LONGEST_REASON:
        raise Invalid("special_price_reason", f"Use at most {LONGEST_REASON} characters")
    return _set_price(session, selection, line_id, amount, why, version, by=by)


def drop_special_price(session: Session, selection: Selection, line_id: int, *, by: Actor,
                       version: int | None = None) -> Changed:
    """Let a line cost what the pricelist says again."""
    return _set_price(session, selection, line_id, None, "", version, by=by)


def remove_line(session: Session, selection: Selection, line_id: int, *, by: Actor) -> Removed:
    """Take a line out of `selection`."""
    acts.begin(session, selection)
    line, title = find_line(session, selection, line_id)
    session.delete(line)
    acts.finish(session, selection, EventName.SELECTION_LINE_REMOVED, ["line"], by=by, line=line, title=title,
                quantity=line.quantity)
    return Removed(line_id, title)


def restore_line(session: Session, selection: Selection, line_id: int, *, by: Actor) -> Added:
    """Bring a removed line back as it was and where it stood; a line that is still there stays as it is."""
    acts.begin(session, selection)
    there = queries.get_line(session, selection.id, line_id)
    if there is not None:
        return Added(there, there.full_title, there.quantity, there.quantity)
    removal = queries.get_removal(session, selection.id, line_id)
    if removal is None:
        raise LineGone(line_id=line_id)
    kept = queries.get_kept_line(session, selection.id, line_id, removal.data["version"])
    if kept is None:
        raise LineGone(line_id=line_id)
    line = append(session, selection, queries.list_lines(session, selection.id), **kept)
    title = removal.data["title"]
    acts.finish(session, selection, EventName.SELECTION_LINE_ADDED, ["line"], by=by, line=line, title=title,
                quantity=line.quantity, label=f"{title} is back")
    return Added(line, title, 0, line.quantity)


def find_line(session: Session, selection: Selection, line_id: int) -> tuple[SelectionLine, str]:
    """A line and its title; refuses with `LineGone`."""
    line = queries.get_line(session, selection.id, line_id)
    if line is None:
        raise LineGone(line_id=line_id)
    return line, line.full_title


def append(session: Session, selection: Selection, lines: Sequence[SelectionLine], *, position: int | None = None,
           **values: Any) -> SelectionLine:
    """A new line at the end of `lines`, or at `position` where that is free; refuses more than a selection holds."""
    if len(lines) >= MAX_LINES:
        raise TooManyLines(most=MAX_LINES)
    taken = {line.position for line in lines}
    if position is None or position in taken:
        position = max(taken, default=0) + 1
    line = SelectionLine(selection_id=selection.id, position=position, **values)
    session.add(line)
    session.flush()
    return line


def _refuse_unsellable(session: Session, selection: Selection, variant_id: int) -> tuple[Variant, bool]:
    """The variant, and whether none is left and it is sold all the same."""
    variant = catalog.get_variant(session, variant_id)
    if variant is None:
        raise NotFound(thing="this product")
    if not variant.product.is_published:
        was_sold = variant.product.unpublished_at is not None
        raise (NoLongerSold if was_sold else NotSoldYet)(title=variant.full_title)
    if pricing.get_price(session, selection.pricelist_id, variant_id) is None:
        raise NoPrice(title=variant.full_title, pricelist=session.get_one(Pricelist, selection.pricelist_id).name)
    stock = markets.list_serving_stock(session, selection.market_id, [variant_id]).get(variant_id)
    if available_of(variant.product.kind, stock, is_dated=catalog.is_dated(session, variant)) != 0:
        return variant, False
    market = session.get_one(Market, selection.market_id)
    if not pasting.sells_beyond_stock(market, variant.product.kind, 0):
        raise SoldOut(title=variant.full_title, market=market.name)
    return variant, True


def _set_price(session: Session, selection: Selection, line_id: int, amount: int | None, reason: str,
               version: int | None, *, by: Actor) -> Changed:
    acts.begin(session, selection)
    line, title = find_line(session, selection, line_id)
    before = line.special_price_amount
    acts.refuse_conflict(session, selection, version, "special_price", theirs=before, yours=amount, line_id=line_id,
                         thing=title)
    if (before, line.special_price_reason) != (amount, reason):
        line.special_price_amount, line.special_price_reason = amount, reason
        _changed(session, selection, line, title, "special_price", before, amount, by=by, reason=reason)
    return Changed(line, title, before, amount)


def _changed(session: Session, selection: Selection, line: SelectionLine, title: str, field: str, before: int | None,
             after: int | None, *, by: Actor, **data: Any) -> None:
    acts.finish(session, selection, EventName.SELECTION_LINE_CHANGED, [field], by=by, line=line, title=title,
                before=before, after=after, **data)
