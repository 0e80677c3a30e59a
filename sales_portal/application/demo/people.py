"""Who works at Nordlight: one person for each role, and a second agent."""

from sqlalchemy.orm import Session

from sales_portal.accounts import passwords, photos, service
from sales_portal.accounts.models import Role, RolePermission, Staff, Team
from sales_portal.accounts.permissions import DISCOUNT_LIMITS, ROLES
from sales_portal.core import clock, pictures
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
PORTRAIT = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><path fill="{wall}" d="M0 0h96v96H0z"/>
<path fill="{hair}" d="M22 {ends}V42a26 26 0 0 1 52 0v{length}z"/><path fill="{skin}" d="M40 56h16v20H40z"/>
<circle cx="48" cy="44" r="19" fill="{skin}"/>
<path fill="{hair}" d="M28 41c2-14 12-19 21-19s17 6 19 17c-12 0-22-4-27-9-3 6-8 10-13 11z"/>
<path fill="{coat}" d="M10 96c2-17 15-24 30-25 4 6 12 6 16 0 15 1 28 8 30 25z"/></svg>"""
"""A face without features, as on a door: nobody's."""
FACES = {
    "maria": {"wall": "#DCE6DD", "hair": "#5B3A29", "skin": "#F0C9A8", "coat": "#2F4B3C", "ends": 78, "length": 36},
    "manager": {"wall": "#E4E0D4", "hair": "#A9A39A", "skin": "#E7BC98", "coat": "#3A4657", "ends": 42, "length": 0}}
"""Whose photo the demo shows; of the others customers see the initials."""


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
    for key, looks in FACES.items():
        service.set_photo(session, staff[key], pictures.as_png(
            PORTRAIT.format(**looks).encode(), pictures.SVG, photos.SIDE))
    return staff
