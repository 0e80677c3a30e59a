"""The portal's database for a run: one market, a thousand products, one agent, and a past of many journeys."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Engine, Table, func, insert, select, text
from sqlalchemy.orm import Session

from sales_portal.accounts import passwords
from sales_portal.accounts.models import Role, RolePermission, Staff, StaffSession
from sales_portal.accounts.permissions import ROLES
from sales_portal.application import migrating, tables
from sales_portal.catalog import indexing
from sales_portal.catalog.models import Product, Variant
from sales_portal.checkout import service as checkout
from sales_portal.core import clock, tokens
from sales_portal.customers.models import Customer
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.inventory.models import Warehouse
from sales_portal.links import queries as link_queries
from sales_portal.links import service as links
from sales_portal.links.addresses import Addresses
from sales_portal.links.terms import default_terms
from sales_portal.markets.models import Market, MarketCountry, MarketWarehouse
from sales_portal.orders import placing
from sales_portal.payments import starting, test_gateway
from sales_portal.payments.test_gateway import TestGateway
from sales_portal.pricing.models import (
    Price,
    Pricelist,
    PricelistMarket,
    ShippingMethod,
    ShippingRate,
    TaxRate,
)
from sales_portal.selections import service as selections
from sales_portal.selections.basket import read_basket
from sales_portal.sites.models import Site

PRODUCTS = 1000
PAST = 5000
EMAIL, PASSWORD = "agent@bench.example", "a bench is not a demo"
AGENT_TOKEN = "the agent of the yardstick"
"""An open session of the agent's, for the yardstick, which has no page to log in."""
STOCK = 1_000_000
SHIPPING = 5900
UNIQUE = {"public_id", "token_sha256", "request_key", "idempotency_key", "gateway_reference", "reference",
          "page_token_sha256", "receipt_token_sha256", "payment_public_id"}
CHAIN = (
    "selections", "selection_lines", "checkout_links", "link_addresses", "checkout_link_lines", "visitor_sessions",
    "checkout_sessions", "checkout_session_lines", "payments", "payment_events", "test_intents", "orders", "order_lines",
    "history", "outbox")
"""The tables of a journey that its past is made of."""
WRITTEN = (*CHAIN, "selection_revisions", "stock_moves")
"""Every table a journey writes."""
OUTSIDE = frozenset({"actor_id"})
"""Plain ids of what is not copied; what a foreign key says of the others is read from it."""


def make(engine: Engine) -> None:
    """Migrate, fill and analyse the database of `engine`."""
    migrating.upgrade(engine)
    with Session(engine) as session:
        _shop(session)
        session.commit()
        _one_journey(session, engine)
        _multiply(session)
        session.commit()
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _shop(session: Session) -> None:
    site = Site(slug="bench", name="Bench", legal_name="Bench AB", postal_address="Storgatan 1", email="a@bench.example",
                brand_color="#1f5f4a", locale="sv_SE", time_zone="Europe/Stockholm")
    name, grants = ROLES["agent"]
    role = Role(slug="agent", name=name, grants=[
        RolePermission(permission=permission.value, reach=reach.value) for permission, reach in grants.items()])
    agent = Staff(email=EMAIL, name="Ada Agent", password_hash=passwords.hash_password(PASSWORD), role=role, site=site,
                  created_at=clock.now())
    house = Warehouse(slug="stockholm", name="Stockholm", country="SE")
    session.add_all([site, role, agent, house])
    session.flush()
    session.add(StaffSession(token_sha256=tokens.digest(AGENT_TOKEN), staff_id=agent.id, created_at=clock.now(),
                             expires_at=clock.now() + timedelta(days=1)))
    market = Market(slug="sweden", name="Sweden", site_id=site.id, currency="SEK", locale="sv_SE",
                    countries=[MarketCountry(country="SE")],
                    warehouses=[MarketWarehouse(warehouse_id=house.id)])
    retail = Pricelist(slug="retail-sek", name="Retail SEK", currency="SEK", is_tax_included=True)
    session.add_all([market, retail, TaxRate(country="SE", tax_class="standard", rate=25000)])
    session.flush()
    session.add_all([
        PricelistMarket(market_id=market.id, pricelist_id=retail.id),
        ShippingMethod(market_id=market.id, name="To the door", min_days=1, max_days=3, rates=[
            ShippingRate(country="SE", up_to_grams=10**6, amount=SHIPPING)]),
        Customer(email="ada@bench.example", name="Ada Example", market_id=market.id, created_at=clock.now())])
    products = [Product(slug=f"product-{number}", title=f"Product number {number}", published_at=clock.now(),
                        variants=[Variant(sku=sku(number), weight_grams=100)]) for number in range(PRODUCTS)]
    session.add_all(products)
    session.flush()
    variants = [product.variants[0].id for product in products]
    session.execute(insert(Price), [{"pricelist_id": retail.id, "variant_id": key, "amount": price(number)} for number, key in enumerate(variants)])
    inventory.set_many(session, house.id, dict.fromkeys(variants, STOCK))
    indexing.reindex(session, variants)


