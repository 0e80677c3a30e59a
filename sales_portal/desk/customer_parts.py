"""What a reader may see of a customer's dealings: each kind of thing within the reach of its own permission."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from sales_portal.accounts.permissions import Permission
from sales_portal.core import clock
from sales_portal.customers.models import Customer
from sales_portal.desk import scope
from sales_portal.links.models import CheckoutLink
from sales_portal.links.models import number_of as link_number
from sales_portal.markets import queries as markets
from sales_portal.orders.models import Order, number_of
from sales_portal.reports import customer_card
from sales_portal.selections.models import Selection
from sales_portal.web import staff

Thing = TypeVar("Thing", Selection, CheckoutLink, Order)


def selections_of(session: Session, customer_id: int) -> Sequence[Selection] | None:
    """The customer's newest selections the reader may see; None where they may see none at all."""
    return _seen(session, customer_card.selections_of(customer_id), Selection.agent_id, Permission.SELECTIONS)


def links_of(session: Session, customer_id: int) -> Sequence[CheckoutLink] | None:
    """The customer's newest links the reader may see; None where they may see none at all."""
    return _seen(session, customer_card.links_of(customer_id), CheckoutLink.agent_id, Permission.LINKS)


def orders_of(session: Session, customer_id: int) -> Sequence[Order] | None:
    """The customer's newest orders the reader may see; None where they may see none at all."""
    return _seen(session, customer_card.orders_of(customer_id), Order.agent_id, Permission.ORDERS)


def links_of_account(session: Session, account_id: int | None) -> Sequence[CheckoutLink]:
    """The account's newest links the reader may see."""
    if account_id is None:
        return ()
    found = _seen(session, customer_card.links_of_account(account_id), CheckoutLink.agent_id, Permission.LINKS)
    return found or ()


def orders_of_account(session: Session, account_id: int | None) -> Sequence[Order]:
    """The account's newest orders the reader may see, by whomever of the organisation."""
    if account_id is None:
        return ()
    return _seen(session, customer_card.orders_of_account(account_id), Order.agent_id, Permission.ORDERS) or ()


def count_orders(session: Session, customer_ids: Sequence[int]) -> dict[int, int]:
    """By customer, how many of their orders the reader may see."""
    return _by_customer(session, customer_card.count_orders(customer_ids), Order.agent_id, Permission.ORDERS)


def newest_links(session: Session, customer_ids: Sequence[int]) -> dict[int, str]:
    """By customer, the number of the newest link the reader may see."""
    newest = _by_customer(session, customer_card.newest_links(customer_ids), CheckoutLink.agent_id, Permission.LINKS)
    return {customer_id: link_number(link_id) for customer_id, link_id in newest.items()}


def glances(session: Session, found: Sequence[Customer]) -> dict[int, str]:
    """By customer, what tells them apart: CRM id, market, last order and open links, as far as the reader may see."""
    keys = [customer.id for customer in found]
    if not keys:
        return {}
    places = {market.id: market.name for market in markets.list_markets(session)}
    bought = _by_customer(session, customer_card.newest_orders(keys), Order.agent_id, Permission.ORDERS)
    opened = _by_customer(session, customer_card.count_open_links(keys, clock.now()), CheckoutLink.agent_id,
                          Permission.LINKS)
    return {customer.id: " · ".join(filter(None, (
        _crm_id(customer), places.get(customer.market_id or 0, ""),
        f"last order {number_of(bought[customer.id])}" if customer.id in bought else "",
        _open_links(opened.get(customer.id, 0))))) for customer in found}


def _crm_id(customer: Customer) -> str:
    return customer.crm_contact_id or (customer.account.crm_id if customer.account is not None else "") or ""


def _open_links(count: int) -> str:
    return "" if not count else "1 open link" if count == 1 else f"{count} open links"


def _seen(session: Session, query: Select[Thing], owner_id: InstrumentedAttribute[int],
          permission: Permission) -> Sequence[Thing] | None:
    person = staff.current_staff()
    reach = person.reach(permission)
    return session.scalars(scope.narrow(query, owner_id, person, reach)).all() if reach is not None else None


def _by_customer(session: Session, query: Select[int | None, int], owner_id: InstrumentedAttribute[int],
                 permission: Permission) -> dict[int, int]:
    person = staff.current_staff()
    reach = person.reach(permission)
    if reach is None:
        return {}
    rows = session.execute(scope.narrow(query, owner_id, person, reach))
    return {customer_id: value for customer_id, value in rows if customer_id is not None}
