"""Finding warehouses and what they hold."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from sales_portal.inventory.models import Stock, StockMove, Warehouse


def get_warehouse(session: Session, slug: str) -> Warehouse | None:
    """The warehouse with this slug, or None."""
    return session.scalars(select(Warehouse).where(Warehouse.slug == slug)).one_or_none()


def get_stock(session: Session, variant_id: int, warehouse_id: int) -> Stock | None:
    """What a warehouse holds of a variant; None where it does not stock it."""
    return session.scalars(
        select(Stock).where(Stock.variant_id == variant_id, Stock.warehouse_id == warehouse_id)).one_or_none()


def list_stock(session: Session, variant_id: int) -> Sequence[Stock]:
    """What every warehouse holds of a variant, with its warehouse, by its name."""
    return session.scalars(
        select(Stock).join(Stock.warehouse).where(Stock.variant_id == variant_id)
        .order_by(Warehouse.name, Warehouse.id).options(contains_eager(Stock.warehouse))).all()


def lock_stock(session: Session, warehouse_id: int, variant_ids: Sequence[int]) -> Sequence[Stock]:
    """The stock rows of these variants in a warehouse, fresh and locked in the order all takers lock them."""
    return session.scalars(
        select(Stock).where(Stock.warehouse_id == warehouse_id, Stock.variant_id.in_(variant_ids))
        .order_by(Stock.id).with_for_update().execution_options(populate_existing=True)).all()


def list_moves(stock: Stock) -> Select[StockMove]:
    """Every change of a stock row, newest first."""
    return select(StockMove).where(StockMove.stock_id == stock.id).order_by(StockMove.id.desc())
