"""The lines of a selection with product, price and stock as they are now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import CustomFieldProduct, Offer, OfferVersion, Product, TrainingEvent, Variant
from sales_portal.catalog.queries import Trial
from sales_portal.catalog.questions import Kept
from sales_portal.inventory.models import Stock, Warehouse
from sales_portal.markets.models import Market, MarketWarehouse
from sales_portal.markets.queries import ServingStock
from sales_portal.pricing.engine import Line, QuoteLine
from sales_portal.pricing.models import Price
from sales_portal.selections.models import SelectionLine

# The tables, not the entities, and built once: the builder asks it at every act, and reads plain rows.
_LINE, _VARIANT, _PRODUCT, _PRICE, _EVENT, _OFFER, _VERSION, _HOUSE, _STOCKED, _SERVING, _MARKET, _ASKED = (
    cast(Table, model.__table__) for model in (
        SelectionLine, Variant, Product, Price, TrainingEvent, Offer, OfferVersion, Warehouse, Stock, MarketWarehouse,
        Market, CustomFieldProduct))
_NEWEST_OFFER_VERSION = (
    select(_VERSION.c.id).join(_OFFER, _OFFER.c.id == _VERSION.c.offer_id)
    .where(_OFFER.c.variant_id == _LINE.c.variant_id).order_by(_VERSION.c.number.desc()).limit(1)
    .scalar_subquery())
_SERVES = and_(_SERVING.c.warehouse_id == _STOCKED.c.warehouse_id, _SERVING.c.market_id == bindparam("market_id"))
# Where a line is taken from: its own warehouse, else the first of the market's by priority that has the variant.
_TAKEN_FROM = (
    select(_STOCKED.c.id).outerjoin(_SERVING, _SERVES)
    .where(_STOCKED.c.variant_id == _LINE.c.variant_id,
           or_(_STOCKED.c.warehouse_id == _LINE.c.warehouse_id,
               and_(_LINE.c.warehouse_id.is_(None), _SERVING.c.market_id.is_not(None))))
    .order_by(_SERVING.c.priority, _STOCKED.c.warehouse_id).limit(1).scalar_subquery())
_WEEKS = select(_MARKET.c.backorder_weeks).where(_MARKET.c.id == bindparam("market_id")).scalar_subquery()
_HAS_FIELDS = select(_ASKED.c.product_id).where(_ASKED.c.product_id == _VARIANT.c.product_id).exists()
_LINES = (
    select(_LINE.c.id, _LINE.c.position, _LINE.c.variant_id, _LINE.c.quantity,
           _LINE.c.special_price_amount, _LINE.c.special_price_reason, _LINE.c.chosen_amount,
           _LINE.c.customer_note, _LINE.c.internal_note, _LINE.c.learners, _LINE.c.answers,
           _HAS_FIELDS.label("has_fields"), _LINE.c.warehouse_id, _LINE.c.allows_backorder, _LINE.c.waits_for_stock,
           _LINE.c.ships,
           _LINE.c.title.label("own_title"),
           _LINE.c.tax_class.label("own_tax_class"), _VARIANT.c.sku, _VARIANT.c.weight_grams, _VARIANT.c.pack_size,
           _VARIANT.c.product_id,
           _VARIANT.c.title.label("variant_title"),
           _PRODUCT.c.title.label("product_title"), _PRODUCT.c.image, _PRODUCT.c.kind, _PRODUCT.c.tax_class,
           _PRODUCT.c.is_pay_what_you_want, _PRODUCT.c.published_at, _PRODUCT.c.unpublished_at,
           _PRICE.c.amount, _PRICE.c.minimum_amount, _PRICE.c.cost_amount, _EVENT.c.starts_at, _EVENT.c.ends_at,
           _EVENT.c.place, _EVENT.c.seats, _VERSION.c.id.label("offer_version_id"), _VERSION.c.number,
           _VERSION.c.interval, _VERSION.c.interval_count, _VERSION.c.trial_days,
           _HOUSE.c.name.label("warehouse_name"), _STOCKED.c.id.label("stock_id"),
           (_STOCKED.c.on_hand - _STOCKED.c.held).label("available"), _WEEKS.label("backorder_weeks"))
    .outerjoin(_VARIANT, _VARIANT.c.id == _LINE.c.variant_id)
    .outerjoin(_PRODUCT, _PRODUCT.c.id == _VARIANT.c.product_id)
    .outerjoin(_PRICE, and_(_PRICE.c.variant_id == _VARIANT.c.id, _PRICE.c.pricelist_id == bindparam("pricelist_id")))
    .outerjoin(_EVENT, _EVENT.c.variant_id == _VARIANT.c.id)
    .outerjoin(_VERSION, _VERSION.c.id == _NEWEST_OFFER_VERSION)
    .outerjoin(_HOUSE, _HOUSE.c.id == _LINE.c.warehouse_id)
    .outerjoin(_STOCKED, _STOCKED.c.id == _TAKEN_FROM)
    .where(_LINE.c.selection_id == bindparam("selection_id")).order_by(_LINE.c.position))


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
    `warehouse_name` is set where this line is taken from another warehouse than the market's. `backorder_weeks` is how
    long the market takes for more than it has (None: it sells no more), and counts where the line `allows_backorder`.
    Of a line that `waits_for_stock` a link may be made that starts when all of it is there. One that `has_fields` is
    asked questions of its own.
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
    answers: tuple[Kept, ...] = ()
    has_fields: bool = False
    backorder_weeks: int | None = None
    allows_backorder: bool = False
    waits_for_stock: bool = False
    pack_size: int = 1

    @property
    def waits_weeks(self) -> int | None:
        """How many weeks the customer waits for what is not in stock; None where only what is there may be bought."""
        return self.backorder_weeks if self.allows_backorder else None

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
        "internal_note": row.internal_note, "learners": tuple(row.learners), "answers": tuple(row.answers or ()),
        "has_fields": row.has_fields, "warehouse_id": row.warehouse_id,
        "warehouse_name": row.warehouse_name or "", "allows_backorder": row.allows_backorder,
        "waits_for_stock": row.waits_for_stock}
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
        "tax_class": row.tax_class, "weight_grams": row.weight_grams, "pack_size": row.pack_size,
        "unpublished_at": row.unpublished_at,
        "is_published": row.published_at is not None and row.unpublished_at is None,
        "offer_version_id": row.offer_version_id, "stock_id": row.stock_id,
        "available": _available(row.kind, row.available, is_dated), "cost_amount": row.cost_amount,
        "is_pay_what_you_want": row.is_pay_what_you_want,
        "backorder_weeks": row.backorder_weeks if row.kind == "goods" and row.warehouse_id is None else None,
        "dates": Dates(row.starts_at, row.ends_at, row.place, row.seats) if is_dated else None,
        "plan": Plan(row.number, row.interval, row.interval_count) if row.offer_version_id is not None else None,
        "trial": Trial(row.trial_days, row.interval, row.interval_count) if row.trial_days else None}
