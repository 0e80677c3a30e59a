"""Where an import puts prices and stock."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.imports.errors import NoSuchTarget
from sales_portal.inventory.models import Warehouse
from sales_portal.markets.models import Market, MarketWarehouse
from sales_portal.pricing.models import Pricelist, PricelistMarket


class Target(NamedTuple):
    """The pricelist that takes the prices and the warehouse that takes the stock."""

    pricelist: Pricelist
    warehouse: Warehouse


def find_target(session: Session, pricelist: str | None = None, warehouse: str | None = None) -> Target:
    """The target with these slugs; for one that is not given, what the first market starts with.

    Raises `NoSuchTarget`, which names the slugs there are.
    """
    return Target(_pricelist(session, pricelist), _warehouse(session, warehouse))


def _pricelist(session: Session, slug: str | None) -> Pricelist:
    firsts = (select(Pricelist).join(PricelistMarket).join(Market, Market.id == PricelistMarket.market_id)
              .order_by(Market.position, Market.id, PricelistMarket.position, Pricelist.id).limit(1))
    found = session.scalars(firsts if slug is None else select(Pricelist).where(Pricelist.slug == slug)).first()
    if found is None:
        known = session.scalars(select(Pricelist.slug).order_by(Pricelist.slug)).all()
        raise NoSuchTarget(thing="pricelist", slug=slug or "", known=", ".join(known) or "none yet")
    return found


def _warehouse(session: Session, slug: str | None) -> Warehouse:
    firsts = (select(Warehouse).join(MarketWarehouse).join(Market, Market.id == MarketWarehouse.market_id)
              .order_by(Market.position, Market.id, MarketWarehouse.priority, Warehouse.id).limit(1))
    found = session.scalars(firsts if slug is None else select(Warehouse).where(Warehouse.slug == slug)).first()
    if found is None:
        known = session.scalars(select(Warehouse.slug).order_by(Warehouse.slug)).all()
        raise NoSuchTarget(thing="warehouse", slug=slug or "", known=", ".join(known) or "none yet")
    return found
