"""The lines of a selection with product, price and stock as they are now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, select
from sqlalchemy.orm import Session

from sales_portal.catalog import queries as catalog
from sales_portal.catalog.models import Offer, OfferVersion, Product, Variant
from sales_portal.catalog.queries import Trial
from sales_portal.markets import queries as markets
from sales_portal.markets.queries import ServingStock
from sales_portal.pricing.engine import Line, QuoteLine
from sales_portal.pricing.models import Price
from sales_portal.selections.models import SelectionLine

STOCKED = ("goods", "training")
"""Kinds that run out: where the market's warehouses have no stock row of them, there are none."""

# Built once: the builder asks it at every act, and building it takes longer than running it.
_NEWEST_OFFER_VERSION = (
    select(OfferVersion.id).join(Offer, Offer.id == OfferVersion.offer_id)
    .where(Offer.variant_id == Variant.id).order_by(OfferVersion.number.desc()).limit(1).scalar_subquery())
_LINES = (
    select(SelectionLine.id, SelectionLine.position, SelectionLine.variant_id, SelectionLine.quantity,
           SelectionLine.special_price_amount, SelectionLine.special_price_reason, Variant.sku,
           Variant.title.label("variant_title"), Variant.weight_grams, Variant.product_id,
           Product.title.label("product_title"), Product.image, Product.kind, Product.tax_class,
           Product.published_at, Product.unpublished_at, Price.amount, Price.minimum_amount, Price.cost_amount,
           _NEWEST_OFFER_VERSION.label("offer_version_id"))
    .join(Variant, Variant.id == SelectionLine.variant_id).join(Product, Product.id == Variant.product_id)
    .outerjoin(Price, and_(Price.variant_id == Variant.id, Price.pricelist_id == bindparam("pricelist_id")))
    .where(SelectionLine.selection_id == bindparam("selection_id")).order_by(SelectionLine.position))


@dataclass(frozen=True, slots=True)
class BasketRow:
    """One line as it stands now. `unit_amount` None: no price; `available` None: not stocked, nothing to run out of.

    With a `trial` the unit price is that of each period after it. `cost_amount` is what one costs us without tax.
    """

    line_id: int
    position: int
    variant_id: int
    product_id: int
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
                    self.weight_grams)


def list_rows(session: Session, selection_id: int, market_id: int, pricelist_id: int,
              has_special_prices: bool = True) -> tuple[BasketRow, ...]:
    """The lines of a selection in order, with price and stock of this market and pricelist, in two statements.

    Subscription offers among them take a third.
    """
    rows = session.execute(_LINES, {"selection_id": selection_id, "pricelist_id": pricelist_id}).all()
    stock = markets.list_serving_stock(session, market_id, {row.variant_id for row in rows})
    trials = catalog.list_trials(session, (row.offer_version_id for row in rows))
    return tuple(_row(row, stock, trials, has_special_prices) for row in rows)


def full_title(product: str, variant: str) -> str:
    """Product and variant as one name."""
    return f"{product}, {variant}" if variant else product


def available_of(kind: str, stock: ServingStock | None) -> int | None:
    """How many a new order could take; None for what does not run out."""
    if stock is not None:
        return stock.available
    return 0 if kind in STOCKED else None


def _row(row: Row[*tuple[Any, ...]], stock: Mapping[int, ServingStock], trials: Mapping[int, Trial],
         has_special_prices: bool) -> BasketRow:
    serving = stock.get(row.variant_id)
    special = row.special_price_amount if has_special_prices else None
    return BasketRow(
        line_id=row.id, position=row.position, variant_id=row.variant_id, product_id=row.product_id,
        title=full_title(row.product_title, row.variant_title), sku=row.sku, image=row.image, kind=row.kind,
        quantity=row.quantity, list_amount=row.amount, unit_amount=row.amount if special is None else special,
        is_special_price=special is not None, special_price_reason=row.special_price_reason,
        minimum_amount=row.minimum_amount, tax_class=row.tax_class, weight_grams=row.weight_grams,
        is_published=row.published_at is not None and row.unpublished_at is None, unpublished_at=row.unpublished_at,
        offer_version_id=row.offer_version_id, stock_id=serving.stock_id if serving is not None else None,
        available=available_of(row.kind, serving), trial=trials.get(row.offer_version_id),
        cost_amount=row.cost_amount)
