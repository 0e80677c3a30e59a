"""Makes things with sensible defaults: `make.shop(session)` is a small complete shop, the rest are its parts.

Everything is flushed, nothing is committed. Names count up, so that a test may make as many as it likes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from sales_portal.accounts import passwords
from sales_portal.accounts.models import Role, RolePermission, Staff, Team
from sales_portal.accounts.permissions import ROLES
from sales_portal.catalog import indexing
from sales_portal.catalog.models import Offer, OfferVersion, Product, TrainingEvent, Variant
from sales_portal.checkout import service as checkout
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock, tokens
from sales_portal.core.db import Base
from sales_portal.customers.models import Account, Customer, CustomerAddress
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.inventory.models import Warehouse
from sales_portal.links import queries as link_queries
from sales_portal.links import service as links
from sales_portal.links.addresses import Addresses
from sales_portal.links.models import CheckoutLink
from sales_portal.links.terms import default_terms
from sales_portal.markets.models import Market, MarketCountry, MarketWarehouse
from sales_portal.orders import placing
from sales_portal.orders.models import Order
from sales_portal.payments import starting, test_gateway
from sales_portal.payments.test_gateway import TestGateway
from sales_portal.pricing.models import (
    Discount,
    Price,
    Pricelist,
    PricelistMarket,
    ShippingMethod,
    ShippingRate,
    TaxRate,
)
from sales_portal.selections.basket import read_basket
from sales_portal.selections.models import Selection, SelectionLine
from sales_portal.sites.models import Site

PASSWORD = "demo"
_numbers = count(1)
Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, slots=True)
class Shop:
    """What `shop` made. Prices hold 25 % tax: the chair costs 1 200,00 kr, the bag 310,00, the cap 960,00."""

    site: Site
    market: Market
    pricelist: Pricelist
    warehouse: Warehouse
    shipping: ShippingMethod
    chair: Variant
    bag: Variant
    cap: Variant
    agent: Staff
    customer: Customer


def shop(session: Session) -> Shop:
    """Market Sweden in SEK with tax included, one way to ship for 59,00, three products, Maria who sells, Anna."""
    its_site = site(session)
    its_warehouse = warehouse(session)
    its_market = market(session, site=its_site, warehouses=[its_warehouse])
    retail = pricelist(session, its_market, "Retail SEK")
    tax_rate(session, "SE", 25000)
    to_the_door = shipping(session, its_market, {"SE": 5900}, name="PostNord to the door")
    chair = product(session, "Oak chair", variant_title="natural", sku="TSH-0042", barcode="7350001000428",
                    weight_grams=6500, prices={retail: 120000}, stock={its_warehouse: 14})
    bag = product(session, "Linen bag", sku="BAG-0001", weight_grams=300, prices={retail: 31000},
                  stock={its_warehouse: 40})
    cap = product(session, "Wool cap", sku="CAP-0001", weight_grams=120, prices={retail: 96000},
                  stock={its_warehouse: 1})
    maria = staff(session, "Maria Lind", site=its_site, email="maria@demo.example")
    anna = customer(session, "Anna Svensson", email="anna@example.com", country="SE", market=its_market)
    return Shop(its_site, its_market, retail, its_warehouse, to_the_door, chair, bag, cap, maria, anna)


def site(session: Session, name: str = "Nordic Home", **values: Any) -> Site:
    """A public checkout."""
    number = next(_numbers)
    return _add(session, Site(**{
        "slug": f"site-{number}", "name": name, "legal_name": f"{name} AB", "postal_address": "Storgatan 1, Stockholm",
        "email": "hello@demo.example", "brand_color": "#1f5f4a", "locale": "sv_SE", "time_zone": "Europe/Stockholm",
        **values}))


def role(session: Session, slug: str = "agent") -> Role:
    """One of the portal's own roles with its permissions; the one that is there where it was made before."""
    return _role(session, slug)


def team(session: Session, name: str | None = None) -> Team:
    """A team."""
    return _add(session, Team(name=name or f"Team {next(_numbers)}"))


