"""Stock and its ledger."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sales_portal.catalog.models import Variant
from sales_portal.core.db import Base, BigInt, Instant, Pk, UTCDateTime


class Warehouse(Base):
    """A place that ships, or the counter of seats for training."""

    __tablename__ = "warehouses"

    id: Mapped[Pk]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    country: Mapped[str | None] = mapped_column(String(2))


class Stock(Base):
    """How many of a variant a warehouse has, and how many of those are held by payments under way."""

    __tablename__ = "stock"
    __table_args__ = (
        UniqueConstraint("variant_id", "warehouse_id"),
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("held >= 0", name="held"),
        CheckConstraint("held <= on_hand", name="held_on_hand"),
    )

    id: Mapped[Pk]
    variant_id: Mapped[int] = mapped_column(ForeignKey(Variant.id))
    warehouse_id: Mapped[int] = mapped_column(ForeignKey(Warehouse.id), index=True)
    on_hand: Mapped[int]
    held: Mapped[int] = mapped_column(default=0)

    warehouse: Mapped[Warehouse] = relationship(lazy="raise")

    @property
    def available(self) -> int:
        """What a new order could take."""
        return self.on_hand - self.held


class StockMove(Base):
    """One change of `Stock.on_hand`, with its reason; the sum of a row's moves is its stock."""

    __tablename__ = "stock_moves"
    __table_args__ = (
        CheckConstraint("delta <> 0", name="delta"),
        CheckConstraint("reason IN ('initial','sale','cancel','adjust')", name="reason"),
        CheckConstraint("(reason IN ('sale','cancel')) = (order_id IS NOT NULL)", name="order"),
        CheckConstraint("reason <> 'sale' OR delta < 0", name="sale"),
        CheckConstraint("reason <> 'cancel' OR delta > 0", name="cancel"),
        Index("uq_stock_moves_once", "order_id", "line_no", "reason", unique=True,
              sqlite_where=text("order_id IS NOT NULL"), postgresql_where=text("order_id IS NOT NULL")),
    )

    id: Mapped[Pk]
    stock_id: Mapped[int] = mapped_column(ForeignKey(Stock.id), index=True)
    delta: Mapped[int]
    reason: Mapped[str] = mapped_column(String(10))
    order_id: Mapped[int | None] = mapped_column(BigInt)
    line_no: Mapped[int | None]
    at: Mapped[Instant]


class StockHold(Base):
    """Stock kept for one payment that takes money at once, until a stated end."""

    __tablename__ = "stock_holds"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    payment_id: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    stock_id: Mapped[int] = mapped_column(ForeignKey(Stock.id), primary_key=True)
    quantity: Mapped[int]
    until_at: Mapped[Instant]
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
