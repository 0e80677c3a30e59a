"""Finding staff, and whose things are within their reach."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload

from sales_portal.accounts.models import RolePermission, Staff, StaffPhoto
from sales_portal.accounts.permissions import Permission, Reach

DEMO_DOMAIN = "@demo.example"


def get_staff_by_email(session: Session, email: str) -> Staff | None:
    """The active person with this e-mail in any case, with role and site; None if unknown."""
    return session.scalars(
        select(Staff).where(func.lower(Staff.email) == email.strip().lower(), Staff.is_active)
        .options(joinedload(Staff.role), joinedload(Staff.site))).first()


def find_photo(session: Session, digest: str) -> bytes | None:
    """A person's picture, a JPEG, by the digest in its address; None for one that was replaced."""
    return session.scalars(select(StaffPhoto.data).where(StaffPhoto.digest == digest)).first()


def list_demo_staff(session: Session) -> Sequence[Staff]:
    """The people of the demo shop with their roles, for the log-in page of a demo."""
    return session.scalars(
        select(Staff).where(Staff.email.endswith(DEMO_DOMAIN), Staff.is_active)
        .options(joinedload(Staff.role)).order_by(Staff.id)).all()


def list_names_with(session: Session, site_id: int, permission: Permission, most: int = 2) -> Sequence[str]:
    """The names of the people of a site who have `permission`, those first who have been there longest."""
    return session.scalars(
        select(Staff.name).join(RolePermission, RolePermission.role_id == Staff.role_id)
        .where(Staff.site_id == site_id, Staff.is_active, RolePermission.permission == permission.value)
        .order_by(Staff.id).limit(most)).all()


def list_staff_with(session: Session, permission: Permission) -> Sequence[Staff]:
    """The active people with `permission`, each with their site."""
    return session.scalars(
        select(Staff).join(RolePermission, RolePermission.role_id == Staff.role_id)
        .where(Staff.is_active, RolePermission.permission == permission.value)
        .options(joinedload(Staff.site)).order_by(Staff.id)).all()


def list_staff_over(session: Session, permission: Permission, owner_id: int) -> Sequence[Staff]:
    """The active people whose `permission` covers what the person `owner_id` made, each with their site, by name."""
    owner = aliased(Staff)
    team_id = select(owner.team_id).where(owner.id == owner_id).scalar_subquery()
    within = (RolePermission.reach == Reach.ALL.value) | (
        (RolePermission.reach == Reach.TEAM.value) & (Staff.team_id == team_id)) | (
        (RolePermission.reach == Reach.OWN.value) & (Staff.id == owner_id))
    return session.scalars(
        select(Staff).join(RolePermission, RolePermission.role_id == Staff.role_id)
        .where(Staff.is_active, RolePermission.permission == permission.value, within)
        .options(joinedload(Staff.site)).order_by(Staff.name, Staff.id)).all()


def is_within(owner_id: InstrumentedAttribute[int], person: Staff, reach: Reach | None) -> ColumnElement[bool]:
    """The condition that what `owner_id` owns is within the `reach` of `person`; nothing is within None."""
    if reach is Reach.ALL:
        return true()
    if reach is Reach.TEAM and person.team_id is not None:
        return owner_id.in_(select(Staff.id).where(Staff.team_id == person.team_id))
    return owner_id == person.id if reach is not None else false()
