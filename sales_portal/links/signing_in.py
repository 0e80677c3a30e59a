"""Letting a site's customers sign in, which links on behalf of an account do not outlive."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from sales_portal.core import clock
from sales_portal.history.service import Actor
from sales_portal.links import queries
from sales_portal.links.errors import BreaksAccountLinks
from sales_portal.links.models import CheckoutLink
from sales_portal.sites import service as sites
from sales_portal.sites.models import Site


def list_account_links(session: Session, site: Site) -> Sequence[CheckoutLink]:
    """The living links of a site that are opened on behalf of an account, newest first, each with its agent."""
    return session.scalars(
        select(CheckoutLink).options(joinedload(CheckoutLink.agent))
        .where(CheckoutLink.site_id == site.id, CheckoutLink.crm_account_id != "", queries.is_living(clock.now()))
        .order_by(CheckoutLink.id.desc())).all()


def require(session: Session, site: Site, *, confirmed: Collection[int], by: Actor) -> None:
    """Have the customers of a site sign in.

    Refuses with `BreaksAccountLinks` while there are `links` that it breaks and whose ids are not among `confirmed`.
    """
    broken = [] if site.requires_sign_in else list_account_links(session, site)
    if any(link.id not in confirmed for link in broken):
        count = len(broken)
        raise BreaksAccountLinks(count="1 link" if count == 1 else f"{count} links", links=broken)
    sites.let_sign_in(session, site, is_required=True, by=by)
