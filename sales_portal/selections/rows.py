"""The lines of a selection with product, price and stock as they are now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Offer, OfferVersion, Product, TrainingEvent, Variant
from sales_portal.catalog.queries import Trial
from sales_portal.inventory.models import Stock, Warehouse
from sales_portal.markets.models import MarketWarehouse
from sales_portal.markets.queries import ServingStock
from sales_portal.pricing.engine import Line, QuoteLine
from sales_portal.pricing.models import Price
from sales_portal.selections.models import SelectionLine

# Built once: the builder asks it at every act, and building it takes longer than running it.
_NEWEST_OFFER_VERSION = (
    select(OfferVersion.id).join(Offer, Offer.id == OfferVersion.offer_id)
    .where(Offer.variant_id == SelectionLine.variant_id).order_by(OfferVersion.number.desc()).limit(1)
    .scalar_subquery())
_SERVES = and_(MarketWarehouse.warehouse_id == Stock.warehouse_id, MarketWarehouse.market_id == bindparam("market_id"))
# Where a line is taken from: its own warehouse, else the first of the market's by priority that has the variant.
_STOCK = (
    select(Stock.id).outerjoin(MarketWarehouse, _SERVES)
    .where(Stock.variant_id == SelectionLine.variant_id,
           or_(Stock.warehouse_id == SelectionLine.warehouse_id,
               and_(SelectionLine.warehouse_id.is_(None), MarketWarehouse.market_id.is_not(None))))
    .order_by(MarketWarehouse.priority, Stock.warehouse_id).limit(1).scalar_subquery())
_LINES = (
    select(SelectionLine.id, SelectionLine.position, SelectionLine.variant_id, SelectionLine.quantity,
           SelectionLine.special_price_amount, SelectionLine.special_price_reason, SelectionLine.chosen_amount,
           SelectionLine.customer_note, SelectionLine.internal_note, SelectionLine.learners,
           SelectionLine.warehouse_id, SelectionLine.ships, SelectionLine.title.label("own_title"),
           SelectionLine.tax_class.label("own_tax_class"), Variant.sku, Variant.weight_grams, Variant.product_id,
           Variant.title.label("variant_title"),
           Product.title.label("product_title"), Product.image, Product.kind, Product.tax_class,
           Product.is_pay_what_you_want, Product.published_at, Product.unpublished_at,
           Price.amount, Price.minimum_amount, Price.cost_amount, TrainingEvent.starts_at, TrainingEvent.ends_at,
           TrainingEvent.place, TrainingEvent.seats, OfferVersion.id.label("offer_version_id"), OfferVersion.number,
           OfferVersion.interval, OfferVersion.interval_count, OfferVersion.trial_days,
           Warehouse.name.label("warehouse_name"), Stock.id.label("stock_id"),
           (Stock.on_hand - Stock.held).label("available"))
    .outerjoin(Variant, Variant.id == SelectionLine.variant_id).outerjoin(Product, Product.id == Variant.product_id)
    .outerjoin(Price, and_(Price.variant_id == Variant.id, Price.pricelist_id == bindparam("pricelist_id")))
    .outerjoin(TrainingEvent, TrainingEvent.variant_id == Variant.id)
    .outerjoin(OfferVersion, OfferVersion.id == _NEWEST_OFFER_VERSION)
    .outerjoin(Warehouse, Warehouse.id == SelectionLine.warehouse_id)
    .outerjoin(Stock, Stock.id == _STOCK)
    .where(SelectionLine.selection_id == bindparam("selection_id")).order_by(SelectionLine.position))


@dataclass(frozen=True, slots=True)
class Dates:
    """When and where a training takes place, and how many seats it has in all."""

    starts_at: datetime
    ends_at: datetime
    place: str
    seats: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The terms a subscription begins with: version `number`, a charge every `interval_count` of `interval`."""

    number: int
    interval: str
    interval_count: int


