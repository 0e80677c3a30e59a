"""A small complete shop, and what an agent puts together in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.catalog.models import Variant
from sales_portal.core import clock
from sales_portal.customers.models import Customer
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.inventory.models import Warehouse
from sales_portal.markets.models import Market
from sales_portal.pricing.models import Discount, Pricelist, ShippingMethod
from sales_portal.selections.models import Selection, SelectionDiscount, SelectionLine
from sales_portal.sites.models import Site
from tests.make import people, places, prices, products
from tests.make.adding import add, numbers


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
    its_site = places.site(session)
    its_warehouse = places.warehouse(session)
    its_market = places.market(session, site=its_site, warehouses=[its_warehouse])
    retail = prices.pricelist(session, its_market, "Retail SEK")
    prices.tax_rate(session, "SE", 25000)
    to_the_door = prices.shipping(session, its_market, {"SE": 5900}, name="PostNord to the door")
    chair, bag, cap = products.stocked(session, retail, its_warehouse, [
        ("Oak chair", 120000, 14, {"title": "natural", "sku": "TSH-0042", "barcode": "7350001000428",
                                   "weight_grams": 6500}),
        ("Linen bag", 31000, 40, {"sku": "BAG-0001", "weight_grams": 300}),
        ("Wool cap", 96000, 1, {"sku": "CAP-0001", "weight_grams": 120})])
    maria = people.staff(session, "Maria Lind", site=its_site, email="maria@demo.example")
    anna = people.customer(session, "Anna Svensson", email="anna@example.com", country="SE", market=its_market)
    return Shop(its_site, its_market, retail, its_warehouse, to_the_door, chair, bag, cap, maria, anna)


def norway(session: Session, shop: Shop, stock: Mapping[Variant, int]) -> Market:
    """A market of the shop in NOK, served by a warehouse of its own: it sells chairs and bags, and no caps."""
    oslo = places.warehouse(session, "Oslo", "NO")
    made = places.market(session, "Norway", site=shop.site, currency="NOK", locale="nb_NO", countries=["NO"],
                         warehouses=[oslo])
    retail = prices.pricelist(session, made, "Retail NOK")
    prices.tax_rate(session, "NO", 25000)
    prices.shipping(session, made, {"NO": 9900})
    for variant, amount in ((shop.chair, 125000), (shop.bag, 32000)):
        prices.price(session, retail, variant, amount)
    for variant, on_hand in stock.items():
        inventory.set_on_hand(session, variant.id, oslo.id, on_hand, by=SYSTEM)
    return made


def selection(session: Session, shop: Shop, lines: Mapping[Variant, int] | None = None, *,
              customer: Customer | None = None, for_anyone: bool = False, agent: Staff | None = None,
              market: Market | None = None, pricelist: Pricelist | None = None, discount: Discount | None = None,
              **values: Any) -> Selection:
    """A selection of Maria's for Anna unless said otherwise; `lines` is variant → quantity."""
    at = clock.now()
    prices = pricelist or shop.pricelist
    made = add(session, Selection(**{
        "agent": agent or shop.agent, "customer": None if for_anyone else customer or shop.customer,
        "market": market or shop.market, "pricelist": prices, "site": shop.site, "currency": prices.currency,
        "created_at": at, "changed_at": at, **values}))
    session.add_all(SelectionLine(selection_id=made.id, position=position, variant=its_variant, quantity=quantity)
                    for position, (its_variant, quantity) in enumerate((lines or {}).items(), 1))
    session.flush()
    if discount is not None:
        give(session, made, discount)
    return made


def give(session: Session, selection: Selection, *discounts: Discount) -> None:
    """Give a selection more discounts, behind those it has."""
    selection.has_discounts = selection.has_discounts or bool(discounts)
    for discount in discounts:
        add(session, SelectionDiscount(selection_id=selection.id, discount_id=discount.id, position=next(numbers)))


def line(session: Session, selection: Selection, variant: Variant, quantity: int = 1, *,
         special_price: int | None = None, reason: str = "Loyal customer") -> SelectionLine:
    """One more line at the end of a selection."""
    last = session.scalars(select(SelectionLine.position).where(SelectionLine.selection_id == selection.id)
                           .order_by(SelectionLine.position.desc()).limit(1)).first()
    return add(session, SelectionLine(
        selection_id=selection.id, position=(last or 0) + 1, variant=variant, quantity=quantity,
        special_price_amount=special_price, special_price_reason=reason if special_price is not None else ""))
