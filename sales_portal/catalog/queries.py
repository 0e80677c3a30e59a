"""Finding products and variants."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from sales_portal.catalog.models import Variant


def get_variant(session: Session, variant_id: int) -> Variant | None:
    """The variant with its product, or None."""
    return session.scalars(
        select(Variant).where(Variant.id == variant_id).options(joinedload(Variant.product))).one_or_none()
