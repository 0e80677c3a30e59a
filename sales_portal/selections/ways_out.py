"""Adding what the search cannot simply add: without a price yet, or from a warehouse that is not the market's."""

from sqlalchemy.orm import Session

from sales_portal.catalog import queries as catalog
from sales_portal.catalog.models import Variant
from sales_portal.core.errors import NotFound
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.inventory import queries as inventory
from sales_portal.inventory.models import Warehouse
from sales_portal.selections import acts, entry, lines, queries
from sales_portal.selections.errors import NoLongerSold, NotSoldYet, SoldOut
from sales_portal.selections.lines import Added
from sales_portal.selections.models import Selection


def add_without_price(session: Session, selection: Selection, variant_id: int, quantity: int | None, *,
                      by: Actor) -> Added:
    """Put in a product the pricelist has no price for; its line blocks the link until a special price is agreed."""
    return _add(session, selection, variant_id, quantity, None, by=by)


def add_from_warehouse(session: Session, selection: Selection, variant_id: int, quantity: int | None,
                       warehouse_id: int, *, by: Actor) -> Added:
    """Put in a product taken from another warehouse, this once; refuses where that one has none either."""
    stock = inventory.get_stock(session, variant_id, warehouse_id)
    if stock is None:
        raise NotFound(thing="this warehouse")
    if stock.available <= 0:
        variant, warehouse = _get(session, variant_id), session.get_one(Warehouse, warehouse_id)
        raise SoldOut(title=variant.full_title, market=warehouse.name)
    return _add(session, selection, variant_id, quantity, warehouse_id, by=by)


def _add(session: Session, selection: Selection, variant_id: int, quantity: int | None, warehouse_id: int | None, *,
         by: Actor) -> Added:
    variant = _get(session, variant_id)
    quantity = entry.check_pack(entry.check_quantity(quantity or variant.pack_size), variant.pack_size)
    if not variant.product.is_published:
        was_sold = variant.product.unpublished_at is not None
        raise (NoLongerSold if was_sold else NotSoldYet)(title=variant.full_title)
    acts.begin(session, selection)
    line = lines.append(session, selection, queries.list_lines(session, selection.id), variant_id=variant_id,
                        quantity=quantity, warehouse_id=warehouse_id)
    acts.finish(session, selection, EventName.SELECTION_LINE_ADDED, ["line"], by=by, line=line,
                title=variant.full_title, quantity=quantity)
    return Added(line, variant.full_title, 0, quantity)


def _get(session: Session, variant_id: int) -> Variant:
    variant = catalog.get_variant(session, variant_id)
    if variant is None:
        raise NotFound(thing="this product")
    return variant
