"""Finding products and variants."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from sales_portal.catalog.models import CustomField, CustomFieldProduct, OfferVersion, Product, TrainingEvent, Variant
from sales_portal.core.db import is_id


@dataclass(frozen=True, slots=True)
class Owner:
    """The variant that has a SKU and a barcode, and the slug of its product."""

    variant_id: int
    sku: str
    barcode: str | None
    slug: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A first time without charge: its days, then a charge every `interval_count` of `interval` (month, year)."""

    days: int
    interval: str
    interval_count: int


def get_variant(session: Session, variant_id: int) -> Variant | None:
    """The variant with its product, or None."""
    if not is_id(variant_id):
        return None
    return session.scalars(
        select(Variant).where(Variant.id == variant_id).options(joinedload(Variant.product))).one_or_none()


def get_product(session: Session, product_id: int) -> Product | None:
    """The product, or None."""
    return session.get(Product, product_id) if is_id(product_id) else None


def is_dated(session: Session, variant: Variant) -> bool:
    """Whether `variant` (product loaded) takes place at a fixed time; asked of training only."""
    return variant.product.kind == "training" and session.get(TrainingEvent, variant.id) is not None


def list_custom_fields(session: Session) -> Sequence[CustomField]:
    """The questions every checkout asks beside the address, in order."""
    return session.scalars(select(CustomField).where(CustomField.level == "checkout")
                           .order_by(CustomField.position, CustomField.id)).all()


def list_line_fields(session: Session, product_ids: Iterable[int | None]) -> Mapping[int, Sequence[CustomField]]:
    """The questions asked of a line with one of these products, in order by product; those without any left out."""
    wanted = {product_id for product_id in product_ids if product_id is not None}
    if not wanted:
        return {}
    found: dict[int, list[CustomField]] = {}
    for product_id, field in session.execute(
            select(CustomFieldProduct.product_id, CustomField)
            .join(CustomField, CustomField.id == CustomFieldProduct.custom_field_id)
            .where(CustomFieldProduct.product_id.in_(wanted)).order_by(CustomField.position, CustomField.id)):
        found.setdefault(product_id, []).append(field)
    return found


def list_trials(session: Session, version_ids: Iterable[int | None]) -> Mapping[int, Trial]:
    """The trials these offer versions begin with, by version; no statement where none is an offer."""
    wanted = {version_id for version_id in version_ids if version_id is not None}
    if not wanted:
        return {}
    rows = session.execute(
        select(OfferVersion.id, OfferVersion.trial_days, OfferVersion.interval, OfferVersion.interval_count)
        .where(OfferVersion.id.in_(wanted), OfferVersion.trial_days > 0)).all()
    return {row.id: Trial(row.trial_days, row.interval, row.interval_count) for row in rows}


def list_owners(session: Session, skus: Collection[str], barcodes: Collection[str]) -> Sequence[Owner]:
    """Which variants have one of these SKUs or barcodes, oldest first, in one statement."""
    rows = session.execute(
        select(Variant.id, Variant.sku, Variant.barcode, Product.slug)
        .join(Product, Variant.product_id == Product.id)
        .where(or_(Variant.sku.in_(skus), Variant.barcode.in_(barcodes))).order_by(Variant.id)).all()
    return [Owner(*row) for row in rows]


def list_option_names(session: Session, slugs: Collection[str]) -> dict[str, tuple[str, ...]]:
    """By product, the names of the options its first variant has: `("Colour", "Size")`. Unknown slugs are absent."""
    rows = session.execute(
        select(Product.slug, Variant.options).join(Variant, Variant.product_id == Product.id)
        .where(Product.slug.in_(slugs)).order_by(Variant.position.desc(), Variant.id.desc())).all()
    return {row.slug: tuple(row.options) for row in rows}


def list_known_slugs(session: Session, slugs: Collection[str]) -> set[str]:
    """Those of `slugs` that are products."""
    return set(session.scalars(select(Product.slug).where(Product.slug.in_(slugs))))
