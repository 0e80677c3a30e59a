"""T1 and T2: an order is placed exactly once, and money is taken only for a placed order.

`place_order` may be called by the customer's return, by the worker and by both at once. Locks are always taken
in the order link, copy, payment, stock (by id), so that no two orders wait for each other. This module commits
on purpose: between asking the provider and T1 no transaction may be open.
"""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sales_portal.checkout import queries as visits
from sales_portal.checkout import signing_in, updating
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock
from sales_portal.core.trouble import insist
from sales_portal.core.writing import change
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.inventory import holding
from sales_portal.inventory.errors import OutOfStock
from sales_portal.links import deposits
from sales_portal.links import service as link_service
from sales_portal.links.models import CheckoutLink
from sales_portal.orders import balancing, giving_back, invoicing, making, queries
from sales_portal.orders.errors import NotFree, Unavailable
from sales_portal.orders.models import Order
from sales_portal.orders.queries import Seen, Standing
from sales_portal.outbox import service as outbox
from sales_portal.payments import queries as payments
from sales_portal.payments import steps
from sales_portal.payments.gateway import Gateways, Intent
from sales_portal.payments.models import Payment

LOST = ("void_pending", "voided", "refund_pending", "refunded")

@dataclass(frozen=True, slots=True)
class Placing:
    """What came of it: `placed`, `already`, `waiting`, `declined`, `cancelled` or `lost` (with the reason)."""

    outcome: str
    order_id: int | None = None
    reason: str = ""


def place_order(session: Session, payment_id: int, gateways: Gateways, *, source: str,
                seen: Seen | None = None) -> Placing:
    """Make the order of an authorised payment, or say why there is none; safe to call any number of times.

    `source` says who calls: `customer`, `worker` or `provider`; `seen` is the payment where the caller read it
    already. May raise `GatewayDown`. Commits `session`.
    """
    seen = seen or queries.see_payment(session, payment_id)
    session.commit()
    intent = _fetch(seen, gateways) if seen.status == "created" else None
    return insist(session, lambda: _settle_whole(session, seen, intent, source))


def place_free_order(session: Session, visit: CheckoutSession) -> Order:
    """Make the order of a copy that costs nothing, in the caller's transaction; no provider is asked."""
    link, copy = visits.lock_link_and_visit(session, visit.id)
    if copy.total_amount:
        raise NotFree
    _refuse_closed(link, copy)
    if signing_in.is_needed(copy, link) or link.breaks_at_sign_in:
        raise Unavailable("sign_in")
    if updating.is_behind(copy, link):
        raise Unavailable("changed")
    lines = queries.list_lines(session, copy.id)
    order = making.make_order(session, link, copy, lines, payment=None)
    _close(session, link, copy)
    making.record_placed(session, order, link, lines)
    making.mark_paid(session, order.id)
    return order


def settle_capture(session: Session, payment_id: int, intent: Intent, *, source: str,
                   standing: Standing | None = None) -> None:
    """T2: the provider took the money; the payment is captured and the order paid, or its deposit is, once.

    `standing` is the payment as it was read before the provider was asked. No lock is needed to look again: nothing
    is written unless it still stands there, and no step leads back to `capturing`.
    """
    payment = standing or queries.get_standing(session, payment_id)
    if payment.status != "capturing" or intent.status != "captured":
        return
    is_captured = steps.walk(session, payment, "captured", source=source, captured_amount=payment.amount)
    if is_captured and payment.order_id is not None:
        _note_money(session, payment.order_id, payment.purpose)


def _note_money(session: Session, order_id: int, purpose: str) -> None:
    if purpose == "deposit":
        making.record_deposit(session, order_id)
        return
    making.mark_paid(session, order_id)
    if purpose == "balance":
        # The first receipt said what was still to be paid.
        outbox.put(session, "order.receipt", (Order.__tablename__, order_id), dedupe="balance")


def _settle_whole(session: Session, seen: Seen, intent: Intent | None, source: str) -> Placing:
    try:
        placing = _settle(session, seen, intent, source)
        session.commit()
    except (Unavailable, OutOfStock) as no:
        # The stock that was taken before something was missing goes back with the transaction.
        session.rollback()
        placing = _settle(session, seen, intent, source, no)
        session.commit()
    except IntegrityError:
        # One of the unique indexes decided against us: somebody else's order stands.
        session.rollback()
        placing = _settle(session, seen, intent, source)
        session.commit()
    return placing


def _fetch(seen: Seen, gateways: Gateways) -> Intent | None:
    gateway = gateways[seen.gateway]
    if seen.reference is not None:
        return gateway.fetch(seen.reference)
    return gateway.find(seen.public_id)


