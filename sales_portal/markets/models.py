"""Markets: the countries sold to together, their currency and the warehouses behind them."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sales_portal.core.db import Base, Currency, Pk
from sales_portal.inventory.models import Warehouse
from sales_portal.sites.models import Site


class Market(Base):
    """Where we sell: one currency, one or more countries, and an ordered list of warehouses.

    `backorder_weeks` is how long goods take that it sells beyond what it has; None where it sells no more than that.
    """

    __tablename__ = "markets"
    __table_args__ = (CheckConstraint("backorder_weeks >= 1", name="backorder"),)

    id: Mapped[Pk]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id))
    currency: Mapped[Currency]
    locale: Mapped[str] = mapped_column(String(12))
    position: Mapped[int] = mapped_column(default=1)
    backorder_weeks: Mapped[int | None]

    site: Mapped[Site] = relationship(lazy="raise")
    countries: Mapped[list["MarketCountry"]] = relationship(lazy="raise", order_by="MarketCountry.country")
    warehouses: Mapped[list["MarketWarehouse"]] = relationship(lazy="raise", order_by="MarketWarehouse.priority")


class MarketCountry(Base):
    """A country (ISO 3166 alpha-2) a market sells to."""

    __tablename__ = "market_countries"

    market_id: Mapped[int] = mapped_column(ForeignKey(Market.id), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)


class MarketWarehouse(Base):
    """A warehouse a market sells from; the first by priority that stocks a variant serves it."""

    __tablename__ = "market_warehouses"

    market_id: Mapped[int] = mapped_column(ForeignKey(Market.id), primary_key=True)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey(Warehouse.id), primary_key=True)
    priority: Mapped[int] = mapped_column(default=1)
