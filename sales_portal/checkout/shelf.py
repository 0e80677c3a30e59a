"""What a customer may add to an offer: all that is sold in the link's market at a price of its pricelist."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, Table, and_, bindparam, exists, or_, select, union_all
from sqlalchemy.orm import Session

from sales_portal.catalog import search as catalog
from sales_portal.catalog.models import KINDS, Offer, OfferVersion, Product, TrainingEvent, Variant
from sales_portal.catalog.queries import Trial
from sales_portal.core import clock
from sales_portal.core.db import UTCDateTime, is_id
from sales_portal.inventory.models import Stock
from sales_portal.links.models import CheckoutLink
from sales_portal.markets.models import Market, MarketWarehouse
from sales_portal.pricing.models import Price, Pricelist
from sales_portal.selections.models import MAX_QUANTITY
from sales_portal.selections.rows import full_title

PAGE = 24
SUGGESTED = 4

# The tables, not the entities: read as plain rows, in statements that are put together once.
_VARIANT, _PRODUCT, _PRICE, _LIST, _EVENT, _OFFER, _VERSION, _STOCKED, _SERVING, _MARKET = (
    cast(Table, model.__table__) for model in (
        Variant, Product, Price, Pricelist, TrainingEvent, Offer, OfferVersion, Stock, MarketWarehouse, Market))
_AT = bindparam("at", type_=UTCDateTime)
_NEWEST = (
    select(_VERSION.c.id).join(_OFFER, _OFFER.c.id == _VERSION.c.offer_id).where(_OFFER.c.variant_id == _VARIANT.c.id)
    .order_by(_VERSION.c.number.desc()).limit(1).correlate(_VARIANT).scalar_subquery())
_TAKEN_FROM = (
    select(_STOCKED.c.id).join(_SERVING, _SERVING.c.warehouse_id == _STOCKED.c.warehouse_id)
    .where(_STOCKED.c.variant_id == _VARIANT.c.id, _SERVING.c.market_id == bindparam("market_id"))
    .order_by(_SERVING.c.priority, _STOCKED.c.warehouse_id).limit(1).correlate(_VARIANT).scalar_subquery())
_LEFT = _STOCKED.c.on_hand - _STOCKED.c.held
_RUNS_OUT = or_(_STOCKED.c.id.is_not(None), _PRODUCT.c.kind == "goods", _EVENT.c.variant_id.is_not(None))
_IS_FOLLOWED = and_(_PRODUCT.c.kind == "goods", _MARKET.c.backorder_weeks.is_not(None))
_IS_THERE = or_(_IS_FOLLOWED, ~_RUNS_OUT, _VARIANT.c.pack_size <= _LEFT)
_SOLD = (
    _VARIANT.join(_PRODUCT, _PRODUCT.c.id == _VARIANT.c.product_id)
    .join(_PRICE, and_(_PRICE.c.variant_id == _VARIANT.c.id, _PRICE.c.pricelist_id == bindparam("pricelist_id")))
    .join(_LIST, _LIST.c.id == _PRICE.c.pricelist_id).join(_MARKET, _MARKET.c.id == bindparam("market_id"))
    .outerjoin(_EVENT, _EVENT.c.variant_id == _VARIANT.c.id).outerjoin(_STOCKED, _STOCKED.c.id == _TAKEN_FROM))
# What the customer would have to name a price for is the agent's to offer.
_IS_SOLD = (
    _PRODUCT.c.published_at.is_not(None), _PRODUCT.c.unpublished_at.is_(None), ~_PRODUCT.c.is_pay_what_you_want,
    _VARIANT.c.pack_size <= bindparam("most"), or_(_LIST.c.starts_at.is_(None), _LIST.c.starts_at <= _AT),
    or_(_LIST.c.ends_at.is_(None), _LIST.c.ends_at > _AT), or_(_EVENT.c.variant_id.is_(None), _EVENT.c.starts_at > _AT))
_GOODS = (
    select(_VARIANT.c.id, _VARIANT.c.product_id, _PRODUCT.c.title, _VARIANT.c.title.label("variant_title"),
           _VARIANT.c.sku, _PRODUCT.c.image, _PRODUCT.c.kind, _PRODUCT.c.tax_class, _VARIANT.c.weight_grams,
           _VARIANT.c.pack_size, _PRICE.c.amount, _STOCKED.c.id.label("stock_id"), _LEFT.label("available"),
           _EVENT.c.starts_at, _MARKET.c.backorder_weeks, _VERSION.c.id.label("offer_version_id"),
           _VERSION.c.trial_days, _VERSION.c.interval, _VERSION.c.interval_count)
    .select_from(_SOLD.outerjoin(_VERSION, _VERSION.c.id == _NEWEST)).where(*_IS_SOLD)
    .order_by(_VARIANT.c.product_id, _VARIANT.c.position, _VARIANT.c.id))
_PRODUCTS = select(_PRODUCT.c.id).select_from(_SOLD).where(*_IS_SOLD, _IS_THERE).distinct().order_by(_PRODUCT.c.id)


@dataclass(frozen=True, slots=True)
class Good:
    """One variant on the shelf; `amount` in minor units, `available` None for what does not run out.

    What the market sells beyond its stock follows after `backorder_weeks`.
    """

    variant_id: int
    product_id: int
    product_title: str
    variant_title: str
    sku: str
    image: str | None
    kind: str
    tax_class: str
    weight_grams: int
    pack_size: int
    amount: int
    stock_id: int | None
    available: int | None
    backorder_weeks: int | None
    offer_version_id: int | None
    trial: Trial | None

    @property
    def title(self) -> str:
        """Product and variant as one name."""
        return full_title(self.product_title, self.variant_title)

    @property
    def due_amount(self) -> int:
        """What one costs at the checkout: nothing where a trial comes first."""
        return 0 if self.trial is not None else self.amount


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of the shelf: its products in the order of the catalogue, each with its variants.

    `after` is the product after which the next page begins, None on the last.
    """

    products: tuple[tuple[Good, ...], ...]
    after: int | None


