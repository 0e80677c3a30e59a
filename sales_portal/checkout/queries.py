"""Finding a visitor's private copy."""

from typing import cast

from sqlalchemy import Table, and_, bindparam, select
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload

from sales_portal.checkout.models import CheckoutSession, VisitorSession
from sales_portal.core import clock, tokens
from sales_portal.core.db import UTCDateTime
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink, LinkAddress
from sales_portal.pricing.models import ShippingMethod

VISITORS = cast(Table, VisitorSession.__table__)
IS_LIVING = and_(VISITORS.c.token_sha256 == bindparam("visitor"),
                 VISITORS.c.expires_at > bindparam("at", type_=UTCDateTime))
"""Whether a row of `VISITORS` is the session behind a cookie; `living` gives what it asks for."""

_VISITOR = select(VisitorSession).where(IS_LIVING)

_VISIT = (
    select(CheckoutSession).join(VisitorSession, VisitorSession.id == CheckoutSession.visitor_session_id)
    .outerjoin(CheckoutSession.shipping_method)
    .options(contains_eager(CheckoutSession.shipping_method), lazyload(CheckoutSession.lines))
    .where(IS_LIVING, CheckoutSession.link_id == bindparam("link_id")))

_ADDRESS_AND_VISIT = (
    links.ADDRESSES.add_columns(CheckoutSession)
    .outerjoin(VisitorSession, IS_LIVING)
    .outerjoin(CheckoutSession, and_(CheckoutSession.visitor_session_id == VisitorSession.id,
                                     CheckoutSession.link_id == CheckoutLink.id))
    .options(joinedload(CheckoutSession.shipping_method), lazyload(CheckoutSession.lines)))

LOCKED = (
    select(CheckoutLink, CheckoutSession).select_from(CheckoutLink)
    .join(CheckoutSession, CheckoutSession.link_id == CheckoutLink.id)
    .options(joinedload(CheckoutLink.site)).where(CheckoutSession.id == bindparam("visit_id"))
    .with_for_update(of=(CheckoutLink, CheckoutSession)).execution_options(populate_existing=True))
"""A copy and its link (site loaded), read afresh under locks that are taken in this order: link, copy."""


def get_visitor(session: Session, token: str | None) -> VisitorSession | None:
    """The living visitor session behind a cookie's token, or None."""
    return session.scalars(_VISITOR, living(token)).first() if token else None


def get_visit(session: Session, link_id: int, visitor_token: str | None) -> CheckoutSession | None:
    """This visitor's copy of a link, whatever its status; None without a living session. Its lines load when asked."""
    if not visitor_token:
        return None
    return session.scalars(_VISIT, living(visitor_token) | {"link_id": link_id}).one_or_none()


def find_address(session: Session, public_id: str, token: str,
                 visitor_token: str | None) -> tuple[LinkAddress | None, CheckoutSession | None]:
    """The address a customer holds and this visitor's copy of its link, in one statement; see `links.find_address`."""
    if not visitor_token:
        return links.find_address(session, public_id, token), None
    found = session.execute(_ADDRESS_AND_VISIT, living(visitor_token) | {"public_id": public_id}).one_or_none()
    address, visit = found if found is not None else (None, None)
    return (proven, visit) if (proven := links.prove(address, token)) is not None else (None, None)


def living(token: str) -> dict[str, object]:
    """The values of `IS_LIVING` for a cookie's token."""
    return {"visitor": tokens.digest(token), "at": clock.now()}


def get_shipping_method(session: Session, visit_id: int) -> ShippingMethod | None:
    """The way to deliver a private copy took, or None where nothing was delivered."""
    return session.scalars(
        select(ShippingMethod).join(CheckoutSession, CheckoutSession.shipping_method_id == ShippingMethod.id)
        .where(CheckoutSession.id == visit_id)).first()


def lock_link_and_visit(session: Session, visit_id: int) -> tuple[CheckoutLink, CheckoutSession]:
    """A copy and its link (site loaded), read afresh under locks that are taken in this order: link, copy."""
    link, visit = session.execute(LOCKED, {"visit_id": visit_id}).one()
    return link, visit


def list_visits_of_link(session: Session, link_id: int, limit: int = 20) -> list[CheckoutSession]:
    """The newest copies of a link, for its page in the desk."""
    return list(session.scalars(
        select(CheckoutSession).options(joinedload(CheckoutSession.shipping_method))
        .where(CheckoutSession.link_id == link_id).order_by(CheckoutSession.id.desc()).limit(limit)))
