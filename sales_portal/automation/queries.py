"""What mails about orders and payments need, in one read each."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from sales_portal.links.models import CheckoutLink
from sales_portal.orders.models import Order
from sales_portal.payments.models import Payment


def get_order(session: Session, order_id: int) -> Order | None:
    """An order with its lines, payment, agent and link."""
    query = select(Order).where(Order.id == order_id).options(
        selectinload(Order.lines), joinedload(Order.payment), joinedload(Order.agent), joinedload(Order.site),
        joinedload(Order.link).joinedload(CheckoutLink.market))
    return session.scalars(query).one_or_none()


def get_payment(session: Session, payment_id: int) -> Payment | None:
    """A payment with the visit it was for and the link."""
    link = joinedload(Payment.link)
    query = select(Payment).where(Payment.id == payment_id).options(
        joinedload(Payment.checkout_session), link.joinedload(CheckoutLink.agent),
        link.joinedload(CheckoutLink.site), link.joinedload(CheckoutLink.market),
        link.selectinload(CheckoutLink.addresses))
    return session.scalars(query).one_or_none()
