"""Finding products for a selection: ranked, with price and stock of its market and pricelist, and why not if not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import Label, Row, ScalarSelect, Select, and_, literal, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from sales_portal.catalog import indexing
from sales_portal.catalog import search as catalog
from sales_portal.catalog.models import Product, TrainingEvent, Variant
from sales_portal.catalog.search import Typed
from sales_portal.customers.models import CustomerPurchase
from sales_portal.markets import queries as markets
from sales_portal.markets.queries import Elsewhere, ServingStock
from sales_portal.pricing.models import Price, Pricelist, PricelistMarket
from sales_portal.selections import pasting
from sales_portal.selections.models import Selection
from sales_portal.selections.rows import available_of, full_title


class Prices(NamedTuple):
    """A pricelist that has a price where the chosen one has none."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """One variant of a search result. `reason` says why it cannot be added; it is empty where it can.

    `amount` is in minor units of `currency`, None without a price; `available` is None for what does not run out.
    The ways out of a reason: a special price, another pricelist of the market, another warehouse.
    """

    variant_id: int
    product_id: int
    title: str
    sku: str
    barcode: str | None
    image: str | None
    kind: str
    amount: int | None
    currency: str
    available: int | None
    was_bought: bool
    is_exact: bool
    reason: str
    may_be_priced: bool = False
    other_pricelist: Prices | None = None
    elsewhere: Elsewhere | None = None

    @property
    def is_addable(self) -> bool:
        """Whether it can be put into the selection."""
        return not self.reason


def find_products(session: Session, text: str, selection: Selection, limit: int = catalog.RANKED) -> list[Found]:
    """The variants `text` finds for `selection` (market and pricelist loaded), best first, in at most three statements.

    First the exact SKU or barcode, then SKUs that begin so, what this customer bought before, whole words, the rest.
    """
    typed = catalog.read(text)
    if typed.is_empty:
        return []
    rows = _rows(session, catalog.rarest_first(session, typed), selection)
    ranked = sorted(rows, key=lambda row: _rank(row, typed))[:limit]
    stock, elsewhere = markets.list_stock_around(session, selection.market_id, [row.id for row in ranked])
    found = (_found(row, typed, stock, selection) for row in ranked)
    return [_with_ways_out(product, row, elsewhere) for product, row in zip(found, ranked, strict=True)]


def _rows(session: Session, typed: Typed, selection: Selection) -> list[Row[*tuple[Any, ...]]]:
    ids = union(*catalog.candidates(typed), *_bought(typed, selection)).subquery()
    was_bought = literal(None) if selection.customer_id is None else CustomerPurchase.variant_id
    query = (
        select(Variant.id, Variant.product_id, Variant.sku, Variant.barcode, Variant.position,
               Variant.title.label("variant_title"), Product.title.label("product_title"), Product.image, Product.kind,
               Product.published_at, Product.unpublished_at, Price.amount, TrainingEvent.starts_at,
               was_bought.label("was_bought"), *_other_prices(selection))
        .join(ids, ids.c.variant_id == Variant.id).join(Product, Product.id == Variant.product_id)
        .outerjoin(Price, and_(Price.variant_id == Variant.id, Price.pricelist_id == selection.pricelist_id))
        .outerjoin(TrainingEvent, TrainingEvent.variant_id == Variant.id))
    if selection.customer_id is not None:
        query = query.outerjoin(CustomerPurchase, and_(CustomerPurchase.variant_id == Variant.id,
                                                       CustomerPurchase.customer_id == selection.customer_id))
    return list(session.execute(query).all())


def _other_prices(selection: Selection) -> tuple[Label[Any], Label[Any]]:
    """The first other pricelist of the market that has a price of the row's variant."""
    def first(column: InstrumentedAttribute[Any]) -> ScalarSelect[Any]:
        return (select(column).join(PricelistMarket, PricelistMarket.pricelist_id == Pricelist.id)
                .join(other, other.pricelist_id == Pricelist.id)
                .where(PricelistMarket.market_id == selection.market_id, other.variant_id == Variant.id,
                       Pricelist.id != selection.pricelist_id)
                .order_by(PricelistMarket.position, Pricelist.id).limit(1).correlate(Variant).scalar_subquery())

    other = aliased(Price)
    return first(Pricelist.id).label("other_id"), first(Pricelist.name).label("other_name")


def _bought(typed: Typed, selection: Selection) -> list[Select[int]]:
    if selection.customer_id is None:
        return []
    bought = (select(CustomerPurchase.variant_id)
              .where(CustomerPurchase.customer_id == selection.customer_id,
                     catalog.matches(CustomerPurchase.variant_id, typed))
              .order_by(CustomerPurchase.variant_id).limit(catalog.RANKED).subquery())
    return [select(bought.c.variant_id)]


def _rank(row: Row[*tuple[Any, ...]], typed: Typed) -> tuple[int, str, int, int]:
    title = full_title(row.product_title, row.variant_title)
    return _tier(row, title, typed), indexing.plain(row.product_title), row.position, row.id


def _tier(row: Row[*tuple[Any, ...]], title: str, typed: Typed) -> int:
    tiers = (catalog.is_code_of(typed, row.sku, row.barcode), catalog.begins_code_of(typed, row.sku, row.barcode),
             row.was_bought is not None, set(typed.words) <= set(indexing.split(title)))
    return tiers.index(True) if True in tiers else len(tiers)


def _found(row: Row[*tuple[Any, ...]], typed: Typed, stock: Mapping[int, ServingStock], selection: Selection) -> Found:
    available = available_of(row.kind, stock.get(row.id), is_dated=row.starts_at is not None)
    return Found(
        variant_id=row.id, product_id=row.product_id, title=full_title(row.product_title, row.variant_title),
        sku=row.sku, barcode=row.barcode, image=row.image, kind=row.kind, amount=row.amount,
        currency=selection.currency, available=available, was_bought=row.was_bought is not None,
        is_exact=catalog.is_code_of(typed, row.sku, row.barcode), reason=_why_not(row, available, selection))


def _with_ways_out(product: Found, row: Row[*tuple[Any, ...]], elsewhere: Mapping[int, Elsewhere]) -> Found:
    is_sold = row.published_at is not None and row.unpublished_at is None
    if product.is_addable or not is_sold:
        return product
    if product.amount is None:
        other = Prices(row.other_id, row.other_name) if row.other_id is not None else None
        return replace(product, may_be_priced=True, other_pricelist=other)
    return replace(product, elsewhere=elsewhere.get(product.variant_id) if product.kind == "goods" else None)


def _why_not(row: Row[*tuple[Any, ...]], available: int | None, selection: Selection) -> str:
    return pasting.why_not(selection, row.published_at is not None, row.unpublished_at is not None, row.amount,
                           available)
