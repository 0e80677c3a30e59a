"""Finding a visitor's private copy."""

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from sales_portal.checkout.models import CheckoutSession, VisitorSession
from sales_portal.core import clock, tokens
from sales_portal.links.models import CheckoutLink
from sales_portal.pricing.models import ShippingMethod


def get_visitor(session: Session, token: str | None) -> VisitorSession | None:
    """The living visitor session behind a cookie's token, or None."""
    if not token:
        return None
    return session.scalars(
        select(VisitorSession).where(VisitorSession.token_sha256 == tokens.digest(token),
                                     VisitorSession.expires_at > clock.now())).first()


def get_visit(session: Session, link_id: int, visitor_token: str | None) -> CheckoutSession | None:
    """This visitor's copy of a link with its lines, whatever its status; None without a living session."""
    if not visitor_token:
        return None
    return session.scalars(
        select(CheckoutSession).join(VisitorSession, VisitorSession.id == CheckoutSession.visitor_session_id)
        .outerjoin(CheckoutSession.shipping_method)
        .options(contains_eager(CheckoutSession.shipping_method), joinedload(CheckoutSession.lines))
        .where(VisitorSession.token_sha256 == tokens.digest(visitor_token), VisitorSession.expires_at > clock.now(),
               CheckoutSession.link_id == link_id)).unique().one_or_none()


def get_shipping_method(session: Session, visit_id: int) -> ShippingMethod | None:
    """The way to deliver a private copy took, or None where nothing was delivered."""
    return session.scalars(
        select(ShippingMethod).join(CheckoutSession, CheckoutSession.shipping_method_id == ShippingMethod.id)
        .where(CheckoutSession.id == visit_id)).first()


def lock_link_and_visit(session: Session, visit_id: int) -> tuple[CheckoutLink, CheckoutSession]:
    """A copy and its link (site loaded), read afresh under locks that are taken in this order: link, copy."""
    link, visit = session.execute(
        select(CheckoutLink, CheckoutSession).select_from(CheckoutLink)
        .join(CheckoutSession, CheckoutSession.link_id == CheckoutLink.id)
        .options(joinedload(CheckoutLink.site)).where(CheckoutSession.id == visit_id)
        .with_for_update(of=(CheckoutLink, CheckoutSession)).execution_options(populate_existing=True)).one()
    return link, visit


def list_visits_of_link(session: Session, link_id: int, limit: int = 20) -> list[CheckoutSession]:
    """The newest copies of a link, for its page in the desk."""
    return list(session.scalars(
        select(CheckoutSession).options(joinedload(CheckoutSession.shipping_method))
        .where(CheckoutSession.link_id == link_id).order_by(CheckoutSession.id.desc()).limit(limit)))