@dataclass(frozen=True, slots=True)
class BasketRow:
    """One line as it stands now. `unit_amount` None: no price; `available` None: not stocked, nothing to run out of.

    With a `trial` the unit price is that of each period after it. `cost_amount` is what one costs us without tax.
    An ad-hoc line has no variant; what its agent asks for it is its special price and its list price at once.
    `warehouse_name` is set where this line is taken from another warehouse than the market's.
    """

    line_id: int
    position: int
    variant_id: int | None
    product_id: int | None
    title: str
    sku: str
    image: str | None
    kind: str
    quantity: int
    list_amount: int | None
    unit_amount: int | None
    is_special_price: bool
    special_price_reason: str
    minimum_amount: int | None
    tax_class: str
    weight_grams: int
    is_published: bool
    unpublished_at: datetime | None
    offer_version_id: int | None
    stock_id: int | None
    available: int | None
    priced: QuoteLine | None = None
    trial: Trial | None = None
    cost_amount: int | None = None
    is_pay_what_you_want: bool = False
    chosen_amount: int | None = None
    dates: Dates | None = None
    plan: Plan | None = None
    warehouse_id: int | None = None
    warehouse_name: str = ""
    customer_note: str = ""
    internal_note: str = ""
    learners: tuple[Mapping[str, str], ...] = ()

    @property
    def is_ad_hoc(self) -> bool:
        """Whether no product stands behind it."""
        return self.variant_id is None

    @property
    def ships(self) -> bool:
        """Whether a parcel carries it."""
        return self.kind == "goods"

    @property
    def due_amount(self) -> int | None:
        """What one costs at the checkout: nothing where a trial comes first."""
        return 0 if self.trial is not None and self.unit_amount is not None else self.unit_amount

    @property
    def usual_amount(self) -> int | None:
        """What one costs otherwise: by the pricelist, or in each period after the trial."""
        return self.unit_amount if self.trial is not None or self.list_amount is None else self.list_amount

    @property
    def line(self) -> Line | None:
        """The row as the engine takes it; None where it has no price."""
        if self.due_amount is None or self.usual_amount is None:
            return None
        return Line(self.line_id, self.quantity, self.due_amount, self.usual_amount, self.tax_class, self.ships,
                    self.weight_grams, self.product_id)


def list_rows(session: Session, selection_id: int, market_id: int, pricelist_id: int,
              has_special_prices: bool = True) -> tuple[BasketRow, ...]:
    """The lines of a selection in order, with price and stock of this market and pricelist, in one statement.

    Without `has_special_prices` amounts agreed with the agent do not count.
    """
    rows = session.execute(_LINES, {
        "selection_id": selection_id, "market_id": market_id, "pricelist_id": pricelist_id})
    return tuple(_row(row, has_special_prices) for row in rows)


def full_title(product: str, variant: str) -> str:
    """Product and variant as one name."""
    return f"{product}, {variant}" if variant else product


def available_of(kind: str, stock: ServingStock | None, *, is_dated: bool = True) -> int | None:
    """How many a new order could take; None for what does not run out, as training without a date."""
    return _available(kind, stock.available if stock is not None else None, is_dated)


def _available(kind: str, in_stock: int | None, is_dated: bool) -> int | None:
    if in_stock is not None:
        return in_stock
    return 0 if kind == "goods" or (kind == "training" and is_dated) else None


def _row(row: Row[*tuple[Any, ...]], has_special_prices: bool) -> BasketRow:
    special = row.special_price_amount if has_special_prices else None
    chosen = row.chosen_amount if has_special_prices and row.is_pay_what_you_want else None
    agreed = next((amount for amount in (special, chosen, row.amount) if amount is not None), None)
    common: dict[str, Any] = {
        "line_id": row.id, "position": row.position, "variant_id": row.variant_id, "quantity": row.quantity,
        "unit_amount": agreed, "is_special_price": special is not None, "chosen_amount": chosen,
        "special_price_reason": row.special_price_reason, "customer_note": row.customer_note,
        "internal_note": row.internal_note, "learners": tuple(row.learners), "warehouse_id": row.warehouse_id,
        "warehouse_name": row.warehouse_name or ""}
    return BasketRow(**common, **(_ad_hoc(row, special) if row.variant_id is None else _of_product(row)))


def _ad_hoc(row: Row[*tuple[Any, ...]], amount: int | None) -> dict[str, Any]:
    return {"product_id": None, "title": row.own_title, "sku": "", "image": None, "list_amount": amount,
            "kind": "goods" if row.ships else "service", "minimum_amount": None, "tax_class": row.own_tax_class,
            "weight_grams": 0, "is_published": True, "unpublished_at": None, "offer_version_id": None,
            "stock_id": None, "available": None}


def _of_product(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    is_dated = row.starts_at is not None
    return {
        "product_id": row.product_id, "title": full_title(row.product_title, row.variant_title), "sku": row.sku,
        "image": row.image, "kind": row.kind, "list_amount": row.amount, "minimum_amount": row.minimum_amount,
        "tax_class": row.tax_class, "weight_grams": row.weight_grams, "unpublished_at": row.unpublished_at,
        "is_published": row.published_at is not None and row.unpublished_at is None,
        "offer_version_id": row.offer_version_id, "stock_id": row.stock_id,
        "available": _available(row.kind, row.available, is_dated), "cost_amount": row.cost_amount,
        "is_pay_what_you_want": row.is_pay_what_you_want,
        "dates": Dates(row.starts_at, row.ends_at, row.place, row.seats) if is_dated else None,
        "plan": Plan(row.number, row.interval, row.interval_count) if row.offer_version_id is not None else None,
        "trial": Trial(row.trial_days, row.interval, row.interval_count) if row.trial_days else None}
