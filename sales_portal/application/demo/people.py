"""Who works at Nordlight: one person for each role, and a second agent."""

from sqlalchemy.orm import Session

from sales_portal.accounts import passwords
from sales_portal.accounts.models import Role, RolePermission, Staff, Team
from sales_portal.accounts.permissions import DISCOUNT_LIMITS, ROLES
from sales_portal.core import clock
from sales_portal.sites.models import Site

PEOPLE = (
    # name, e-mail before the @, role, title, phone, team
    ("Astrid Berg", "admin", "admin", "Shop owner", "+46 70 174 06 50", None),
    ("Erik Holm", "manager", "manager", "Sales manager", "+46 70 174 06 51", "Showroom"),
    ("Maria Lind", "maria", "agent", "Sales agent", "+46 70 174 06 52", "Showroom"),
    ("Ben Carter", "ben", "agent", "Sales agent, export", "+46 70 174 06 53", "Showroom"),
    ("Ingrid Sund", "senior", "senior_agent", "Senior agent, contract", "+46 70 174 06 54", "Showroom"),
    ("Jonas Falk", "integrator", "integrator", "Systems", None, None),
    ("Petra Nyman", "auditor", "auditor", "Accounts", None, None),
)
DOMAIN = "demo.example"


def load_roles(session: Session) -> dict[str, Role]:
    """The six roles that ship with the portal, by slug."""
    roles = {slug: Role(slug=slug, name=name, discount_limit=DISCOUNT_LIMITS.get(slug), grants=[
        RolePermission(permission=permission.value, reach=reach.value) for permission, reach in grants.items()])
        for slug, (name, grants) in ROLES.items()}
    session.add_all(roles.values())
    session.flush()
    return roles


def load_staff(session: Session, site: Site) -> dict[str, Staff]:
    """The people, by what stands before the @ of their e-mail; each signs in with the demo password."""
    roles, showroom = load_roles(session), Team(name="Showroom")
    session.add(showroom)
    session.flush()
    # One hash for all: the password is public, and seven hashes would take the better part of a second.
    password = passwords.hash_password(passwords.DEMO_PASSWORD)
    staff = {key: Staff(
        email=f"{key}@{DOMAIN}", name=name, title=title, phone=phone, password_hash=password, role_id=roles[role].id,
        team_id=showroom.id if team else None, site_id=site.id, created_at=clock.now())
        for name, key, role, title, phone, team in PEOPLE}
    session.add_all(staff.values())
    session.flush()
    return staff
