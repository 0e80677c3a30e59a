"""Nordlight's discounts: running, not begun, ended, nearly used up, and one on lamps alone."""

from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sales_portal.catalog.models import Variant
from sales_portal.core import clock
from sales_portal.pricing.models import Discount, DiscountProduct

LAMPS = ("LMP-", "PEN-")


def load_discounts(session: Session) -> dict[str, Discount]:
    """The discounts, by code, or by name where they have none."""
    now = clock.now()
    found = [
        Discount(name="Summer sale", code="SUMMER10", percent=10_000, starts_at=now - timedelta(days=40),
                 ends_at=now + timedelta(days=120)),
        Discount(name="Welcome", code="WELCOME100", fixed_amount=10_000, currency="SEK", minimum_amount=50_000),
        Discount(name="Willkommen", code="HALLO10", fixed_amount=1_000, currency="EUR", minimum_amount=5_000),
        Discount(name="Midsummer", code="MIDSUMMER25", percent=25_000, starts_at=now - timedelta(days=160),
                 ends_at=now - timedelta(days=130)),
        Discount(name="First three of the autumn", code="FIRST3", percent=20_000, usage_limit=3),
        Discount(name="Advent", code="ADVENT15", percent=15_000, starts_at=now + timedelta(days=30),
                 ends_at=now + timedelta(days=60)),
        Discount(name="Partner bonus", percent=5_000, minimum_amount=1_000_000, currency="SEK"),
        Discount(name="Friends of the house", code="FRIENDS30", percent=30_000, is_combinable=False),
        Discount(name="Lamp weeks", code="LAMPS10", percent=10_000, applies_to="products", products=[
            DiscountProduct(product_id=key) for key in _lamps(session)]),
    ]
    session.add_all(found)
    session.flush()
    return {discount.code or discount.name: discount for discount in found}


def _lamps(session: Session) -> list[int]:
    is_lamp = or_(*(Variant.sku.startswith(prefix) for prefix in LAMPS))
    return sorted(session.scalars(select(Variant.product_id).where(is_lamp).distinct()))
