"""What is sold."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from sales_portal.catalog import indexing
from sales_portal.catalog.models import (
    CustomField,
    CustomFieldProduct,
    Offer,
    OfferVersion,
    Product,
    TrainingEvent,
    Variant,
)
from sales_portal.core import clock, tokens
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.inventory.models import Warehouse
from sales_portal.pricing.models import Price, Pricelist
from tests.make.adding import add, numbers
from tests.make.prices import price


def product(session: Session, title: str = "Oak chair", *, variant_title: str = "", sku: str | None = None,
            barcode: str | None = None, kind: str = "goods", tax_class: str = "standard", weight_grams: int = 500,
            is_published: bool = True, prices: Mapping[Pricelist, int] | None = None,
            stock: Mapping[Warehouse, int] | None = None, pack_size: int = 1, **values: Any) -> Variant:
    """A product with one variant, indexed for search; returns the variant, its product loaded."""
    made = add(session, Product(**{
        "slug": f"product-{next(numbers)}", "title": title, "kind": kind, "tax_class": tax_class,
        "published_at": clock.now() if is_published else None, **values}))
    return variant(session, made, title=variant_title, sku=sku, barcode=barcode, weight_grams=weight_grams,
                   prices=prices, stock=stock, pack_size=pack_size)


def stocked(session: Session, pricelist: Pricelist, warehouse: Warehouse,
            things: Sequence[tuple[str, int, int, dict[str, Any]]]) -> list[Variant]:
    """Products of one variant each, by title, price, stock and what the variant has, in no more statements than one."""
    at = clock.now()
    made = [Variant(product=Product(slug=f"product-{next(numbers)}", title=title, kind="goods", tax_class="standard",
                                    published_at=at), position=next(numbers), **values)
            for title, _, _, values in things]
    session.add_all(made)
    session.flush()
    session.add_all(Price(pricelist_id=pricelist.id, variant_id=one.id, amount=amount)
                    for one, (_, amount, _, _) in zip(made, things, strict=True))
    counted = inventory.set_many(session, warehouse.id, {
        one.id: on_hand for one, (_, _, on_hand, _) in zip(made, things, strict=True)})
    for stock in counted.stock.values():
        history.record(session, EventName.STOCK_CHANGED, stock, by=SYSTEM, before=0, after=stock.on_hand)
    indexing.reindex(session, [one.id for one in made])
    return made


def variant(session: Session, product: Product, *, title: str = "", sku: str | None = None,
            barcode: str | None = None, weight_grams: int = 500, prices: Mapping[Pricelist, int] | None = None,
            stock: Mapping[Warehouse, int] | None = None, pack_size: int = 1) -> Variant:
    """One more variant of a product, with its prices and stock."""
    number = next(numbers)
    made = add(session, Variant(product=product, title=title, sku=sku or f"SKU-{number:04}", barcode=barcode,
                                position=number, weight_grams=weight_grams, pack_size=pack_size))
    for its_pricelist, amount in (prices or {}).items():
        price(session, its_pricelist, made, amount)
    for place, on_hand in (stock or {}).items():
        inventory.set_on_hand(session, made.id, place.id, on_hand, by=SYSTEM)
    indexing.reindex(session, [made.id])
    return made


def many_products(session: Session, count: int, *, pricelist: Pricelist | None = None,
                  warehouse: Warehouse | None = None) -> list[int]:
    """So many chairs of oak, in a few statements: `SKU-000001` and on; returns the ids of their variants.

    Each costs 10,00 in the pricelist, and the warehouse has three of it, where these are given.
    """
    slugs = {f"many-{next(numbers)}": at for at in range(1, count + 1)}
    if not slugs:
        return []
    session.execute(insert(Product), [
        {"slug": slug, "title": f"Oak chair {at}", "published_at": clock.now()} for slug, at in slugs.items()])
    products = {row.slug: row.id for row in session.execute(
        select(Product.id, Product.slug).where(Product.slug.like("many-%")))}
    session.execute(insert(Variant), [
        {"product_id": products[slug], "sku": f"SKU-{at:06}", "title": "natural", "barcode": f"7{at:012}",
         "options": {}} for slug, at in slugs.items()])
    made = list(session.scalars(select(Variant.id).where(Variant.product_id.in_(
        products[slug] for slug in slugs)).order_by(Variant.sku)))
    if pricelist is not None:
        session.execute(insert(Price), [
            {"pricelist_id": pricelist.id, "variant_id": key, "amount": 1000} for key in made])
    if warehouse is not None:
        inventory.set_many(session, warehouse.id, dict.fromkeys(made, 3))
    indexing.reindex(session, made)
    return made


def training(session: Session, title: str = "Wood care course", *, seats: int = 12, at: Warehouse,
             prices: Mapping[Pricelist, int] | None = None) -> Variant:
    """A dated training event with its seats in the warehouse `at`."""
    made = product(session, title, kind="training", weight_grams=0, prices=prices, stock={at: seats})
    starts = clock.now() + timedelta(days=30)
    add(session, TrainingEvent(variant_id=made.id, starts_at=starts, ends_at=starts + timedelta(hours=6),
                               place="Stockholm", seats=seats))
    return made


def offer(session: Session, title: str = "Care plan", *, versions: int = 1, trial_days: int = 0,
          prices: Mapping[Pricelist, int] | None = None) -> Variant:
    """A monthly subscription offer with so many versions."""
    made = product(session, title, kind="subscription", weight_grams=0, prices=prices)
    number = next(numbers)
    plan = add(session, Offer(variant_id=made.id, public_id=tokens.new_public_id(), path=f"/plans/{number}"))
    for version in range(1, versions + 1):
        add(session, OfferVersion(offer_id=plan.id, public_id=tokens.new_public_id(), number=version,
                                  interval="month", trial_days=trial_days, created_at=clock.now()))
    return made


def line_field(session: Session, *variants: Variant, slug: str = "engraving", label: str = "Engraving",
               **values: Any) -> CustomField:
    """A question asked of each line with the product of one of these variants."""
    made = add(session, CustomField(slug=slug, label=label, level="line", **values))
    session.add_all(CustomFieldProduct(custom_field_id=made.id, product_id=variant.product_id) for variant in variants)
    session.flush()
    return made