def staff(session: Session, name: str = "Maria Lind", *, site: Site, role: str = "agent", team: Team | None = None,
          email: str | None = None, **values: Any) -> Staff:
    """A person of the house who can sign in with the password `demo`; role and grants are loaded."""
    return _add(session, Staff(**{
        "email": email or f"staff-{next(_numbers)}@demo.example", "name": name, "password_hash": _password_hash(),
        "role": _role(session, role), "team_id": team.id if team is not None else None, "site": site,
        "created_at": clock.now(), **values}))


def warehouse(session: Session, name: str = "Stockholm", country: str | None = "SE") -> Warehouse:
    """A warehouse."""
    return _add(session, Warehouse(slug=f"warehouse-{next(_numbers)}", name=name, country=country))


def market(session: Session, name: str = "Sweden", *, site: Site, currency: str = "SEK", locale: str = "sv_SE",
           countries: Sequence[str] = ("SE",), warehouses: Sequence[Warehouse] = (), **values: Any) -> Market:
    """A market; its first warehouse serves first."""
    return _add(session, Market(**{
        "slug": f"market-{next(_numbers)}", "name": name, "site_id": site.id, "currency": currency, "locale": locale,
        "countries": [MarketCountry(country=code) for code in countries],
        "warehouses": [MarketWarehouse(warehouse_id=place.id, priority=priority)
                       for priority, place in enumerate(warehouses, 1)], **values}))


def pricelist(session: Session, market: Market, name: str = "Retail SEK", *, currency: str | None = None,
              is_tax_included: bool = True, position: int = 1, **values: Any) -> Pricelist:
    """A pricelist of `market`, in its currency unless said otherwise."""
    made = _add(session, Pricelist(slug=f"pricelist-{next(_numbers)}", name=name, currency=currency or market.currency,
                                   is_tax_included=is_tax_included, **values))
    _add(session, PricelistMarket(market_id=market.id, pricelist_id=made.id, position=position))
    return made


def price(session: Session, pricelist: Pricelist, variant: Variant, amount: int, minimum: int | None = None) -> Price:
    """What a variant costs in a pricelist, in minor units."""
    return _add(session, Price(pricelist_id=pricelist.id, variant_id=variant.id, amount=amount,
                               minimum_amount=minimum))


def tax_rate(session: Session, country: str, rate: int, tax_class: str = "standard") -> TaxRate:
    """A tax rate in thousandths of a percent: 25000 is 25 %."""
    return _add(session, TaxRate(country=country, tax_class=tax_class, rate=rate))


def shipping(session: Session, market: Market, amounts: Mapping[str, int], *, name: str = "Parcel",
             up_to_grams: int = 30_000, free_over_amount: int | None = None, **values: Any) -> ShippingMethod:
    """A way to ship: what it costs by country, up to a weight."""
    method = _add(session, ShippingMethod(**{
        "market_id": market.id, "name": name, "min_days": 1, "max_days": 3, **values}))
    for country, amount in amounts.items():
        _add(session, ShippingRate(method_id=method.id, country=country, up_to_grams=up_to_grams, amount=amount,
                                   free_over_amount=free_over_amount))
    return method


def product(session: Session, title: str = "Oak chair", *, variant_title: str = "", sku: str | None = None,
            barcode: str | None = None, kind: str = "goods", tax_class: str = "standard", weight_grams: int = 500,
            is_published: bool = True, prices: Mapping[Pricelist, int] | None = None,
            stock: Mapping[Warehouse, int] | None = None, **values: Any) -> Variant:
    """A product with one variant, indexed for search; returns the variant, its product loaded."""
    made = _add(session, Product(**{
        "slug": f"product-{next(_numbers)}", "title": title, "kind": kind, "tax_class": tax_class,
        "published_at": clock.now() if is_published else None, **values}))
    return variant(session, made, title=variant_title, sku=sku, barcode=barcode, weight_grams=weight_grams,
                   prices=prices, stock=stock)


