"""What things cost: pricelists, tax, shipping, discounts."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from sales_portal.catalog.models import Variant
from sales_portal.markets.models import Market
from sales_portal.pricing.models import (
    Discount,
    DiscountProduct,
    Price,
    Pricelist,
    PricelistMarket,
    ShippingMethod,
    ShippingRate,
    TaxRate,
)
from tests.make.adding import add, numbers


def pricelist(session: Session, market: Market, name: str = "Retail SEK", *, currency: str | None = None,
              is_tax_included: bool = True, position: int = 1, **values: Any) -> Pricelist:
    """A pricelist of `market`, in its currency unless said otherwise."""
    made = add(session, Pricelist(slug=f"pricelist-{next(numbers)}", name=name, currency=currency or market.currency,
                                 is_tax_included=is_tax_included, **values))
    add(session, PricelistMarket(market_id=market.id, pricelist_id=made.id, position=position))
    return made


def price(session: Session, pricelist: Pricelist, variant: Variant, amount: int, minimum: int | None = None) -> Price:
    """What a variant costs in a pricelist, in minor units."""
    return add(session, Price(pricelist_id=pricelist.id, variant_id=variant.id, amount=amount,
                              minimum_amount=minimum))


def cost(session: Session, pricelist: Pricelist, variant: Variant, amount: int) -> None:
    """Say what one piece of a variant costs us, without tax."""
    session.get_one(Price, (pricelist.id, variant.id)).cost_amount = amount
    session.flush()


def tax_rate(session: Session, country: str, rate: int, tax_class: str = "standard") -> TaxRate:
    """A tax rate in thousandths of a percent: 25000 is 25 %."""
    return add(session, TaxRate(country=country, tax_class=tax_class, rate=rate))


def shipping(session: Session, market: Market, amounts: Mapping[str, int], *, name: str = "Parcel",
             up_to_grams: int = 30_000, free_over_amount: int | None = None, **values: Any) -> ShippingMethod:
    """A way to ship: what it costs by country, up to a weight."""
    method = add(session, ShippingMethod(**{
        "market_id": market.id, "name": name, "min_days": 1, "max_days": 3, **values}))
    for country, amount in amounts.items():
        add(session, ShippingRate(method_id=method.id, country=country, up_to_grams=up_to_grams, amount=amount,
                                  free_over_amount=free_over_amount))
    return method


def discount(session: Session, percent: int | None = 10000, *, name: str = "Summer", code: str | None = None,
             fixed_amount: int | None = None, on: Iterable[Variant] = (), **values: Any) -> Discount:
    """A discount in thousandths of a percent, or of a fixed amount in a currency; `on` some products alone."""
    products = sorted({variant.product_id for variant in on})
    made = add(session, Discount(name=name, code=code, percent=None if fixed_amount is not None else percent,
                                 fixed_amount=fixed_amount, applies_to="products" if products else "order", **values))
    for product_id in products:
        add(session, DiscountProduct(discount_id=made.id, product_id=product_id))
    return made
