"""Finding payments, and locking one together with what it pays for."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from sales_portal.checkout.models import CheckoutSession
from sales_portal.links.models import CheckoutLink
from sales_portal.payments.models import Payment

# Statements of every purchase are built once: building one takes longer than running it.
_CHAIN = (
    select(CheckoutLink, CheckoutSession, Payment).select_from(CheckoutLink)
    .join(CheckoutSession, CheckoutSession.link_id == CheckoutLink.id)
    .join(Payment, Payment.checkout_session_id == CheckoutSession.id)
    .where(Payment.id == bindparam("payment_id"))
    .with_for_update(of=(CheckoutLink, CheckoutSession, Payment))
    .execution_options(populate_existing=True))

_LAST = (select(Payment).where(Payment.checkout_session_id == bindparam("visit_id"))
         .order_by(Payment.id.desc()).limit(1))


def lock_chain(session: Session, payment_id: int) -> tuple[CheckoutLink, CheckoutSession, Payment]:
    """A payment with its copy and link, read afresh under locks taken in the order link, copy, payment.

    One statement locks the three rows in the order of its FROM clause; everybody who needs more than one of them
    comes through here or takes them in the same order.
    """
    link, copy, payment = session.execute(_CHAIN, {"payment_id": payment_id}).one()
    return link, copy, payment


def get_last_payment(session: Session, visit_id: int) -> Payment | None:
    """The newest payment of a private copy, or None."""
    return session.scalars(_LAST, {"visit_id": visit_id}).first()