def variant(session: Session, product: Product, *, title: str = "", sku: str | None = None,
            barcode: str | None = None, weight_grams: int = 500, prices: Mapping[Pricelist, int] | None = None,
            stock: Mapping[Warehouse, int] | None = None) -> Variant:
    """One more variant of a product, with its prices and stock."""
    number = next(_numbers)
    made = _add(session, Variant(product=product, title=title, sku=sku or f"SKU-{number:04}", barcode=barcode,
                                 position=number, weight_grams=weight_grams))
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
    slugs = {f"many-{next(_numbers)}": at for at in range(1, count + 1)}
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
    _add(session, TrainingEvent(variant_id=made.id, starts_at=starts, ends_at=starts + timedelta(hours=6),
                                place="Stockholm", seats=seats))
    return made


def offer(session: Session, title: str = "Care plan", *, versions: int = 1, trial_days: int = 0,
          prices: Mapping[Pricelist, int] | None = None) -> Variant:
    """A monthly subscription offer with so many versions."""
    made = product(session, title, kind="subscription", weight_grams=0, prices=prices)
    number = next(_numbers)
    plan = _add(session, Offer(variant_id=made.id, public_id=tokens.new_public_id(), path=f"/plans/{number}"))
    for version in range(1, versions + 1):
        _add(session, OfferVersion(offer_id=plan.id, public_id=tokens.new_public_id(), number=version,
                                   interval="month", trial_days=trial_days, created_at=clock.now()))
    return made


def customer(session: Session, name: str = "Anna Svensson", *, email: str | None = None, country: str | None = None,
             market: Market | None = None, pricelist: Pricelist | None = None, account: Account | None = None,
             **values: Any) -> Customer:
    """A customer; with a `country`, she has a default address there."""
    made = _add(session, Customer(**{
        "name": name, "email": email or f"customer-{next(_numbers)}@example.com", "created_at": clock.now(),
        "market_id": market.id if market is not None else None,
        "pricelist_id": pricelist.id if pricelist is not None else None,
        "account_id": account.id if account is not None else None, **values}))
    if country is not None:
        address(session, made, country)
    return made


def account(session: Session, name: str = "Svensson Möbler AB", crm_id: str | None = None) -> Account:
    """An organisation."""
    return _add(session, Account(name=name, crm_id=crm_id or f"CRM-{next(_numbers)}", created_at=clock.now()))


def address(session: Session, customer: Customer, country: str = "SE", **values: Any) -> CustomerAddress:
    """A customer's default address."""
    return _add(session, CustomerAddress(**{
        "customer_id": customer.id, "street": "Storgatan 1", "postcode": "111 22", "city": "Stockholm",
        "country": country, **values}))


def discount(session: Session, percent: int | None = 10000, *, name: str = "Summer", code: str | None = None,
             fixed_amount: int | None = None, **values: Any) -> Discount:
    """A discount in thousandths of a percent, or of a fixed amount in a currency."""
    return _add(session, Discount(name=name, code=code, percent=None if fixed_amount is not None else percent,
                                  fixed_amount=fixed_amount, **values))


def selection(session: Session, shop: Shop, lines: Mapping[Variant, int] | None = None, *,
              customer: Customer | None = None, for_anyone: bool = False, agent: Staff | None = None,
              market: Market | None = None, pricelist: Pricelist | None = None, **values: Any) -> Selection:
    """A selection of Maria's for Anna unless said otherwise; `lines` is variant → quantity."""
    at = clock.now()
    prices = pricelist or shop.pricelist
    made = _add(session, Selection(**{
        "agent": agent or shop.agent, "customer": None if for_anyone else customer or shop.customer,
        "market": market or shop.market, "pricelist": prices, "site": shop.site, "currency": prices.currency,
        "created_at": at, "changed_at": at, **values}))
    for its_variant, quantity in (lines or {}).items():
        line(session, made, its_variant, quantity)
    return made


