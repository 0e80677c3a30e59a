"""Where is sold and from where: sites, markets, warehouses."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from sales_portal.inventory.models import Warehouse
from sales_portal.markets.models import Market, MarketCountry, MarketWarehouse
from sales_portal.sites.models import Site
from tests.make.adding import add, numbers


def site(session: Session, name: str = "Nordic Home", **values: Any) -> Site:
    """A public checkout."""
    number = next(numbers)
    return add(session, Site(**{
        "slug": f"site-{number}", "name": name, "legal_name": f"{name} AB", "postal_address": "Storgatan 1, Stockholm",
        "email": "hello@demo.example", "brand_color": "#1f5f4a", "locale": "sv_SE", "time_zone": "Europe/Stockholm",
        **values}))


def font(letters: bytes = b"letters") -> bytes:
    """Bytes that look like a font of the web, made for these `letters`."""
    whole = b"wOF2" + b"\x00\x01\x00\x00" + bytes(4) + letters
    return whole[:8] + len(whole).to_bytes(4, "big") + whole[12:]


def warehouse(session: Session, name: str = "Stockholm", country: str | None = "SE") -> Warehouse:
    """A warehouse."""
    return add(session, Warehouse(slug=f"warehouse-{next(numbers)}", name=name, country=country))


def market(session: Session, name: str = "Sweden", *, site: Site, currency: str = "SEK", locale: str = "sv_SE",
           countries: Sequence[str] = ("SE",), warehouses: Sequence[Warehouse] = (), **values: Any) -> Market:
    """A market; its first warehouse serves first."""
    return add(session, Market(**{
        "slug": f"market-{next(numbers)}", "name": name, "site_id": site.id, "currency": currency, "locale": locale,
        "countries": [MarketCountry(country=code) for code in countries],
        "warehouses": [MarketWarehouse(warehouse_id=place.id, priority=priority)
                       for priority, place in enumerate(warehouses, 1)], **values}))
