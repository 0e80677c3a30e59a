"""Finding staff."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from sales_portal.accounts.models import Role, Staff

DEMO_DOMAIN = "@demo.example"


def get_staff_by_email(session: Session, email: str) -> Staff | None:
    """The active person with this e-mail in any case, with role, grants and site; None if unknown."""
    return session.scalars(
        select(Staff).where(func.lower(Staff.email) == email.strip().lower(), Staff.is_active)
        .options(joinedload(Staff.role).joinedload(Role.grants), joinedload(Staff.site))).unique().first()


def list_demo_staff(session: Session) -> Sequence[Staff]:
    """The people of the demo shop with their roles, for the log-in page of a demo."""
    return session.scalars(
        select(Staff).where(Staff.email.endswith(DEMO_DOMAIN), Staff.is_active)
        .options(joinedload(Staff.role)).order_by(Staff.id)).all()