def find(session: Session, link: CheckoutLink, variant_id: int) -> Good | None:
    """The variant where it is sold with this link, whether or not any is left; None for everything else."""
    found = list_goods(session, link, [variant_id]) if is_id(variant_id) else []
    return found[0] if found else None


def list_goods(session: Session, link: CheckoutLink, variant_ids: Collection[int]) -> list[Good]:
    """Those of the variants that are sold with this link, in one statement."""
    return _read(session, link, _GOODS.where(_VARIANT.c.id.in_(variant_ids)))


def read_page(session: Session, link: CheckoutLink, text: str = "", kind: str = "", after: int = 0) -> Shelf:
    """The page of the shelf that begins behind the product `after`: what `text` finds of a `kind`, where given."""
    wanted = _PRODUCTS.where(_PRODUCT.c.id > after)
    if kind:
        wanted = wanted.where(_PRODUCT.c.kind == kind)
    if text.strip():
        typed = catalog.read(text)
        if typed.is_empty:
            return Shelf((), None)
        wanted = wanted.where(_VARIANT.c.id.in_(catalog.found_by(catalog.rarest_first(session, typed))))
    # One more than is shown tells whether there is a next page.
    page = wanted.limit(PAGE + 1).subquery()
    products = _by_product(_read(session, link, _of(page.c.id)))
    more = len(products) > PAGE
    return Shelf(products[:PAGE], products[PAGE - 1][0].product_id if more else None)


def list_kinds(session: Session, link: CheckoutLink) -> list[str]:
    """The kinds of products there are on the shelf, in one statement."""
    any_of = (exists(_PRODUCTS.where(_PRODUCT.c.kind == kind).order_by(None).limit(1)).label(kind) for kind in KINDS)
    row = session.execute(select(*any_of), _values(link)).one()
    return [kind for kind, is_there in zip(KINDS, row, strict=True) if is_there]


def suggest(session: Session, link: CheckoutLink, product_ids: Collection[int]) -> list[Good]:
    """Four products beside those of the offer: its neighbours in the catalogue, which puts like beside like."""
    others = _PRODUCTS.where(_PRODUCT.c.id.not_in(product_ids))
    start = min(product_ids, default=0)
    behind = others.where(_PRODUCT.c.id > start).limit(SUGGESTED).subquery()
    first = others.where(_PRODUCT.c.id < start).limit(SUGGESTED).subquery()
    products = _by_product(_read(session, link, _of(union_all(select(behind.c.id), select(first.c.id)))))
    in_turn = sorted(products, key=lambda goods: (goods[0].product_id < start, goods[0].product_id))
    return [goods[0] for goods in in_turn[:SUGGESTED]]


def _of(product_ids: Any) -> Select[Any]:
    wanted = select(product_ids) if isinstance(product_ids, ColumnElement) else product_ids
    return _GOODS.where(_VARIANT.c.product_id.in_(wanted), _IS_THERE)


def _read(session: Session, link: CheckoutLink, wanted: Select[Any]) -> list[Good]:
    return [_good(row) for row in session.execute(wanted, _values(link))]


def _values(link: CheckoutLink) -> dict[str, object]:
    return {"market_id": link.market_id, "pricelist_id": link.pricelist_id, "at": clock.now(),
            "most": link.max_per_line or MAX_QUANTITY}


def _by_product(goods: Iterable[Good]) -> tuple[tuple[Good, ...], ...]:
    return tuple(tuple(same) for _, same in groupby(goods, key=lambda good: good.product_id))


def _good(row: Row[Any]) -> Good:
    is_goods = row.kind == "goods"
    runs_out = is_goods or row.starts_at is not None
    return Good(
        variant_id=row.id, product_id=row.product_id, product_title=row.title, variant_title=row.variant_title,
        sku=row.sku, image=row.image, kind=row.kind, tax_class=row.tax_class, weight_grams=row.weight_grams,
        pack_size=row.pack_size, amount=row.amount, stock_id=row.stock_id,
        available=row.available if row.stock_id is not None else 0 if runs_out else None,
        backorder_weeks=row.backorder_weeks if is_goods else None, offer_version_id=row.offer_version_id,
        trial=Trial(row.trial_days, row.interval, row.interval_count) if row.trial_days else None)
