"""A customer's bank asks money back: written down beside the payment, which it does not move."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.links.models import CheckoutLink
from sales_portal.orders import alerting
from sales_portal.orders.models import Order, number_of
from sales_portal.orders.undo_models import Dispute
from sales_portal.payments import gateway
from sales_portal.payments.models import Payment

STRANGE = "strange_dispute"


def follow(session: Session, payment: Payment, said: gateway.Dispute) -> None:
    """Take over what the provider says of a dispute; one over no sum of the payment's currency goes to a person."""
    if said.amount > 0 and said.currency == payment.currency:
        record_dispute(session, payment.id, said.reference, amount=said.amount, reason=said.reason, status=said.status)
    else:
        alerting.raise_once(
            session, STRANGE, f"{payment.gateway} reports the dispute {said.reference} over {said.amount} "
            f"{said.currency} (minor units), {said.status}, where payment {payment.public_id} is in "
            f"{payment.currency}. It is not shown at the order: look it up at the provider.",
            f"{payment.gateway} {said.reference}")


def record_dispute(session: Session, payment_id: int, reference: str, *, amount: int, reason: str = "",
                   status: str = "open") -> Dispute:
    """Write down what the provider says now of the dispute `reference`; the same news again changes nothing.

    `status` is `open`, `won` or `lost`. One that ended stays as it ended: news may arrive in any order.
    """
    payment = session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
    known = session.scalars(select(Dispute).where(Dispute.reference == reference)).first()
    if known is None:
        known = _open(session, payment, reference, amount, reason, status)
    elif known.status == "open" and status != "open":
        known.status, known.changed_at = status, clock.now()
        session.flush()
        _record(session, EventName.PAYMENT_DISPUTE_ENDED, payment, known)
    return known


def _open(session: Session, payment: Payment, reference: str, amount: int, reason: str, status: str) -> Dispute:
    at = clock.now()
    dispute = Dispute(payment_id=payment.id, reference=reference, amount=amount, currency=payment.currency,
                      reason=reason[:60], status=status, opened_at=at, changed_at=at)
    session.add(dispute)
    session.flush()
    _record(session, EventName.PAYMENT_DISPUTED, payment, dispute)
    return dispute


def _record(session: Session, name: EventName, payment: Payment, dispute: Dispute) -> None:
    subject = (history.Reference(Order.__tablename__, payment.order_id) if payment.order_id is not None
               else history.Reference(Payment.__tablename__, payment.id))
    number = number_of(payment.order_id) if payment.order_id is not None else ""
    history.record(session, name, subject, by=history.SYSTEM,
                   context=history.Reference(CheckoutLink.__tablename__, payment.link_id), order=number,
                   amount=dispute.amount, currency=dispute.currency, dispute_status=dispute.status,
                   reason=dispute.reason)
