"""What a customer may add to an offer: all that is sold in the link's market at a price of its pricelist."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, Table, and_, bindparam, exists, or_, select, union_all
from sqlalchemy.orm import Session

from sales_portal.catalog import queries as catalog
from sales_portal.catalog import search
from sales_portal.catalog.models import KINDS, Offer, OfferVersion, Product, TrainingEvent, Variant
from sales_portal.catalog.queries import Trial
from sales_portal.catalog.search import Typed
from sales_portal.core import clock
from sales_portal.core.db import UTCDateTime, is_id
from sales_portal.inventory.models import Stock
from sales_portal.links import deposits
from sales_portal.links.models import CheckoutLink
from sales_portal.markets.models import Market, MarketWarehouse
from sales_portal.pricing.models import Price, Pricelist
from sales_portal.selections.models import MAX_QUANTITY
from sales_portal.selections.rows import full_title

PAGE = 24
SUGGESTED = 4
FEW = 300
"""Up to so many variants found by a text are read before the catalogue is walked."""

# The tables, not the entities: read as plain rows, in statements that are put together once.
_VARIANT, _PRODUCT, _PRICE, _LIST, _EVENT, _OFFER, _VERSION, _STOCKED, _SERVING, _MARKET = (
    cast(Table, model.__table__) for model in (
        Variant, Product, Price, Pricelist, TrainingEvent, Offer, OfferVersion, Stock, MarketWarehouse, Market))
_AT = bindparam("at", type_=UTCDateTime)
_NEWEST = (
    select(_VERSION.c.id).join(_OFFER, _OFFER.c.id == _VERSION.c.offer_id).where(_OFFER.c.variant_id == _VARIANT.c.id)
    .order_by(_VERSION.c.number.desc()).limit(1).correlate(_VARIANT).scalar_subquery())
# Values and no joins: what is joined by such a value PostgreSQL would read whole.
_FROM, _LEFT = (
    select(column).select_from(_STOCKED.join(_SERVING, _SERVING.c.warehouse_id == _STOCKED.c.warehouse_id))
    .where(_STOCKED.c.variant_id == _VARIANT.c.id, _SERVING.c.market_id == bindparam("market_id"))
    .order_by(_SERVING.c.priority, _STOCKED.c.warehouse_id).limit(1).correlate(_VARIANT).scalar_subquery()
    for column in (_STOCKED.c.id, _STOCKED.c.on_hand - _STOCKED.c.held))
# The sum keeps SQLite from going through the whole pricelist for each product, instead of the prices of its variants.
_OF_LIST = and_(_PRICE.c.variant_id == _VARIANT.c.id, _PRICE.c.pricelist_id + 0 == bindparam("pricelist_id"))
_SOLD = (
    _VARIANT.join(_PRICE, _OF_LIST)
    .join(_LIST, _LIST.c.id == _PRICE.c.pricelist_id).join(_MARKET, _MARKET.c.id == bindparam("market_id"))
    .outerjoin(_EVENT, _EVENT.c.variant_id == _VARIANT.c.id))
# What the customer would have to name a price for is the agent's to offer.
_IS_PUBLIC = (
    _PRODUCT.c.published_at.is_not(None), _PRODUCT.c.unpublished_at.is_(None), ~_PRODUCT.c.is_pay_what_you_want,
    _PRODUCT.c.kind != bindparam("left_out"))
_IS_SOLD = (
    _VARIANT.c.pack_size <= bindparam("most"), or_(_LIST.c.starts_at.is_(None), _LIST.c.starts_at <= _AT),
    or_(_LIST.c.ends_at.is_(None), _LIST.c.ends_at > _AT), or_(_EVENT.c.variant_id.is_(None), _EVENT.c.starts_at > _AT))
_GOODS = (
    select(_VARIANT.c.id, _VARIANT.c.product_id, _PRODUCT.c.title, _VARIANT.c.title.label("variant_title"),
           _VARIANT.c.sku, _PRODUCT.c.image, _PRODUCT.c.kind, _PRODUCT.c.tax_class, _VARIANT.c.weight_grams,
           _VARIANT.c.pack_size, _PRICE.c.amount, _FROM.label("stock_id"), _LEFT.label("available"),
           _EVENT.c.starts_at, _MARKET.c.backorder_weeks, _NEWEST.label("offer_version_id"))
    .select_from(_SOLD.join(_PRODUCT, _PRODUCT.c.id == _VARIANT.c.product_id)).where(*_IS_PUBLIC, *_IS_SOLD)
    .order_by(_VARIANT.c.product_id, _VARIANT.c.position, _VARIANT.c.id))
_IS_FOLLOWED = and_(_PRODUCT.c.kind == "goods", _MARKET.c.backorder_weeks.is_not(None))
_RUNS_OUT = or_(_LEFT.is_not(None), _PRODUCT.c.kind == "goods", _EVENT.c.variant_id.is_not(None))
# A value and no EXISTS, which PostgreSQL would turn into a join of all there is: the catalogue is walked in its order
# and left when a page is full.
_HAS_GOODS = (
    select(_VARIANT.c.id).select_from(_SOLD).where(_VARIANT.c.product_id == _PRODUCT.c.id, *_IS_SOLD,
                                                   or_(_IS_FOLLOWED, ~_RUNS_OUT, _VARIANT.c.pack_size <= _LEFT))
    .limit(1).correlate(_PRODUCT).scalar_subquery().is_not(None))
_PRODUCTS = select(_PRODUCT.c.id).where(*_IS_PUBLIC, _HAS_GOODS).order_by(_PRODUCT.c.id)


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
    def is_there(self) -> bool:
        """Whether one, or one pack, can be had."""
        return self.backorder_weeks is not None or self.available is None or self.available >= self.pack_size

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
    """Those of the variants that are sold with this link, in one statement, and one more for plans."""
    return _read(session, link, _GOODS.where(_VARIANT.c.id.in_(variant_ids)))


def read_page(session: Session, link: CheckoutLink, text: str = "", kind: str = "", after: int = 0) -> Shelf:
    """The page of the shelf that begins behind the product `after`: what `text` finds of a `kind`, where given."""
    wanted = _PRODUCTS.where(_PRODUCT.c.id > after)
    if kind:
        wanted = wanted.where(_PRODUCT.c.kind == kind)
    if text.strip():
        typed = search.read(text)
        if typed.is_empty:
            return Shelf((), None)
        wanted = wanted.where(_is_found(session, typed))
    # One more than is shown tells whether there is a next page.
    page = wanted.limit(PAGE + 1).subquery()
    products = _by_product(_read(session, link, _of(page.c.id)))
    more = len(products) > PAGE
    return Shelf(products[:PAGE], products[PAGE - 1][0].product_id if more else None)


def list_kinds(session: Session, link: CheckoutLink) -> list[str]:
    """The kinds of products there are on the shelf, in one statement."""
    any_of = (exists(_PRODUCTS.where(_PRODUCT.c.kind == kind).order_by(None)).label(kind) for kind in KINDS)
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


def _is_found(session: Session, typed: Typed) -> ColumnElement[bool]:
    """Whether a product has a variant that `typed` finds: few are looked up, of many each is asked in its turn."""
    typed = search.rarest_first(session, typed)
    few = session.scalars(search.found_by(typed).limit(FEW + 1)).all()
    theirs = select(_VARIANT.c.product_id)
    if len(few) <= FEW:
        return _PRODUCT.c.id.in_(theirs.where(_VARIANT.c.id.in_(set(few))))
    one = select(Variant.id).where(Variant.product_id == _PRODUCT.c.id, search.matches(Variant.id, typed))
    return one.limit(1).correlate(_PRODUCT).scalar_subquery().is_not(None)


def _of(product_ids: Any) -> Select[Any]:
    wanted = select(product_ids) if isinstance(product_ids, ColumnElement) else product_ids
    return _GOODS.where(_VARIANT.c.product_id.in_(wanted))


def _read(session: Session, link: CheckoutLink, wanted: Select[Any]) -> list[Good]:
    rows = session.execute(wanted, _values(link)).all()
    trials = catalog.list_trials(session, (row.offer_version_id for row in rows))
    return [_good(row, trials) for row in rows]


def _values(link: CheckoutLink) -> dict[str, object]:
    return {"market_id": link.market_id, "pricelist_id": link.pricelist_id, "at": clock.now(),
            "most": link.max_per_line or MAX_QUANTITY,
            # A subscription is paid whole.
            "left_out": "subscription" if deposits.has_deposit(link) else ""}


def _by_product(goods: Iterable[Good]) -> tuple[tuple[Good, ...], ...]:
    there = (good for good in goods if good.is_there)
    return tuple(tuple(same) for _, same in groupby(there, key=lambda good: good.product_id))


def _good(row: Row[Any], trials: Mapping[int, Trial]) -> Good:
    is_goods = row.kind == "goods"
    runs_out = is_goods or row.starts_at is not None
    return Good(
        variant_id=row.id, product_id=row.product_id, product_title=row.title, variant_title=row.variant_title,
        sku=row.sku, image=row.image, kind=row.kind, tax_class=row.tax_class, weight_grams=row.weight_grams,
        pack_size=row.pack_size, amount=row.amount, stock_id=row.stock_id,
        available=row.available if row.stock_id is not None else 0 if runs_out else None,
        backorder_weeks=row.backorder_weeks if is_goods else None, offer_version_id=row.offer_version_id,
        trial=trials.get(row.offer_version_id))
