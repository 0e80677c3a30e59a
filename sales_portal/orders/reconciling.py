"""Payments and the provider's own list, compared both ways: what one knows and the other does not is found here.

After a restore of yesterday's database the provider knows payments that the portal forgot. They are shown to a person;
no money is moved for them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.orders import alerting, following
from sales_portal.outbox import waking
from sales_portal.payments.gateway import Intent
from sales_portal.payments.models import Payment

WINDOW = timedelta(hours=48)
SLACK = timedelta(minutes=5)
"""What changed within it may stand on one side only."""
ORPHAN, MISSING, DIFFERS = "orphan_intent", "missing_at_provider", "differs_from_provider"
WORTH = {
    "open": "It may still be paid: give it up there.",
    "authorised": "The customer's money is reserved: give it up there, or make the order anew and let them pay it.",
    "captured": "The customer was charged: find or make the order it was for, or give the money back."}
"""What may be done about an intent no payment belongs to; those that are over are left alone."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference: a payment that is behind its `intent`, or with a `code` something for a person."""

    code: str
    about: str
    text: str
    payment_id: int | None = None
    intent: Intent | None = None


def compare(session: Session, gateway: str, intents: Sequence[Intent], *, since: datetime,
            listed_at: datetime) -> list[Finding]:
    """Every difference between what the provider listed at `listed_at` and the payments since `since`; only reads."""
    known = {payment.public_id: payment for payment in _payments_of(session, gateway, intents)}
    found = [finding for intent in intents
             for finding in _look_at(gateway, intent, known.get(intent.payment_id), listed_at)]
    return found + list(_missing(session, gateway, {intent.reference for intent in intents}, since, listed_at))


def settle(session: Session, findings: Iterable[Finding]) -> None:
    """Bring payments that are behind up to date, and show a person the rest, each thing once."""
    for finding in findings:
        if finding.payment_id is None or finding.intent is None:
            alerting.raise_once(session, finding.code, finding.text, finding.about)
            continue
        payment = session.get_one(Payment, finding.payment_id)
        following.follow(session, payment, finding.intent, source="sweeper")
        if payment.status in ("created", "authorised"):
            waking.wake(session, "payment.resolve", (Payment.__tablename__, payment.id))


def _payments_of(session: Session, gateway: str, intents: Sequence[Intent]) -> Iterator[Payment]:
    for first in range(0, len(intents), AT_ONCE):
        some = intents[first:first + AT_ONCE]
        yield from session.scalars(select(Payment).where(
            Payment.gateway == gateway, Payment.public_id.in_([intent.payment_id for intent in some])))


def _look_at(gateway: str, intent: Intent, payment: Payment | None, listed_at: datetime) -> Iterator[Finding]:
    about = f"{gateway} {intent.reference}"
    if payment is None:
        if intent.status in WORTH:
            yield Finding(ORPHAN, about, f"{gateway} has {intent.reference}, {intent.status}, {_sum(intent)}, for "
                          f"payment {intent.payment_id or '(none)'}, which is not known here. {WORTH[intent.status]}")
    elif wrong := following.mismatch(payment, intent):
        if intent.status in WORTH:
            yield Finding(following.MISMATCH, about, f"{wrong}. {gateway} has {intent.reference}, {intent.status}, for "
                          f"payment {payment.public_id}. {WORTH[intent.status]}")
    elif _is_behind(payment, intent):
        yield Finding("", about, "", payment.id, intent)
    elif payment.captured_amount and intent.status != "captured" and payment.changed_at < listed_at - SLACK:
        yield Finding(DIFFERS, about, f"Payment {payment.public_id} counts as {payment.status}, and {gateway} says "
                      f"that {intent.reference} is {intent.status}: the order may not be paid.")


def _is_behind(payment: Payment, intent: Intent) -> bool:
    if intent.status == "captured":
        return payment.status in (*following.NEVER_TAKEN, "created", "authorised", "capturing")
    if intent.status == "authorised":
        return payment.status in (*following.GIVEN_UP, "created", "authorised")
    return intent.status == "cancelled" and payment.status == "void_pending"


def _missing(session: Session, gateway: str, listed: set[str], since: datetime,
             listed_at: datetime) -> Iterator[Finding]:
    ours: Iterable[Any] = session.execute(select(Payment.public_id, Payment.gateway_reference, Payment.status).where(
        Payment.gateway == gateway, Payment.gateway_reference.is_not(None), Payment.created_at > since + SLACK,
        Payment.created_at < listed_at - SLACK).order_by(Payment.id))
    for payment in ours:
        if payment.gateway_reference not in listed:
            yield Finding(MISSING, f"{gateway} {payment.gateway_reference}", f"Payment {payment.public_id} is "
                          f"{payment.status}, and {gateway} does not list {payment.gateway_reference}.")


def _sum(intent: Intent) -> str:
    return f"{intent.amount} {intent.currency} in minor units"
