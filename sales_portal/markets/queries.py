"""Finding markets, the countries they serve, and the warehouse that serves a variant in them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from sales_portal.core.db import is_id
from sales_portal.inventory.models import Stock, Warehouse
from sales_portal.markets.models import Market, MarketCountry, MarketWarehouse

# Statements the builder needs at every act are built once: building one takes longer than running it.
_FIRST_MARKET = (select(Market).where(Market.site_id == bindparam("site_id"))
                 .order_by(Market.position, Market.id).limit(1))
_SERVING_STOCK = (
    select(Stock.variant_id, Stock.id, Stock.warehouse_id, Stock.on_hand, Stock.held)
    .join(MarketWarehouse, MarketWarehouse.warehouse_id == Stock.warehouse_id)
    .where(MarketWarehouse.market_id == bindparam("market_id"),
           Stock.variant_id.in_(bindparam("variant_ids", expanding=True)))
    .order_by(MarketWarehouse.priority.desc(), MarketWarehouse.warehouse_id.desc()))

_STOCK_AROUND = (
    select(Stock.variant_id, Stock.id, Stock.warehouse_id, Stock.on_hand, Stock.held, Warehouse.name,
           MarketWarehouse.priority)
    .join(Warehouse, Warehouse.id == Stock.warehouse_id)
    .outerjoin(MarketWarehouse, and_(MarketWarehouse.warehouse_id == Stock.warehouse_id,
                                     MarketWarehouse.market_id == bindparam("market_id")))
    .where(Stock.variant_id.in_(bindparam("variant_ids", expanding=True)))
    .order_by(MarketWarehouse.priority.desc(), Stock.on_hand - Stock.held, Stock.warehouse_id.desc()))


@dataclass(frozen=True, slots=True)
class ServingStock:
    """The stock row that serves a variant in a market, and what a new order could take of it."""

    stock_id: int
    warehouse_id: int
    available: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A warehouse that is not the one a market sells from, and what a new order could take there."""

    warehouse_id: int
    name: str
    available: int


def get_market(session: Session, market_id: int) -> Market | None:
    """The market with its countries, or None."""
    if not is_id(market_id):
        return None
    return session.scalars(
        select(Market).where(Market.id == market_id).options(selectinload(Market.countries))).one_or_none()


def get_market_by_slug(session: Session, slug: str) -> Market | None:
    """The market with this slug, or None."""
    return session.scalars(select(Market).where(Market.slug == slug)).one_or_none()


def get_default_market(session: Session, site_id: int) -> Market | None:
    """The market new selections of a site start with: its first by position; None where it has none."""
    return session.scalars(_FIRST_MARKET, {"site_id": site_id}).first()


def list_markets(session: Session) -> Sequence[Market]:
    """Every market with its site and countries, in the order staff see them, in two statements."""
    return session.scalars(
        select(Market).order_by(Market.position, Market.id)
        .options(joinedload(Market.site), selectinload(Market.countries))).all()


def list_countries(session: Session, market_id: int) -> Sequence[str]:
    """The countries a market sells to, in alphabetical order of their code."""
    return session.scalars(
        select(MarketCountry.country).where(MarketCountry.market_id == market_id).order_by(MarketCountry.country)).all()


def list_stock_around(session: Session, market_id: int, variant_ids: Collection[int],
                      ) -> tuple[dict[int, ServingStock], dict[int, Elsewhere]]:
    """By variant, the row that serves it in a market, and the other warehouse with most of it; in one statement."""
    if not variant_ids:
        return {}, {}
    rows = session.execute(_STOCK_AROUND, {"market_id": market_id, "variant_ids": sorted(variant_ids)}).all()
    serving = {row.variant_id: ServingStock(row.id, row.warehouse_id, row.on_hand - row.held)
               for row in rows if row.priority is not None}
    others = {row.variant_id: Elsewhere(row.warehouse_id, row.name, row.on_hand - row.held) for row in rows
              if row.on_hand > row.held
              and (row.variant_id not in serving or serving[row.variant_id].warehouse_id != row.warehouse_id)}
    return serving, others


def list_serving_stock(session: Session, market_id: int, variant_ids: Collection[int]) -> dict[int, ServingStock]:
    """By variant, the stock row of the market's first warehouse by priority that has one, in one statement."""
    if not variant_ids:
        return {}
    rows = session.execute(_SERVING_STOCK, {"market_id": market_id, "variant_ids": sorted(variant_ids)}).all()
    # The last of a variant's rows stays: the one with the lowest priority number.
    return {row.variant_id: ServingStock(row.id, row.warehouse_id, row.on_hand - row.held) for row in rows}
