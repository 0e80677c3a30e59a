"""Reading the rules the engine needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from sqlalchemy import CompoundSelect, Row, Select, Table, bindparam, func, null, select, union_all
from sqlalchemy.orm import Session

from sales_portal.core.reading import Reading, read
from sales_portal.markets.models import Market
from sales_portal.pricing.discounts import DiscountRule
from sales_portal.pricing.engine import ShippingOption, ShippingTier
from sales_portal.pricing.models import (
    Discount,
    DiscountProduct,
    Price,
    Pricelist,
    PricelistMarket,
    PriceReason,
    ShippingMethod,
    ShippingRate,
    TaxRate,
)

# The tables, not the entities: read as plain rows.
_TAX, _METHOD, _RATE = (cast(Table, model.__table__) for model in (TaxRate, ShippingMethod, ShippingRate))
TERM: dict[str, Any] = {
    "rate": _TAX.c.rate, "id": _METHOD.c.id, "name": _METHOD.c.name, "min_days": _METHOD.c.min_days,
    "max_days": _METHOD.c.max_days, "needs_phone": _METHOD.c.needs_phone, "up_to_grams": _RATE.c.up_to_grams,
    "amount": _RATE.c.amount, "free_over_amount": _RATE.c.free_over_amount, "from_amount": _RATE.c.from_amount,
    "position": _METHOD.c.position}
"""The columns of `TERMS` behind the tax class, as they are stored."""

# Statements every page needs are built once: building one takes longer than running it.
TERMS: CompoundSelect[Any] = union_all(
    select(_TAX.c.tax_class, _TAX.c.rate, *(null().label(name) for name in TERM if name != "rate"))
    .where(_TAX.c.country == bindparam("country")),
    select(null(), null(), *(column for name, column in TERM.items() if name != "rate")).select_from(_METHOD)
    .join(_RATE, _RATE.c.method_id == _METHOD.c.id)
    .where(_METHOD.c.market_id == bindparam("market_id"), _RATE.c.country == bindparam("country")))
"""The tax rates and the shipping tiers of `country` in a market, a row each: `TERM` names the columns of both."""

_DELIVERY_COUNTRIES = (
    select(ShippingRate.country).join(ShippingMethod).where(ShippingMethod.market_id == bindparam("market_id"))
    .distinct().order_by(ShippingRate.country))

_PRICELISTS = (
    select(Pricelist).join(PricelistMarket, PricelistMarket.pricelist_id == Pricelist.id)
    .where(PricelistMarket.market_id == bindparam("market_id")).order_by(PricelistMarket.position, Pricelist.id))

_MARKET, _PRICELIST, _SOLD_BY = Reading(Market), Reading(Pricelist), cast(Table, PricelistMarket.__table__)
_FIRST_MARKET = (select(_MARKET.table.c.id).where(_MARKET.table.c.site_id == bindparam("site_id"))
                 .order_by(_MARKET.table.c.position, _MARKET.table.c.id).limit(1).scalar_subquery())
_FIRST_SALE = (
    select(*_MARKET.columns, *_PRICELIST.columns)
    .join_from(_MARKET.table, _SOLD_BY, _SOLD_BY.c.market_id == _MARKET.table.c.id)
    .join(_PRICELIST.table, _PRICELIST.table.c.id == _SOLD_BY.c.pricelist_id)
    .where(_MARKET.table.c.id == _FIRST_MARKET).order_by(_SOLD_BY.c.position, _PRICELIST.table.c.id))


@dataclass(frozen=True, slots=True)
class CountryTerms:
    """What holds for deliveries from a market to one country: tax by class, and the ways to ship, in order."""

    country: str
    tax_rates: dict[str, int]
    shipping: tuple[ShippingOption, ...]

    def option(self, method_id: int | None) -> ShippingOption | None:
        """The shipping option with this id, or None."""
        return next((option for option in self.shipping if option.id == method_id), None)

    def priced(self, grams: int, items_amount: int) -> list[tuple[int, ShippingOption]]:
        """Every option that carries this parcel with its charge, cheapest first."""
        priced = [(price, option) for option in self.shipping
                  if (price := option.price(grams, items_amount)) is not None]
        return sorted(priced, key=lambda pair: pair[0])

    def cheapest(self, grams: int, items_amount: int) -> ShippingOption | None:
        """The option that costs least for this parcel; None where nothing carries it."""
        priced = self.priced(grams, items_amount)
        return priced[0][1] if priced else None


def get_country_terms(session: Session, market_id: int, country: str) -> CountryTerms:
    """Tax and shipping for `country` in a market, in one statement: each row is a tax rate or a shipping tier."""
    return terms_of(country, session.execute(TERMS, {"market_id": market_id, "country": country}).all())


def terms_of(country: str, rows: Sequence[Any]) -> CountryTerms:
    """The rows of `TERMS` for `country`, put together."""
    shipping = sorted((row for row in rows if row.tax_class is None),
                      key=lambda row: (row.position, row.id, row.up_to_grams))
    options = tuple(_option(list(tiers)) for _, tiers in groupby(shipping, key=lambda row: row.id))
    return CountryTerms(country, {row.tax_class: row.rate for row in rows if row.tax_class is not None}, options)


def _option(rows: list[Any]) -> ShippingOption:
    head = rows[0]
    tiers = tuple(ShippingTier(row.up_to_grams, row.amount, row.free_over_amount, row.from_amount) for row in rows)
    return ShippingOption(head.id, head.name, tiers, head.min_days, head.max_days, bool(head.needs_phone))


def list_delivery_countries(session: Session, market_id: int) -> Sequence[str]:
    """The countries a market has any shipping for, in alphabetical order of their code."""
    return session.scalars(_DELIVERY_COUNTRIES, {"market_id": market_id}).all()


def list_pricelists(session: Session, market_id: int) -> Sequence[Pricelist]:
    """The pricelists a market may sell with, its first choice first."""
    return session.scalars(_PRICELISTS, {"market_id": market_id}).all()


def list_first_sale(session: Session, site_id: int) -> list[tuple[Market, Pricelist]]:
    """The first market of a site with each pricelist it may sell with, its first choice first; empty without either."""
    rows = session.execute(_FIRST_SALE, {"site_id": site_id})
    return [(market, pricelist) for market, pricelist in (read(session, row, _MARKET, _PRICELIST) for row in rows)]


def get_price(session: Session, pricelist_id: int, variant_id: int) -> Price | None:
    """The price of a variant in a pricelist, or None."""
    return session.scalars(
        select(Price).where(Price.pricelist_id == pricelist_id, Price.variant_id == variant_id)).one_or_none()


def list_priced(session: Session, pricelist_ids: Iterable[int], variant_ids: Iterable[int]) -> dict[int, set[int]]:
    """By variant, the ids of those of the pricelists that have a price for it."""
    rows = session.execute(select(Price.variant_id, Price.pricelist_id).where(
        Price.variant_id.in_(variant_ids), Price.pricelist_id.in_(pricelist_ids)))
    found: dict[int, set[int]] = {}
    for variant_id, pricelist_id in rows:
        found.setdefault(variant_id, set()).add(pricelist_id)
    return found


def list_price_reasons(session: Session) -> Sequence[str]:
    """The reasons agents may choose from for a special price, in order."""
    return session.scalars(select(PriceReason.text).order_by(PriceReason.position, PriceReason.id)).all()


def get_discount_by_code(session: Session, code: str) -> Discount | None:
    """The discount people type as `code`, in any case and with spaces around; None where there is none."""
    return session.scalars(_having_code(code).limit(1)).first()


def get_rule_by_code(session: Session, code: str) -> tuple[Discount, DiscountRule] | None:
    """The same with what it says, in one statement."""
    rows = session.execute(with_products(_having_code(code))).all()
    return (rows[0][0], rules_of(rows)[0]) if rows else None


def _having_code(code: str) -> Select[Discount]:
    typed = code.strip()[:60].replace("\x00", "")
    return select(Discount).where(func.lower(Discount.code) == typed.lower()).order_by(Discount.id)


def list_discounts() -> Select[Discount]:
    """All discounts, to be narrowed and paged, the newest first."""
    return select(Discount).order_by(Discount.id.desc())


def with_products(found: Select[Discount]) -> Select[Discount, int | None]:
    """Discounts with the products each is on, as rows for `rules_of`."""
    return found.add_columns(DiscountProduct.product_id).outerjoin(
        DiscountProduct, DiscountProduct.discount_id == Discount.id)


def rules_of(rows: Iterable[Row[Discount, int | None]]) -> tuple[DiscountRule, ...]:
    """Stored discounts as the engine takes them, in the order they come; a row for each product of one."""
    found: dict[int, Discount] = {}
    products: dict[int, set[int]] = {}
    for discount, product_id in rows:
        found[discount.id] = discount
        if product_id is not None:
            products.setdefault(discount.id, set()).add(product_id)
    return tuple(rule_of(discount, products.get(key, ())) for key, discount in found.items())


def rule_of(discount: Discount, product_ids: Iterable[int] = ()) -> DiscountRule:
    """A stored discount as the engine takes it, on these products where it is one on products."""
    return DiscountRule(
        id=discount.id, name=discount.name, code=discount.code, percent=discount.percent,
        fixed_amount=discount.fixed_amount, currency=discount.currency, minimum_amount=discount.minimum_amount,
        starts_at=discount.starts_at, ends_at=discount.ends_at, usage_limit=discount.usage_limit,
        uses_count=discount.uses_count, is_combinable=discount.is_combinable,
        product_ids=frozenset(product_ids) if discount.applies_to == "products" else None)
