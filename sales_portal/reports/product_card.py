"""One product as its own page shows it: the variants with price and stock where the reader sells, and its links."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Product, Variant
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink, CheckoutLinkLine
from sales_portal.markets import queries as markets
from sales_portal.pricing.models import Price


@dataclass(frozen=True, slots=True)
class Sold:
    """A variant, what it costs in minor units (None: no price), and how many there are (None: not stocked)."""

    variant: Variant
    amount: int | None
    available: int | None


def list_variants(session: Session, product: Product, market_id: int, pricelist_id: int) -> Sequence[Sold]:
    """The variants of `product` in order with price and stock of a market and pricelist, in two statements."""
    rows = session.execute(
        select(Variant, Price.amount)
        .outerjoin(Price, and_(Price.variant_id == Variant.id, Price.pricelist_id == pricelist_id))
        .where(Variant.product_id == product.id).order_by(Variant.position, Variant.id)).all()
    stock = markets.list_serving_stock(session, market_id, [variant.id for variant, _ in rows])
    return [Sold(variant, amount, stock[variant.id].available if variant.id in stock else None)
            for variant, amount in rows]


def list_links(product_id: int) -> Select[CheckoutLink]:
    """The links that hold a product in any variant, with agent and customer, to page by `CheckoutLink.id`."""
    holding = (select(CheckoutLinkLine.link_id).join(Variant, Variant.id == CheckoutLinkLine.variant_id)
               .where(Variant.product_id == product_id))
    return links.list_links().where(CheckoutLink.id.in_(holding))
