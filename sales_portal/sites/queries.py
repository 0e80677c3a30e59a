"""Finding sites."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.sites.models import Site


def get_default_site(session: Session) -> Site | None:
    """The site staff of a single-site portal work for: the oldest one."""
    return session.scalars(select(Site).order_by(Site.id).limit(1)).first()
