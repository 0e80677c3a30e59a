"""Finding payments, and locking one together with what it pays for."""

from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from sales_portal.checkout import queries as visits
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core.reading import Reading, read
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink
from sales_portal.payments.models import Payment

# Statements of every purchase are built once: building one takes longer than running it.
_PAYMENTS, _PAYMENT = cast(Table, Payment.__table__), Reading(Payment)
_CHAIN = (
    select(*links.LINK.columns, *visits.COPY.columns, *_PAYMENT.columns).select_from(
        links.LINKS.join(visits.COPIES, visits.COPIES.c.link_id == links.LINKS.c.id)
        .join(_PAYMENTS, _PAYMENTS.c.checkout_session_id == visits.COPIES.c.id))
    .where(_PAYMENTS.c.id == bindparam("payment_id"))
    .with_for_update(of=(links.LINKS, visits.COPIES, _PAYMENTS)))

_LAST = (select(Payment).where(Payment.checkout_session_id == bindparam("visit_id"))
         .order_by(Payment.id.desc()).limit(1))


def lock_chain(session: Session, payment_id: int) -> tuple[CheckoutLink, CheckoutSession, Payment]:
    """A payment with its copy and link, read afresh under locks taken in the order link, copy, payment.

    One statement locks the three rows in the order of its FROM clause; everybody who needs more than one of them
    comes through here or takes them in the same order.
    """
    row = session.execute(_CHAIN, {"payment_id": payment_id}).one()
    link, copy, payment = read(session, row, links.LINK, visits.COPY, _PAYMENT, afresh=True)
    return link, copy, payment


def get_payment(session: Session, public_id: str) -> Payment | None:
    """The payment a provider knows by `public_id`, or None."""
    return session.scalars(select(Payment).where(Payment.public_id == public_id)).one_or_none()


def get_last_payment(session: Session, visit_id: int) -> Payment | None:
    """The newest payment of a private copy, or None."""
    return session.scalars(_LAST, {"visit_id": visit_id}).first()