def _settle(session: Session, seen: Seen, intent: Intent | None, source: str,
            refusal: Unavailable | OutOfStock | None = None) -> Placing:
    link, copy, payment = payments.lock_chain(session, seen.payment_id)
    if payment.order_id is not None:
        return Placing("already", payment.order_id)
    if payment.status in LOST:
        return Placing("lost", reason=_why_lost(link))
    if payment.status in ("declined", "cancelled"):
        return Placing(payment.status)
    if payment.status == "created":
        verdict = _judge(payment, intent)
        if verdict is not None:
            return _stop(session, payment, link, verdict, source)
    if refusal is not None:
        return Placing("lost", reason=giving_back.give_back(session, link, payment, refusal, source))
    if payment.purpose == "balance":
        return _pay_balance(session, payment, source, intent)
    return _place(session, link, copy, payment, seen, source, intent)


def _judge(payment: Payment, intent: Intent | None) -> str | None:
    """None where the provider's truth is a good yes to exactly this payment; else what to do instead."""
    if intent is None or intent.status == "open" or (payment.capture_mode == "auto" and intent.status == "authorised"):
        return "waiting"
    if (intent.payment_id, intent.amount, intent.currency) != (payment.public_id, payment.amount, payment.currency):
        return "waiting"
    return intent.status if intent.status in ("declined", "cancelled") else None


def _stop(session: Session, payment: Payment, link: CheckoutLink, verdict: str, source: str) -> Placing:
    if verdict != "waiting":
        steps.walk(session, payment, verdict, source=source)
        name = EventName.PAYMENT_DECLINED if verdict == "declined" else EventName.PAYMENT_CANCELLED
        history.record(session, name, payment, by=history.CUSTOMER, context=link)
        if verdict == "declined":
            link_service.mark_progress(session, link, "payment_failed")
    return Placing(verdict)


def _place(session: Session, link: CheckoutLink, copy: CheckoutSession, payment: Payment, seen: Seen,
           source: str, intent: Intent | None) -> Placing:
    _refuse_late(payment)
    _refuse_closed(link, copy)
    if payment.capture_mode == "auto":
        holding.release(session, payment.id)
    if deposits.due_now(link, copy.total_amount, copy.currency) != payment.amount:
        raise Unavailable("changed")
    # Whoever changes a line raises the version of its copy: the same version under the lock means the same lines.
    lines = seen.lines if seen.version == copy.version else queries.list_lines(session, copy.id)
    order = making.make_order(session, link, copy, lines, payment)
    _close(session, link, copy)
    _go_on(session, payment, order.id, source, intent)
    making.record_placed(session, order, link, lines, is_captured_next=payment.capture_mode == "manual")
    if payment.capture_mode == "auto":
        _note_money(session, order.id, payment.purpose)
    if payment.capture_mode == "by_hand":
        invoicing.issue(session, order, link)
    return Placing("placed", order.id)


def _pay_balance(session: Session, payment: Payment, source: str, intent: Intent | None) -> Placing:
    _refuse_late(payment)
    order_id = balancing.claim_order(session, payment)
    _go_on(session, payment, order_id, source, intent)
    if payment.capture_mode == "auto":
        _note_money(session, order_id, payment.purpose)
    else:
        outbox.put(session, "payment.capture", (Payment.__tablename__, payment.id))
    return Placing("placed", order_id)


def _go_on(session: Session, payment: Payment, order_id: int, source: str, intent: Intent | None) -> None:
    """Bind the payment to its order, whose money is taken next, or is here already."""
    ordered = {"manual": ("capturing",), "auto": ("captured",), "by_hand": ()}[payment.capture_mode]
    steps.walk(session, payment, *steps.agreed(payment), *ordered, source=source, order_id=order_id,
               capture_before=intent.capture_before if intent is not None else payment.capture_before,
               **_taken(payment))


def _taken(payment: Payment) -> dict[str, int]:
    """What the provider's yes took, where it takes money."""
    return {"captured_amount": payment.amount} if payment.capture_mode == "auto" else {}


def _refuse_late(payment: Payment) -> None:
    # Money that is here already may still become an order; an authorisation is simply let go.
    if payment.capture_mode != "auto" and clock.now() >= payment.started_until:
        raise Unavailable("late")


def _refuse_closed(link: CheckoutLink, copy: CheckoutSession) -> None:
    """The link may still make this order. Expiry was judged when the payment started, so it is not asked here."""
    if copy.status != "open":
        raise Unavailable("used")
    if link.status == "revoked" or link.replaced_by_id is not None:
        raise Unavailable("revoked")
    if link.status == "consumed":
        is_early = link.consumed_at is not None and copy.claimed_at < link.consumed_at
        if not (link.policy == "first_closes" and is_early):
            raise Unavailable("used")
    if link.max_orders is not None and link.orders_count >= link.max_orders:
        raise Unavailable("used")


def _close(session: Session, link: CheckoutLink, copy: CheckoutSession) -> None:
    """Use the link up as its policy says, and end the copies that can no longer be bought."""
    at = clock.now()
    count = link.orders_count + 1
    used_up = {}
    if link.status in ("active", "expired") and (link.policy != "reusable" or count == link.max_orders):
        used_up = {"status": "consumed", "consumed_at": at}
    change(session, (link, {"orders_count": count, "version": link.version + 1, "progress": "paid"} | used_up))
    making.end_copies(session, link, copy, at)


def _why_lost(link: CheckoutLink) -> str:
    return "revoked" if link.status == "revoked" else "used"
