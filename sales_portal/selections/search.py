"""Finding products for a selection: ranked, with price and stock of its market and pricelist, and why not if not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Row, ScalarSelect, Select, and_, literal, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from sales_portal.catalog import indexing
from sales_portal.catalog import search as catalog
from sales_portal.catalog.models import Product, TrainingEvent, Variant
from sales_portal.catalog.search import Typed
from sales_portal.customers.models import CustomerPurchase
from sales_portal.markets import queries as markets
from sales_portal.markets.models import Market
from sales_portal.markets.queries import Elsewhere, ServingStock
from sales_portal.pricing.models import Price, Pricelist, PricelistMarket
from sales_portal.selections import pasting
from sales_portal.selections.checks import backorder_words
from sales_portal.selections.models import Selection
from sales_portal.selections.rows import available_of, full_title


class Prices(NamedTuple):
    """A pricelist that has a price where the chosen one has none, and a market that sells with it.

    `market` is empty where that is the selection's own.
    """

    id: int
    name: str
    market_id: int
    market: str

    @property
    def place(self) -> str:
        """What to switch to: a pricelist, in another market with its name before."""
        return f"{self.market} / {self.name}" if self.market else self.name


@dataclass(frozen=True, slots=True)
class Found:
    """One variant of a search result. `reason` says why it cannot be added; it is empty where it can, also where none
    is left and it takes `backorder_weeks`.

    `amount` is in minor units of `currency`, None without a price; `available` is None for what does not run out.
    The ways out of a reason: a special price, another pricelist of this or another market, another warehouse.
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
    backorder_weeks: int | None = None

    @property
    def is_addable(self) -> bool:
        """Whether it can be put into the selection."""
        return not self.reason

    @property
    def stock_words(self) -> str:
        """How many there are, as people say it: `14 in stock`, `1 seat left`; empty for what does not run out."""
        if self.backorder_weeks is not None:
            return backorder_words(self.backorder_weeks)
        if not self.available:
            return ""
        seats = "seat left" if self.available == 1 else "seats left"
        return f"{self.available} {seats if self.kind == 'training' else 'in stock'}"


def find_products(session: Session, text: str, selection: Selection, limit: int = catalog.RANKED) -> list[Found]:
    """The variants `text` finds for `selection` (market and pricelist loaded), best first, in at most three statements.

    First the exact SKU or barcode, then SKUs that begin so, what this customer bought before, whole words, the rest.
    """
    typed = catalog.read(text)
    if typed.is_empty:
        return []
    wanted = catalog.rarest_first(session, typed)
    rows = _rows(session, union(*catalog.candidates(wanted), *_bought(wanted, selection)), selection)
    return _all_found(session, sorted(rows, key=lambda row: _rank(row, typed))[:limit], typed, selection)


def describe(session: Session, variant_ids: Sequence[int], selection: Selection) -> list[Found]:
    """These variants as a search for `selection` shows them, in their order and in two statements."""
    rows = {row.id: row for row in _rows(session, select(
        Variant.id.label("variant_id")).where(Variant.id.in_(variant_ids)), selection)}
    return _all_found(session, [rows[key] for key in variant_ids if key in rows], catalog.read(""), selection)


def _all_found(session: Session, ranked: Sequence[Row[*tuple[Any, ...]]], typed: Typed,
               selection: Selection) -> list[Found]:
    stock, elsewhere = markets.list_stock_around(session, selection.market_id, [row.id for row in ranked])
    found = (_found(row, typed, stock, selection) for row in ranked)
    return [_with_ways_out(product, row, elsewhere, selection) for product, row in zip(found, ranked, strict=True)]


def _rows(session: Session, wanted: CompoundSelect[int] | Select[int],
          selection: Selection) -> list[Row[*tuple[Any, ...]]]:
    ids, theirs, there = wanted.subquery(), aliased(Pricelist), aliased(Market)
    was_bought = literal(None) if selection.customer_id is None else CustomerPurchase.variant_id
    query = (
        select(Variant.id, Variant.product_id, Variant.sku, Variant.barcode, Variant.position,
               Variant.title.label("variant_title"), Product.title.label("product_title"), Product.image, Product.kind,
               Product.published_at, Product.unpublished_at, Price.amount, TrainingEvent.starts_at,
               was_bought.label("was_bought"), theirs.id.label("other_id"), theirs.name.label("other_name"),
               there.id.label("other_market_id"), there.name.label("other_market"))
        .join(ids, ids.c.variant_id == Variant.id).join(Product, Product.id == Variant.product_id)
        .outerjoin(Price, and_(Price.variant_id == Variant.id, Price.pricelist_id == selection.pricelist_id))
        .outerjoin(TrainingEvent, TrainingEvent.variant_id == Variant.id)
        .outerjoin(theirs, theirs.id == _elsewhere(selection, Pricelist.id))
        .outerjoin(there, there.id == _elsewhere(selection, Market.id)))
    if selection.customer_id is not None:
        query = query.outerjoin(CustomerPurchase, and_(CustomerPurchase.variant_id == Variant.id,
                                                       CustomerPurchase.customer_id == selection.customer_id))
    return list(session.execute(query).all())


def _elsewhere(selection: Selection, column: InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """Where a row's variant has a price, if not in the chosen pricelist: first in the selection's market."""
    other = aliased(Price)
    return (select(column).select_from(other).join(Pricelist, Pricelist.id == other.pricelist_id)
            .join(PricelistMarket, PricelistMarket.pricelist_id == Pricelist.id)
            .join(Market, Market.id == PricelistMarket.market_id)
            .where(other.variant_id == Variant.id, Pricelist.id != selection.pricelist_id, Price.amount.is_(None))
            .order_by((Market.id == selection.market_id).desc(), Market.position, Market.id, PricelistMarket.position,
                      Pricelist.id)
            .limit(1).correlate(Variant, Price).scalar_subquery())


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
    is_backordered = pasting.sells_beyond_stock(selection.market, row.kind, available)
    return Found(
        variant_id=row.id, product_id=row.product_id, title=full_title(row.product_title, row.variant_title),
        sku=row.sku, barcode=row.barcode, image=row.image, kind=row.kind, amount=row.amount,
        currency=selection.currency, available=available, was_bought=row.was_bought is not None,
        is_exact=catalog.is_code_of(typed, row.sku, row.barcode),
        reason=_why_not(row, None if is_backordered else available, selection),
        backorder_weeks=selection.market.backorder_weeks if is_backordered else None)


def _with_ways_out(product: Found, row: Row[*tuple[Any, ...]], elsewhere: Mapping[int, Elsewhere],
                   selection: Selection) -> Found:
    is_sold = row.published_at is not None and row.unpublished_at is None
    if product.is_addable or not is_sold:
        return product
    if product.amount is None:
        is_own = row.other_market_id == selection.market_id
        other = None if row.other_id is None else Prices(
            row.other_id, row.other_name, row.other_market_id, "" if is_own else row.other_market)
        return replace(product, may_be_priced=True, other_pricelist=other)
    return replace(product, elsewhere=elsewhere.get(product.variant_id) if product.kind == "goods" else None)


def _why_not(row: Row[*tuple[Any, ...]], available: int | None, selection: Selection) -> str:
    return pasting.why_not(selection, row.published_at is not None, row.unpublished_at is not None, row.amount,
                           available)
