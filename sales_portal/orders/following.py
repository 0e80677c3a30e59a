"""Bringing a payment to where its provider says it stands: only forwards, and what cannot be is shown to a person."""

from sqlalchemy.orm import Session

from sales_portal.orders import alerting, giving_back, placing
from sales_portal.outbox import waking
from sales_portal.payments import steps
from sales_portal.payments.gateway import Intent
from sales_portal.payments.models import Payment

MISMATCH, CHARGED = "mismatch", "charged_without_order"
GIVEN_UP = ("cancelled", "declined")
NEVER_TAKEN = ("declined", "voided", "void_pending", "capture_failed")


def mismatch(payment: Payment, intent: Intent) -> str:
    """Why `intent` cannot be that of `payment`; empty where it can."""
    if (intent.amount, intent.currency) != (payment.amount, payment.currency):
        return (f"The provider has {intent.amount} {intent.currency} where the payment is "
                f"{payment.amount} {payment.currency} (minor units)")
    if payment.gateway_reference not in (None, intent.reference):
        return f"The provider has another intent for this payment, {payment.gateway_reference}"
    return ""


def raise_mismatch(session: Session, payment: Payment, intent: Intent, wrong: str) -> None:
    """Show a person that an intent which names `payment` is not its own."""
    alerting.raise_once(
        session, MISMATCH, f"{wrong}. Payment {payment.public_id} at {payment.gateway}: {intent.reference} was not "
        "accepted. Look it up at the provider and give back what was paid by mistake.", about_of(payment, intent))


def about_of(payment: Payment, intent: Intent) -> str:
    """How alerts name an intent."""
    return f"{payment.gateway} {intent.reference}"


def follow(session: Session, payment: Payment, intent: Intent, *, source: str) -> None:
    """Take over what the provider says of a payment that placing an order does not: its reference, that it was
    captured, or that it lives on although it was given up. In the caller's transaction."""
    session.refresh(payment, with_for_update=True)
    if payment.gateway_reference is None:
        payment.gateway_reference = intent.reference
    if payment.capture_before is None and intent.capture_before is not None:
        payment.capture_before = intent.capture_before
    session.flush()
    if intent.status == "captured" and payment.status == "capturing":
        placing.settle_capture(session, payment.id, intent, source=source)
    elif intent.status == "captured" and payment.status == "void_pending":
        # The job sees that it came too late, and gives the money back.
        waking.wake(session, "payment.void", (Payment.__tablename__, payment.id))
    elif intent.status == "captured" and payment.status in giving_back.GIVEN_UP and payment.order_id is None:
        giving_back.return_late_money(session, payment.id, source=source)
    elif intent.status == "captured" and payment.status in NEVER_TAKEN:
        alerting.raise_once(
            session, CHARGED, f"{payment.gateway} took {intent.amount} {intent.currency} (minor units) for payment "
            f"{payment.public_id}, which is {payment.status}. Give the money back.", about_of(payment, intent))
    elif intent.status == "authorised" and payment.status in GIVEN_UP:
        steps.walk(session, payment, "void_pending", source=source)
        waking.wake(session, "payment.void", (Payment.__tablename__, payment.id))
    elif intent.status == "cancelled" and payment.status == "void_pending":
        giving_back.finish_void(session, payment.id, source=source)
