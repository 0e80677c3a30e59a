"""Who sells and who buys."""

import io
from functools import cache
from typing import Any

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from sales_portal.accounts import passwords
from sales_portal.accounts.models import Role, RolePermission, Staff, Team
from sales_portal.accounts.permissions import DISCOUNT_LIMITS, ROLES
from sales_portal.core import clock
from sales_portal.customers.models import Account, Customer, CustomerAddress
from sales_portal.markets.models import Market
from sales_portal.pricing.models import Pricelist
from sales_portal.sites.models import Site
from tests.make.adding import add, numbers

PASSWORD = "demo"


def role(session: Session, slug: str = "agent") -> Role:
    """One of the portal's own roles with its permissions; the one that is there where it was made before."""
    return _role(session, slug)


def grant(permission: str, reach: str) -> RolePermission:
    """One more permission, to append to the grants of a role."""
    return RolePermission(permission=permission, reach=reach)


def team(session: Session, name: str | None = None) -> Team:
    """A team."""
    return add(session, Team(name=name or f"Team {next(numbers)}"))


def staff(session: Session, name: str = "Maria Lind", *, site: Site, role: str = "agent", team: Team | None = None,
          email: str | None = None, **values: Any) -> Staff:
    """A person of the house who can sign in with the password `demo`; role and grants are loaded."""
    return add(session, Staff(**{
        "email": email or f"staff-{next(numbers)}@demo.example", "name": name, "password_hash": _password_hash(),
        "role": _role(session, role), "team_id": team.id if team is not None else None, "site": site,
        "created_at": clock.now(), **values}))


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200), color: str = "#336699") -> bytes:
    """A picture of one colour as a file of `kind`."""
    made = io.BytesIO()
    Image.new("RGB", size, color).save(made, kind)
    return made.getvalue()


def whole(session: Session, person: Staff) -> Staff:
    """That person read anew with role and grants, as a door has them."""
    grants = joinedload(Staff.role).joinedload(Role.grants)
    return session.get_one(Staff, person.id, options=[grants, joinedload(Staff.site)], populate_existing=True)


def customer(session: Session, name: str = "Anna Svensson", *, email: str | None = None, country: str | None = None,
             market: Market | None = None, pricelist: Pricelist | None = None, account: Account | None = None,
             **values: Any) -> Customer:
    """A customer; with a `country`, she has a default address there."""
    made = add(session, Customer(**{
        "name": name, "email": email or f"customer-{next(numbers)}@example.com", "created_at": clock.now(),
        "market_id": market.id if market is not None else None,
        "pricelist_id": pricelist.id if pricelist is not None else None,
        "account_id": account.id if account is not None else None, **values}))
    if country is not None:
        address(session, made, country)
    return made


def account(session: Session, name: str = "Svensson Möbler AB", crm_id: str | None = None) -> Account:
    """An organisation."""
    return add(session, Account(name=name, crm_id=crm_id or f"CRM-{next(numbers)}", created_at=clock.now()))


def address(session: Session, customer: Customer, country: str = "SE", **values: Any) -> CustomerAddress:
    """A customer's default address."""
    return add(session, CustomerAddress(**{
        "customer_id": customer.id, "street": "Storgatan 1", "postcode": "111 22", "city": "Stockholm",
        "country": country, **values}))


def _role(session: Session, slug: str) -> Role:
    found = session.scalars(select(Role).where(Role.slug == slug)).one_or_none()
    if found is not None:
        return found
    name, grants = ROLES[slug]
    return add(session, Role(slug=slug, name=name, discount_limit=DISCOUNT_LIMITS.get(slug), grants=[
        RolePermission(permission=permission.value, reach=reach.value) for permission, reach in grants.items()]))


@cache
def _password_hash() -> str:
    passwords.use_cheap_parameters()
    return passwords.hash_password(PASSWORD)
