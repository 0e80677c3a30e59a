"""A payment that becomes no order: it is given up, or what it took goes back, once.

All of it happens in the caller's transaction; what the provider has to be asked for are jobs.
"""

from sqlalchemy.orm import Session

from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.inventory.errors import OutOfStock
from sales_portal.links.models import CheckoutLink
from sales_portal.orders import refunding
from sales_portal.orders.errors import Unavailable
from sales_portal.outbox import service as outbox
from sales_portal.payments import queries as payments
from sales_portal.payments import steps
from sales_portal.payments.models import Payment

GIVEN_UP = ("cancelled", "void_pending", "voided")


def give_back(session: Session, link: CheckoutLink, payment: Payment, no: Unavailable | OutOfStock,
              source: str) -> str:
    """What a confirmed payment cannot buy any more: nothing is charged, or all of it goes back; the reason in a word.

    In the caller's transaction, with the locks of placing held.
    """
    reason = no.reason if isinstance(no, Unavailable) else "sold_out"
    if payment.capture_mode == "auto":
        _send_back(session, payment, *steps.agreed(payment), source=source)
    else:
        steps.walk(session, payment, *steps.agreed(payment), "void_pending", source=source)
        about = (Payment.__tablename__, payment.id)
        told = [("payment.failed", about)] if payment.purpose != "balance" else []
        outbox.put_all(session, [("payment.void", about), *told])
    _record_refused(session, link, payment, reason, was_charged=payment.capture_mode == "auto")
    return reason


def cancel_unfinished(session: Session, payment_id: int, *, source: str) -> bool:
    """Give up a payment nobody confirmed in time; False where it went on meanwhile."""
    payment = session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
    return payment.status == "created" and steps.walk(session, payment, "cancelled", source=source)


def return_late_money(session: Session, payment_id: int, *, source: str) -> None:
    """The provider took money for a payment that was given up: it goes back, once."""
    link, _, payment = payments.lock_chain(session, payment_id)
    if payment.status in GIVEN_UP and payment.order_id is None:
        _send_back(session, payment, source=source)
        _record_refused(session, link, payment, "late", was_charged=True)


def finish_void(session: Session, payment_id: int, *, source: str) -> None:
    """The provider gave the authorisation up: the payment is voided, once."""
    payment = session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
    if payment.status == "void_pending" and steps.walk(session, payment, "voided", source=source):
        link = history.Reference(CheckoutLink.__tablename__, payment.link_id)
        history.record(session, EventName.PAYMENT_VOIDED, payment, by=history.SYSTEM, context=link)


def _record_refused(session: Session, link: CheckoutLink, payment: Payment, reason: str, *, was_charged: bool) -> None:
    # The order of a balance stands, or its end was written down.
    if payment.purpose != "balance":
        history.record(session, EventName.ORDER_REFUSED, payment, by=history.SYSTEM, context=link, reason=reason,
                       was_charged=was_charged)


def _send_back(session: Session, payment: Payment, *path: str, source: str) -> None:
    """The money is here and there is no order for it: it goes back, and its owner is told so."""
    steps.walk(session, payment, *path, "refund_pending", source=source, captured_amount=payment.amount)
    refunding.refund_whole(session, payment)
    outbox.put(session, "payment.returning", (Payment.__tablename__, payment.id))
