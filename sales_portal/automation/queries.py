"""What mails about orders and payments need, in one read each."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, load_only, selectinload

from sales_portal.accounts.models import Staff
from sales_portal.links.models import CheckoutLink
from sales_portal.markets.models import Market
from sales_portal.orders.models import Order, OrderLine
from sales_portal.payments.models import Payment
from sales_portal.sites.models import Site

# Built once, and narrow: mails say little of the many columns, and reading them takes longer than finding them.
_ORDER = (
    select(Order).where(Order.id == bindparam("order_id")).options(
        load_only(Order.link_id, Order.site_id, Order.agent_id, Order.total_amount, Order.currency, Order.email,
                  Order.name, Order.receipt_token_sealed, Order.placed_at, raiseload=True),
        selectinload(Order.lines).load_only(
            OrderLine.kind, OrderLine.title, OrderLine.quantity, OrderLine.line_amount, OrderLine.tax_amount,
            OrderLine.is_tax_included, raiseload=True),
        joinedload(Order.payment).load_only(Payment.capture_mode, raiseload=True),
        joinedload(Order.agent).load_only(
            Staff.name, Staff.title, Staff.phone, Staff.email, Staff.is_active, raiseload=True),
        joinedload(Order.site).load_only(
            Site.name, Site.legal_name, Site.postal_address, Site.brand_color, Site.email, Site.locale,
            Site.time_zone, raiseload=True),
        joinedload(Order.link).load_only(CheckoutLink.market_id, raiseload=True)
        .joinedload(CheckoutLink.market).load_only(Market.locale, raiseload=True)))


def get_order(session: Session, order_id: int) -> Order | None:
    """An order with its lines, payment, agent and link, each as far as a mail speaks of it."""
    return session.scalars(_ORDER, {"order_id": order_id}).one_or_none()


def get_payment(session: Session, payment_id: int) -> Payment | None:
    """A payment with the visit it was for and the link."""
    link = joinedload(Payment.link)
    query = select(Payment).where(Payment.id == payment_id).options(
        joinedload(Payment.checkout_session), link.joinedload(CheckoutLink.agent),
        link.joinedload(CheckoutLink.site), link.joinedload(CheckoutLink.market),
        link.selectinload(CheckoutLink.addresses))
    return session.scalars(query).one_or_none()
