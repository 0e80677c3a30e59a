"""What became of a customer: selections, links, orders and subscriptions, for lists and for the customer's own page."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from sales_portal.catalog.models import Offer, OfferVersion, Product, Variant
from sales_portal.customers import queries as customers
from sales_portal.customers.models import Customer
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink
from sales_portal.links.state import LinkState
from sales_portal.orders.models import Order, Subscription
from sales_portal.reports import searching
from sales_portal.selections.models import Selection

NEWEST = 10


def list_customers(text: str = "") -> Select[Customer]:
    """Customers `text` finds with account and market, to page by `Customer.id`."""
    return customers.list_customers(searching.plain(text)).options(joinedload(Customer.market))


def count_orders(customer_ids: Collection[int]) -> Select[int | None, int]:
    """How many orders each of these customers has; narrow it by `Order.agent_id`."""
    return (select(Order.customer_id, func.count()).where(Order.customer_id.in_(sorted(customer_ids)))
            .group_by(Order.customer_id))


def newest_links(customer_ids: Collection[int]) -> Select[int | None, int]:
    """The id of the newest link of each of these customers; narrow it by `CheckoutLink.agent_id`."""
    return (select(CheckoutLink.customer_id, func.max(CheckoutLink.id))
            .where(CheckoutLink.customer_id.in_(sorted(customer_ids))).group_by(CheckoutLink.customer_id))


def newest_orders(customer_ids: Collection[int]) -> Select[int | None, int]:
    """The id of the newest order of each of these customers; narrow it by `Order.agent_id`."""
    return (select(Order.customer_id, func.max(Order.id))
            .where(Order.customer_id.in_(sorted(customer_ids))).group_by(Order.customer_id))


def count_open_links(customer_ids: Collection[int], at: datetime) -> Select[int | None, int]:
    """How many links each of these customers can use at `at`; narrow it by `CheckoutLink.agent_id`."""
    return (select(CheckoutLink.customer_id, func.count())
            .where(CheckoutLink.customer_id.in_(sorted(customer_ids)), links.is_in_state(LinkState.ACTIVE, at))
            .group_by(CheckoutLink.customer_id))


def selections_of(customer_id: int) -> Select[Selection]:
    """The newest selections of a customer; narrow it by `Selection.agent_id`."""
    return (select(Selection).where(Selection.customer_id == customer_id)
            .options(joinedload(Selection.market)).order_by(Selection.id.desc()).limit(NEWEST))


def links_of(customer_id: int) -> Select[CheckoutLink]:
    """The newest links of a customer; narrow it by `CheckoutLink.agent_id`."""
    return (select(CheckoutLink).where(CheckoutLink.customer_id == customer_id)
            .order_by(CheckoutLink.id.desc()).limit(NEWEST))


def orders_of(customer_id: int) -> Select[Order]:
    """The newest orders of a customer; narrow it by `Order.agent_id`."""
    return select(Order).where(Order.customer_id == customer_id).order_by(Order.id.desc()).limit(NEWEST)


def links_of_account(account_id: int) -> Select[CheckoutLink]:
    """The newest links of an account, with their customers; narrow it by `CheckoutLink.agent_id`."""
    return (select(CheckoutLink).options(joinedload(CheckoutLink.customer))
            .where(CheckoutLink.account_id == account_id).order_by(CheckoutLink.id.desc()).limit(NEWEST))


def orders_of_account(account_id: int) -> Select[Order]:
    """The newest orders of an account, whoever placed them; narrow it by `Order.agent_id`."""
    return select(Order).where(Order.account_id == account_id).order_by(Order.id.desc()).limit(NEWEST)


def subscriptions_of(session: Session, customer_id: int) -> list[tuple[Subscription, str]]:
    """The newest subscriptions of a customer, each with the name of what was subscribed to."""
    rows = session.execute(
        select(Subscription, Product.title)
        .join(OfferVersion, OfferVersion.id == Subscription.offer_version_id)
        .join(Offer, Offer.id == OfferVersion.offer_id).join(Variant, Variant.id == Offer.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(Subscription.customer_id == customer_id).order_by(Subscription.id.desc()).limit(NEWEST)).all()
    return [(subscription, title) for subscription, title in rows]
