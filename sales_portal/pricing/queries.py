"""Reading the rules the engine needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.pricing.discounts import DiscountRule
from sales_portal.pricing.engine import ShippingOption, ShippingTier
from sales_portal.pricing.models import (
    Discount,
    Price,
    Pricelist,
    PricelistMarket,
    ShippingMethod,
    ShippingRate,
    TaxRate,
)


@dataclass(frozen=True, slots=True)
class CountryTerms:
    """What holds for deliveries from a market to one country: tax by class, and the ways to ship, in order."""

    country: str
    tax_rates: dict[str, int]
    shipping: tuple[ShippingOption, ...]

    def option(self, method_id: int | None) -> ShippingOption | None:
        """The shipping option with this id, or None."""
        return next((option for option in self.shipping if option.id == method_id), None)

    def cheapest(self, grams: int, items_amount: int) -> ShippingOption | None:
        """The option that costs least for this parcel; None where nothing carries it."""
        priced = [(price, option) for option in self.shipping
                  if (price := option.price(grams, items_amount)) is not None]
        return min(priced, key=lambda pair: pair[0])[1] if priced else None


def get_country_terms(session: Session, market_id: int, country: str) -> CountryTerms:
    """Tax and shipping for `country` in a market, in two statements."""
    rates = session.execute(select(TaxRate.tax_class, TaxRate.rate).where(TaxRate.country == country)).all()
    rows = session.execute(
        select(ShippingMethod.id, ShippingMethod.name, ShippingMethod.min_days, ShippingMethod.max_days,
               ShippingMethod.needs_phone, ShippingRate.up_to_grams, ShippingRate.amount, ShippingRate.free_over_amount)
        .join(ShippingRate, ShippingRate.method_id == ShippingMethod.id)
        .where(ShippingMethod.market_id == market_id, ShippingRate.country == country)
        .order_by(ShippingMethod.position, ShippingMethod.id, ShippingRate.up_to_grams)
    ).all()
    tiers: dict[int, list[ShippingTier]] = {}
    heads = {}
    for row in rows:
        tiers.setdefault(row.id, []).append(ShippingTier(row.up_to_grams, row.amount, row.free_over_amount))
        heads[row.id] = row
    options = tuple(
        ShippingOption(head.id, head.name, tuple(tiers[key]), head.min_days, head.max_days, head.needs_phone)
        for key, head in heads.items())
    return CountryTerms(country, {row.tax_class: row.rate for row in rates}, options)


def list_delivery_countries(session: Session, market_id: int) -> Sequence[str]:
    """The countries a market has any shipping for, in alphabetical order of their code."""
    return session.scalars(
        select(ShippingRate.country).join(ShippingMethod).where(ShippingMethod.market_id == market_id)
        .distinct().order_by(ShippingRate.country)).all()


def list_pricelists(session: Session, market_id: int) -> Sequence[Pricelist]:
    """The pricelists a market may sell with, its first choice first."""
    return session.scalars(
        select(Pricelist).join(PricelistMarket, PricelistMarket.pricelist_id == Pricelist.id)
        .where(PricelistMarket.market_id == market_id).order_by(PricelistMarket.position, Pricelist.id)).all()


def get_price(session: Session, pricelist_id: int, variant_id: int) -> Price | None:
    """The price of a variant in a pricelist, or None."""
    return session.scalars(
        select(Price).where(Price.pricelist_id == pricelist_id, Price.variant_id == variant_id)).one_or_none()


def get_discount_by_code(session: Session, code: str) -> Discount | None:
    """The discount people type as `code`, in any case and with spaces around; None where there is none."""
    typed = code.strip()[:60].replace("\x00", "")
    return session.scalars(
        select(Discount).where(func.lower(Discount.code) == typed.lower()).order_by(Discount.id).limit(1)).first()


def rule_of(discount: Discount | None) -> DiscountRule | None:
    """A stored discount as the engine takes it."""
    if discount is None:
        return None
    return DiscountRule(
        id=discount.id, name=discount.name, code=discount.code, percent=discount.percent,
        fixed_amount=discount.fixed_amount, currency=discount.currency, minimum_amount=discount.minimum_amount,
        starts_at=discount.starts_at, ends_at=discount.ends_at, usage_limit=discount.usage_limit,
        uses_count=discount.uses_count)
