"""Where Nordlight sells, from which warehouse, and with which pricelists."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from sales_portal.application.demo import reading
from sales_portal.core import clock
from sales_portal.core.translation import LANGUAGES
from sales_portal.history.service import SYSTEM
from sales_portal.inventory.models import Warehouse
from sales_portal.markets.models import Market, MarketCountry, MarketWarehouse
from sales_portal.pricing import exchange
from sales_portal.pricing.models import Pricelist, PricelistMarket
from sales_portal.sites import service as sites
from sales_portal.sites.models import TEXTS, Site


@dataclass(frozen=True, slots=True)
class Plan:
    """A market: countries, warehouses and pricelists, each in order; in how many weeks it sends what it has not."""

    slug: str
    name: str
    currency: str
    locale: str
    countries: tuple[str, ...]
    warehouses: tuple[str, ...]
    pricelists: tuple[str, ...]
    backorder_weeks: int | None = None


PLANS = (
    Plan("sweden", "Sweden", "SEK", "en-SE", ("SE",), ("stockholm", "seats"),
         ("retail-sek", "vip-sek", "partner-sek")),
    Plan("germany", "Germany", "EUR", "en-DE",
         ("DE", "AT", "BE", "DK", "ES", "FI", "FR", "IE", "IT", "LU", "MT", "NL", "PL"), ("stockholm", "seats"),
         ("retail-eur", "vip-eur", "partner-eur"), 3),
    Plan("united-states", "United States", "USD", "en-US", ("US",), ("stockholm", "seats"),
         ("retail-usd", "vip-usd", "partner-usd")),
    Plan("japan", "Japan", "JPY", "ja-JP", ("JP",), ("stockholm", "seats"), ("retail-jpy", "vip-jpy", "partner-jpy")),
    Plan("outlet", "Outlet Gothenburg", "SEK", "en-SE", ("SE",), ("gothenburg",), ("outlet-sek",)),
)


INK, PAPER = "#2F4B3C", "#D9E5DC"
LOGO = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32" fill="{INK}">'
        '<path d="M16 2l3 9 9-3-6 8 6 8-9-3-3 9-3-9-9 3 6-8-6-8 9 3z"/></svg>')
"""A star over the sea, by nobody."""
PER_EURO = {"SEK": "11.42", "USD": "1.0835", "JPY": "163.1"}


def load_rates(session: Session) -> None:
    """What the currencies are worth today, about."""
    exchange.save_rates(session, clock.now().date(), {code: Decimal(rate) for code, rate in PER_EURO.items()})


def load_site(session: Session) -> Site:
    """Nordlight itself."""
    site = Site(
        slug="nordlight", name="Nordlight", legal_name="Nordlight Möbler AB",
        postal_address="Bondegatan 5, 116 23 Stockholm, Sweden", email="sales@demo.example", phone="+46 8 465 004 04",
        returns_url=None, domain=None, brand_color="#2F4B3C", country="SE", locale="en-SE",
        time_zone="Europe/Stockholm", languages=" ".join(LANGUAGES), max_link_days=365, sends_recovery_mail=True,
        payment_methods="card bank_transfer invoice", bank_details="IBAN SE35 5000 0000 0549 1000 0003\nDemo Bank")
    session.add(site)
    session.flush()
    sites.set_logo(session, site, "light", LOGO.encode(), by=SYSTEM)
    sites.set_logo(session, site, "dark", LOGO.replace(INK, PAPER).encode(), by=SYSTEM)
    for language in LANGUAGES:
        written = {kind: reading.text(f"{kind}.{language}") for kind in TEXTS}
        sites.change_texts(session, site, written, "", language=language, by=SYSTEM)
    return site


def load_warehouses(session: Session) -> dict[str, Warehouse]:
    """Two places that ship, and the counter of seats; by slug."""
    found = [Warehouse(slug="stockholm", name="Stockholm", country="SE"),
             Warehouse(slug="gothenburg", name="Gothenburg outlet", country="SE"),
             Warehouse(slug="seats", name="Seats", country=None)]
    session.add_all(found)
    session.flush()
    return {warehouse.slug: warehouse for warehouse in found}


def load_markets(session: Session, site: Site, warehouses: dict[str, Warehouse],
                 pricelists: dict[str, Pricelist]) -> dict[str, Market]:
    """The markets, by slug."""
    markets = {plan.slug: Market(slug=plan.slug, name=plan.name, site_id=site.id, currency=plan.currency,
                                 locale=plan.locale, position=position,
                                 backorder_weeks=plan.backorder_weeks) for position, plan in enumerate(PLANS, 1)}
    session.add_all(markets.values())
    session.flush()
    for plan in PLANS:
        key = markets[plan.slug].id
        session.add_all(MarketCountry(market_id=key, country=country) for country in plan.countries)
        session.add_all(MarketWarehouse(market_id=key, warehouse_id=warehouses[slug].id, priority=priority)
                        for priority, slug in enumerate(plan.warehouses, 1))
        session.add_all(PricelistMarket(market_id=key, pricelist_id=pricelists[slug].id, position=position)
                        for position, slug in enumerate(plan.pricelists, 1))
    session.flush()
    return markets