def line(session: Session, selection: Selection, variant: Variant, quantity: int = 1, *,
         special_price: int | None = None, reason: str = "Loyal customer") -> SelectionLine:
    """One more line at the end of a selection."""
    last = session.scalars(select(SelectionLine.position).where(SelectionLine.selection_id == selection.id)
                           .order_by(SelectionLine.position.desc()).limit(1)).first()
    return _add(session, SelectionLine(
        selection_id=selection.id, position=(last or 0) + 1, variant=variant, quantity=quantity,
        special_price_amount=special_price, special_price_reason=reason if special_price is not None else ""))


@dataclass(frozen=True, slots=True)
class Linked:
    """A link with the two secrets of its URL."""

    link: CheckoutLink
    public_id: str
    token: str

    @property
    def path(self) -> str:
        """The path of its first page."""
        return f"/selection/{self.public_id}/{self.token}"


def link(session: Session, selection: Selection, *, by: Staff | None = None, **terms: Any) -> Linked:
    """A link made of a selection as an agent would; `terms` change the ones a dialog starts with."""
    basket = read_basket(session, selection)
    wanted = replace(default_terms(basket, clock.now()), **terms)
    agent = by or selection.agent
    made = links.create_link(session, basket, wanted, agent=agent, request_key=tokens.new_public_id(), by=agent.actor)
    token = Addresses("").link_url(made.addresses[0]).rsplit("/", 1)[-1]
    return Linked(made, made.addresses[0].public_id, token)


def claim(session: Session, linked: Linked, visitor_token: str | None = None) -> checkout.Claimed:
    """A visitor's copy of a link."""
    address = link_queries.find_address(session, linked.public_id, linked.token)
    assert address is not None
    return checkout.claim(session, address, visitor_token=visitor_token)


def visit(session: Session, linked: Linked, **details: Any) -> CheckoutSession:
    """A visitor's copy with everything given that paying needs."""
    claimed = claim(session, linked)
    values = {"email": "anna@example.com", "name": "Anna Svensson", "country": "SE", "street": "Storgatan 1",
              "postcode": "111 22", "city": "Stockholm", **details}
    checkout.give_details(session, claimed.visit, linked.link, checkout.Details(**values))
    return claimed.visit


def gateway(session: Session) -> TestGateway:
    """The embedded provider on the database of `session`."""
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    return TestGateway(bind, "http://localhost")


def payment(session: Session, visit: CheckoutSession, decision: str | None = "approve") -> int:
    """The id of a payment started for a copy, with the customer's decision made; commits."""
    key = visit.id
    session.commit()
    copy = session.get_one(CheckoutSession, key)
    started = starting.start_payment(session, copy, gateway=gateway(session), shown_total=copy.total_amount,
                                     return_url="http://localhost/return")
    if decision is not None:
        intent = test_gateway.find_page(session, started.redirect_url.rsplit("/", 1)[-1])
        assert intent is not None
        test_gateway.decide(session, intent, decision)
        session.commit()
    return started.payment_id


def order(session: Session, linked: Linked, **details: Any) -> Order:
    """A link bought: placed and captured as the worker does, or placed where it costs nothing; commits."""
    copy = visit(session, linked, **details)
    if copy.total_amount == 0:
        free = placing.place_free_order(session, copy)
        session.commit()
        return free
    key = payment(session, copy)
    placed = placing.place_order(session, key, {"test": gateway(session)}, source="customer")
    assert placed.order_id is not None, placed
    return session.get_one(Order, placed.order_id)


def _role(session: Session, slug: str) -> Role:
    found = session.scalars(select(Role).where(Role.slug == slug)).one_or_none()
    if found is not None:
        return found
    name, grants = ROLES[slug]
    return _add(session, Role(slug=slug, name=name, grants=[
        RolePermission(permission=permission.value, reach=reach.value) for permission, reach in grants.items()]))


def _add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


@cache
def _password_hash() -> str:
    passwords.use_cheap_parameters()
    return passwords.hash_password(PASSWORD)