def count_rows(engine: Engine) -> dict[str, int]:
    """How many rows stand in each of the tables a journey writes."""
    with engine.connect() as connection:
        return {name: connection.scalar(select(func.count()).select_from(tables.metadata.tables[name])) or 0
                for name in WRITTEN}


def sku(number: int) -> str:
    """The SKU of product `number`."""
    return f"BENCH-{number:04}"


def price(number: int) -> int:
    """What product `number` costs."""
    return 1000 + number


def _one_journey(session: Session, engine: Engine) -> None:
    agent = session.scalars(select(Staff)).one()
    selection = selections.create_selection(session, agent=agent, customer=session.scalars(select(Customer)).one(), by=SYSTEM)
    for key in (1, 2, 3):
        selections.add_line(session, selection, key, 1, by=SYSTEM)
    basket = read_basket(session, selection)
    link = links.create_link(session, basket, default_terms(basket, clock.now()), agent=agent, request_key=tokens.new_public_id(), by=SYSTEM)
    url = Addresses("").link_url(link.addresses[0])
    found = link_queries.find_link(session, *url.split("/")[-2:])
    if found is None:
        raise RuntimeError("the link just made was not found")
    visit = checkout.claim(session, found, visitor_token=None).visit
    checkout.give_details(session, visit, link, checkout.Details(
        "ada@bench.example", "Ada Example", "SE", street="Storgatan 1", postcode="111 22", city="Stockholm"))
    total = visit.total_amount
    session.commit()
    gateway = TestGateway(engine, "http://127.0.0.1")
    started = starting.start_payment(session, visit, gateway=gateway, shown_total=total, return_url="http://127.0.0.1/")
    intent = test_gateway.find_page(session, started.redirect_url.rsplit("/", 1)[-1])
    if intent is None:
        raise RuntimeError("the payment just started was not found")
    test_gateway.decide(session, intent, "approve")
    session.commit()
    placing.place_order(session, started.payment_id, {"test": gateway}, source="customer")
    session.execute(text("UPDATE outbox SET done_at = created_at"))
    session.commit()


def _multiply(session: Session) -> None:
    """Write the one journey's rows again and again; only tables of one row a journey are pointed to."""
    for name in CHAIN:
        table = cast(Table, tables.metadata.tables[name])
        outside = OUTSIDE | {key.parent.name for key in table.foreign_keys if key.column.table.name not in CHAIN}
        rows = [dict(row._mapping) for row in session.execute(select(table))]
        step = max((int(row["id"]) for row in rows if "id" in row), default=0)
        copies = [_copy(row, outside, number, step) for number in range(1, PAST + 1) for row in rows]
        for start in range(0, len(copies), 2000):
            session.execute(insert(table), copies[start:start + 2000])
        if session.get_bind().dialect.name == "postgresql" and "id" in table.c:
            session.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"))


def _copy(row: Mapping[str, Any], outside: frozenset[str], number: int, step: int) -> dict[str, Any]:
    copied = dict(row)
    for column, value in row.items():
        if value is None or column in outside:
            continue
        if column in UNIQUE:
            copied[column] = tokens.digest(f"{value}{number}")[: len(str(value))]
        elif column == "id":
            copied[column] = value + number * step
        elif column.endswith("_id") and isinstance(value, int):
            copied[column] = value + number
    return copied
