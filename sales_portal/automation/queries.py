"""What mails about orders, payments and links need, in one read each."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, load_only, selectinload

from sales_portal.accounts.models import Staff
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock
from sales_portal.core.writing import know
from sales_portal.links import notices
from sales_portal.links.models import CheckoutLink
from sales_portal.links.notice_models import LinkNotice
from sales_portal.markets.models import Market
from sales_portal.orders.models import Order, OrderLine
from sales_portal.payments.models import LIVE, Payment
from sales_portal.sites.models import Site

_NAMED = (joinedload(CheckoutLink.site), joinedload(CheckoutLink.agent), joinedload(CheckoutLink.market),
          joinedload(CheckoutLink.customer))

# Built once, and narrow: mails say little of the many columns, and reading them takes longer than finding them.
_ORDER = (
    select(Order).where(Order.id == bindparam("order_id")).options(
        load_only(Order.link_id, Order.site_id, Order.agent_id, Order.status, Order.total_amount,
                  Order.outstanding_amount, Order.currency, Order.email, Order.name,
                  Order.receipt_token_sealed, Order.placed_at, raiseload=True),
        selectinload(Order.lines).load_only(
            OrderLine.kind, OrderLine.title, OrderLine.quantity, OrderLine.line_amount, OrderLine.tax_amount,
            OrderLine.is_tax_included, OrderLine.answers, raiseload=True),
        joinedload(Order.payment).load_only(Payment.capture_mode, Payment.status, raiseload=True),
        joinedload(Order.invoice),
        joinedload(Order.agent).load_only(
            Staff.name, Staff.title, Staff.phone, Staff.email, Staff.is_active, Staff.photo, raiseload=True),
        joinedload(Order.site).load_only(
            Site.name, Site.legal_name, Site.postal_address, Site.brand_color, Site.logo_light, Site.email,
            Site.phone, Site.locale, Site.languages, Site.time_zone, raiseload=True),
        joinedload(Order.link).load_only(CheckoutLink.market_id, CheckoutLink.language, raiseload=True)
        .joinedload(CheckoutLink.market).load_only(Market.locale, raiseload=True)))


def get_order(session: Session, order_id: int) -> Order | None:
    """An order with its lines, payment, agent and link, each as far as a mail speaks of it."""
    order = session.scalars(_ORDER, {"order_id": order_id}).one_or_none()
    if order is not None:
        know(order.link, site=order.site)
    return order


def get_payment(session: Session, payment_id: int) -> Payment | None:
    """A payment with the visit it was for and the link."""
    link = joinedload(Payment.link)
    query = select(Payment).where(Payment.id == payment_id).options(
        joinedload(Payment.checkout_session), link.joinedload(CheckoutLink.agent),
        link.joinedload(CheckoutLink.site), link.joinedload(CheckoutLink.market),
        link.selectinload(CheckoutLink.addresses))
    return session.scalars(query).one_or_none()


def get_link(session: Session, link_id: int) -> CheckoutLink | None:
    """A link with everything a mail about it names."""
    return session.scalars(select(CheckoutLink).where(CheckoutLink.id == link_id).options(*_NAMED)).one_or_none()


def list_left(session: Session, since: datetime, until: datetime) -> Sequence[CheckoutSession]:
    """Visits whose customer gave an address between these instants and did not pay, of links that can be paid, oldest
    first; only where the site writes to such people.

    Left out is who bought by another visit, who has a payment under way, who was written to, and every link somebody
    wants no more mails about.
    """
    visit, link, other = CheckoutSession, CheckoutLink, aliased(CheckoutSession)
    bought = exists(select(other.id).where(
        other.link_id == visit.link_id, other.status == "completed",
        func.lower(other.email) == func.lower(visit.email)))
    paying = exists(select(Payment.id).where(
        Payment.checkout_session_id == visit.id, Payment.status.in_(LIVE)))
    said = exists(select(LinkNotice.link_id).where(
        LinkNotice.link_id == visit.link_id,
        or_(LinkNotice.kind == notices.DECLINED, (LinkNotice.kind == notices.RECOVERED)
            & (LinkNotice.about == func.lower(visit.email)))))
    return session.scalars(
        select(visit).join(visit.link).join(link.site)
        .where(Site.sends_recovery_mail, visit.status.in_(("open", "expired")), visit.email != "",
               visit.details_at >= since, visit.details_at <= until, notices.is_payable(clock.now()),
               ~bought, ~paying, ~said)
        .options(contains_eager(visit.link).options(contains_eager(link.site), *_NAMED[1:]))
        .order_by(visit.id).limit(notices.AT_ONCE)).all()
