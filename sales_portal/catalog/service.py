"""Putting products into the catalogue, one or thousands, in a few statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from sales_portal.catalog import indexing
from sales_portal.catalog.drafts import ProductDraft, ProductFacts, VariantDraft
from sales_portal.catalog.errors import ProductUnknown, SkuTaken
from sales_portal.catalog.models import Product, Variant
from sales_portal.core import clock

Values = dict[str, Any]
_NO_PRODUCT: Values = {"description": "", "vendor": "", "image": None, "image_source": None, "published_at": None,
                       "unpublished_at": None}
_NO_VARIANT: Values = {"barcode": None, "weight_grams": 0, "pack_size": 1}
_WHOLE = {"render_nulls": True}
"""Writes empty columns too: left out, they would part one statement into many."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving did: the id of each variant by its SKU, and which products and variants are new or changed."""

    variant_ids: dict[str, int] = field(default_factory=dict)
    new_products: set[str] = field(default_factory=set)
    changed_products: set[str] = field(default_factory=set)
    new_variants: set[str] = field(default_factory=set)
    changed_variants: set[str] = field(default_factory=set)


def save_products(session: Session, drafts: Sequence[ProductDraft]) -> Saved:
    """Make the catalogue say what `drafts` say, search index included; what says so already is not touched.

    Slugs and SKUs stand once each in `drafts`. Raises `SkuTaken` where a SKU is another product's, `ProductUnknown`
    where a new product is not described. Takes up to nine statements, whatever the number of drafts; the caller keeps
    them to some hundreds and records the fact in the history.
    """
    saved = Saved()
    product_ids, renamed = _save_products(session, drafts, saved)
    known = _known_variants(session, drafts, product_ids)
    _save_variants(session, _wanted_variants(drafts, product_ids, known), saved)
    saved.variant_ids.update({sku: row["id"] for sku, row in known.items()})
    touched = [saved.variant_ids[sku] for sku in saved.new_variants | saved.changed_variants]
    touched += [row["id"] for row in known.values() if row["product_id"] in renamed]
    if touched:
        indexing.reindex(session, touched)
    return saved


def _save_products(session: Session, drafts: Sequence[ProductDraft], saved: Saved) -> tuple[dict[str, int], set[int]]:
    """The id of each product by its slug, and the ids of those whose words changed."""
    known = {row["slug"]: dict(row) for row in session.execute(
        select(Product.__table__).where(Product.slug.in_([draft.slug for draft in drafts]))).mappings()}
    at = clock.now()
    new = [_new_product(draft, at) for draft in drafts if draft.slug not in known]
    wanted = [(known[draft.slug], _facts(draft.facts, known[draft.slug], at))
              for draft in drafts if draft.facts is not None and draft.slug in known]
    changes = [(row, values) for row, values in wanted if _differ(row, values)]
    ids = {slug: row["id"] for slug, row in known.items()}
    if new:
        inserted = session.execute(
            insert(Product).returning(Product.slug, Product.id), new, execution_options=_WHOLE).all()
        ids |= {row.slug: row.id for row in inserted}
        saved.new_products.update(row.slug for row in inserted)
    if changes:
        session.execute(update(Product), [{"id": row["id"], **values} for row, values in changes])
        saved.changed_products.update(row["slug"] for row, _ in changes)
    renamed = {row["id"] for row, values in changes
               if (row["title"], row["vendor"]) != (values["title"], values["vendor"])}
    return ids, renamed


def _new_product(draft: ProductDraft, at: datetime) -> Values:
    if draft.facts is None:
        raise ProductUnknown(slug=draft.slug)
    return {"slug": draft.slug, "kind": draft.kind, "tax_class": draft.tax_class,
            "is_pay_what_you_want": draft.is_pay_what_you_want, **_facts(draft.facts, _NO_PRODUCT, at)}


def _facts(facts: ProductFacts, row: Values, at: datetime) -> Values:
    """The columns that shall hold `facts`, with the instant where it becomes published or stops being so."""
    said = {"title": facts.title, "description": facts.description, "vendor": facts.vendor, "image": facts.image,
            "image_source": facts.image_source}
    return _over(row, said) | _publication(facts.is_published, row["published_at"], row["unpublished_at"], at)


def _publication(shall: bool, published_at: datetime | None, unpublished_at: datetime | None, at: datetime) -> Values:
    is_published = published_at is not None and unpublished_at is None
    if shall and not is_published:
        published_at, unpublished_at = at, None
    elif is_published and not shall:
        unpublished_at = at
    return {"published_at": published_at, "unpublished_at": unpublished_at}


def _known_variants(session: Session, drafts: Sequence[ProductDraft], product_ids: dict[str, int]) -> dict[str, Values]:
    """By SKU, every variant these drafts name and every variant their products have."""
    skus = [variant.sku for draft in drafts for variant in draft.variants]
    rows = session.execute(select(Variant.__table__).where(
        or_(Variant.sku.in_(skus), Variant.product_id.in_(product_ids.values())))).mappings()
    return {row["sku"]: dict(row) for row in rows}


def _wanted_variants(drafts: Sequence[ProductDraft], product_ids: dict[str, int],
                     known: dict[str, Values]) -> list[tuple[Values | None, Values]]:
    """Each variant as it is (None where it is new) and as it shall be."""
    last: dict[int, int] = {}
    for there in known.values():
        last[there["product_id"]] = max(there["position"], last.get(there["product_id"], 0))
    wanted: list[tuple[Values | None, Values]] = []
    for draft in drafts:
        product_id = product_ids[draft.slug]
        for variant in draft.variants:
            row: Values | None = known.get(variant.sku)
            if row is not None and row["product_id"] != product_id:
                raise SkuTaken(sku=variant.sku)
            values = _over(row or {**_NO_VARIANT, "position": last.get(product_id, 0) + 1}, _said(variant))
            last[product_id] = max(values["position"], last.get(product_id, 0))
            wanted.append((row, {"product_id": product_id, "sku": variant.sku, **values}))
    return wanted


def _save_variants(session: Session, wanted: Sequence[tuple[Values | None, Values]], saved: Saved) -> None:
    if new := [values for row, values in wanted if row is None]:
        inserted = session.execute(
            insert(Variant).returning(Variant.sku, Variant.id), new, execution_options=_WHOLE).all()
        saved.variant_ids.update({row.sku: row.id for row in inserted})
        saved.new_variants.update(row.sku for row in inserted)
    if changes := [{"id": row["id"], **values} for row, values in wanted if row is not None and _differ(row, values)]:
        session.execute(update(Variant), changes)
        saved.changed_variants.update(change["sku"] for change in changes)


def _said(draft: VariantDraft) -> Values:
    return {"barcode": draft.barcode, "title": draft.title, "options": dict(draft.options), "position": draft.position,
            "weight_grams": draft.weight_grams, "pack_size": draft.pack_size}


def _over(row: Values, said: Values) -> Values:
    """What is said, and what the row has where nothing is."""
    return {column: row[column] if value is None else value for column, value in said.items()}


def _differ(row: Values, values: Values) -> bool:
    return any(row[column] != value for column, value in values.items())
