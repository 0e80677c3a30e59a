"""Money goes back: asked for, agreed to, done by the provider, and counted once.

A payment in `refund_pending` is held by the one refund that is under way, so no two are measured against the same
money; locks are taken in the order link, copy, payment.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Row, Select, Table, bindparam, select, update
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.core import clock, lifecycle, tokens
from sales_portal.core.errors import Invalid
from sales_portal.core.money import Money
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.service import Actor
from sales_portal.links.models import CheckoutLink
from sales_portal.orders import undoing
from sales_portal.orders.errors import AlreadyDecided, NothingToRefund, RefundChanged, RefundOpen
from sales_portal.orders.models import OrderLine
from sales_portal.orders.undo_models import REFUND_REASONS, Refund
from sales_portal.orders.undoing import Case
from sales_portal.outbox import service as outbox
from sales_portal.payments import queries as payments
from sales_portal.payments import steps
from sales_portal.payments.models import Payment

GIVEN_BY_PEOPLE = tuple(reason for reason in REFUND_REASONS if reason not in ("cancelled", "no_order"))
LONGEST_FAILURE = 300
ASKED, ANSWERED = "refund.request", "refund.answer"
"""The topics that tell those who may decide, and whoever asked."""

_REFUNDS, _PAYMENTS = cast(Table, Refund.__table__), cast(Table, Payment.__table__)
_STANDING: Select[*tuple[Any, ...]] = (
    select(*(_REFUNDS.c[name] for name in ("id", "payment_id", "order_id", "status", "amount", "idempotency_key")),
           _PAYMENTS.c.gateway, _PAYMENTS.c.gateway_reference, _PAYMENTS.c.public_id)
    .join(_PAYMENTS, _PAYMENTS.c.id == _REFUNDS.c.payment_id).where(_REFUNDS.c.id == bindparam("refund_id")))
_RAISED = (
    update(_PAYMENTS)
    .where(_PAYMENTS.c.id == bindparam("key"),
           _PAYMENTS.c.refunded_amount + bindparam("by") <= _PAYMENTS.c.captured_amount)
    .values(refunded_amount=_PAYMENTS.c.refunded_amount + bindparam("by"))
    .returning(_PAYMENTS.c.captured_amount - _PAYMENTS.c.refunded_amount))


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to give back, and why; `left` is what their page said could be.

    `items` are pieces by line number, where it is about some of them; they change no amount.
    """

    amount: int
    left: int
    reason: str
    note: str = ""
    items: Mapping[int, int] = field(default_factory=dict)


def ask_refund(session: Session, order_id: int, wish: Wish, *, person: Staff, may_decide: bool) -> Refund:
    """Give money back, or ask for it where `person` may not decide or the amount needs a second person.

    The same page sent twice is one refund: the second time what is left is no longer what the page said. After a
    deposit what was paid last goes back first; where that is not enough there is a second refund, and the first is
    given.
    """
    case = undoing.lock_case(session, order_id)
    case.refuse_open()
    note, items = _check(session, case, wish)
    is_agreed = may_decide and not case.needs_second(wish.amount)
    refunds: list[Refund] = []
    for payment, amount in _split(case, wish.amount):
        refund = _write(session, payment, amount, wish.reason, person.id, "pending" if is_agreed else "asked",
                        note=note, items=[] if refunds else items)
        if is_agreed:
            start(session, case, refund)
        else:
            outbox.put(session, ASKED, (Refund.__tablename__, refund.id))
        name = EventName.REFUND_APPROVED if is_agreed else EventName.REFUND_ASKED
        _record(session, name, case, refund, person.actor)
        refunds.append(refund)
    return refunds[0]


def agree(session: Session, refund: Refund, *, person: Staff) -> None:
    """Say yes to a refund somebody else asked for; the money goes back then."""
    case = _lock(session, refund)
    undoing.refuse_own(refund.asked_by_id, refund.status, person.id)
    if refund.amount > undoing.left_of(case.payment_of(refund)):
        raise RefundChanged(number=case.number)
    refund.status, refund.decided_by_id, refund.decided_at = "pending", person.id, clock.now()
    session.flush()
    start(session, case, refund)
    outbox.put(session, ANSWERED, (Refund.__tablename__, refund.id))
    _record(session, EventName.REFUND_APPROVED, case, refund, person.actor)


def refuse(session: Session, refund: Refund, *, person: Staff) -> None:
    """Say no to a refund, or take back what one asked for oneself."""
    case = _lock(session, refund)
    if refund.status != "asked":
        raise AlreadyDecided
    at = clock.now()
    refund.status, refund.decided_by_id, refund.decided_at, refund.finished_at = "refused", person.id, at, at
    session.flush()
    if refund.asked_by_id != person.id:
        outbox.put(session, ANSWERED, (Refund.__tablename__, refund.id))
    _record(session, EventName.REFUND_REFUSED, case, refund, person.actor)


def refund_left(session: Session, case: Case, payment: Payment, *, asked_by_id: int | None) -> None:
    """Give back all that is left of a payment of a cancelled order; the caller holds its locks."""
    if left := undoing.left_of(payment):
        start(session, case, _write(session, payment, left, "cancelled", asked_by_id, "pending"))


def refund_whole(session: Session, payment: Payment) -> None:
    """Give back all that a payment took of which no order came; it is locked, and in `refund_pending` already."""
    refund = _write(session, payment, payment.captured_amount, "no_order", None, "pending")
    outbox.put(session, "payment.refund", (Refund.__tablename__, refund.id))


def start(session: Session, case: Case, refund: Refund) -> None:
    """Hold the payment for `refund` and have the provider asked."""
    payment = case.payment_of(refund)
    if payment.status != "refund_pending" and not steps.walk(session, payment, "refund_pending", source="staff"):
        raise RefundOpen(number=case.number, state=undoing.STATES["pending"])
    outbox.put(session, "payment.refund", (Refund.__tablename__, refund.id))


def get_standing(session: Session, refund_id: int) -> Row[Any]:
    """Where a refund stands and whom to ask for it, read without a lock."""
    return session.execute(_STANDING, {"refund_id": refund_id}).one()


def settle_refund(session: Session, refund_id: int) -> None:
    """The provider gave the money back: the refund is done and counted, once."""
    seen = get_standing(session, refund_id)
    payment = payments.lock_chain(session, seen.payment_id)[2]
    if not lifecycle.move(session, Refund, refund_id, "pending", "done", finished_at=clock.now()):
        return
    left: int = session.execute(_RAISED, {"key": payment.id, "by": seen.amount}).scalar_one()
    steps.walk(session, payment, "captured" if left else "refunded", source="worker")
    if seen.order_id is None:
        link = history.Reference(CheckoutLink.__tablename__, payment.link_id)
        history.record(session, EventName.PAYMENT_REFUNDED, payment, by=history.SYSTEM, context=link,
                       total=seen.amount, currency=payment.currency)
        return
    case, refund = undoing.lock_case(session, seen.order_id), _afresh(session, refund_id)
    _record(session, EventName.ORDER_REFUNDED, case, refund, _who(session, refund), left=case.left)
    outbox.put(session, "order.refunded", (Refund.__tablename__, refund_id))


def fail_refund(session: Session, refund_id: int, why: str) -> None:
    """The provider refused for good: nothing went back, and a person has to look.

    A payment whose order was cancelled, or never was, stays in `refund_pending`: nobody may keep that money.
    """
    seen = get_standing(session, refund_id)
    payment = payments.lock_chain(session, seen.payment_id)[2]
    if not lifecycle.move(session, Refund, refund_id, "pending", "failed", finished_at=clock.now(),
                          failure=why[:LONGEST_FAILURE]):
        return
    if seen.order_id is None:
        return
    case = undoing.lock_case(session, seen.order_id)
    if case.order.status != "cancelled":
        steps.walk(session, payment, "captured", source="worker")
    _record(session, EventName.REFUND_FAILED, case, _afresh(session, refund_id), history.SYSTEM, reason=why)


def _check(session: Session, case: Case, wish: Wish) -> tuple[str, list[list[int]]]:
    if not case.left:
        raise NothingToRefund(number=case.number)
    if wish.left != case.left:
        raise RefundChanged(number=case.number)
    most = Money(case.left, case.order.currency).format()
    if not 0 < wish.amount <= case.left:
        raise Invalid("amount", f"Enter an amount up to {most}, which is what is left")
    if case.order.status == "cancelled" and wish.amount != case.left:
        raise Invalid("amount", f"The order is cancelled, so all that is left goes back: {most}")
    return undoing.plain_reason(wish.reason, wish.note, GIVEN_BY_PEOPLE), _check_items(session, case, wish.items)


def _check_items(session: Session, case: Case, items: Mapping[int, int]) -> list[list[int]]:
    if not items:
        return []
    bought = select(OrderLine.line_no, OrderLine.quantity).where(
        OrderLine.order_id == case.order.id, OrderLine.kind == "item")
    there = Counter({row.line_no: row.quantity for row in session.execute(bought)})
    for earlier in session.scalars(select(Refund.items).where(
            Refund.order_id == case.order.id, Refund.status == "done")):
        for line_no, pieces in earlier:
            there[line_no] -= pieces
    for line_no, pieces in items.items():
        if not 0 < pieces <= there[line_no]:
            raise Invalid(f"pieces-{line_no}", f"Enter a whole number up to {max(there[line_no], 0)}")
    return sorted([line_no, pieces] for line_no, pieces in items.items())


def _split(case: Case, amount: int) -> Iterator[tuple[Payment, int]]:
    """From which payments `amount` goes back, the newest first."""
    for payment in reversed(case.payments):
        part = min(amount, undoing.left_of(payment))
        amount -= part
        if part:
            yield payment, part


def _write(session: Session, payment: Payment, amount: int, reason: str, asked_by_id: int | None, status: str, *,
           note: str = "", items: list[list[int]] | None = None) -> Refund:
    refund = Refund(
        payment_id=payment.id, order_id=payment.order_id, amount=amount, currency=payment.currency,
        reason=reason, note=note, items=items or [], status=status, asked_by_id=asked_by_id, asked_at=clock.now(),
        idempotency_key=f"refund:{tokens.new_public_id()}")
    session.add(refund)
    session.flush()
    return refund


def _lock(session: Session, refund: Refund) -> Case:
    if refund.order_id is None:
        raise AlreadyDecided
    case = undoing.lock_case(session, refund.order_id)
    session.refresh(refund, Refund.__table__.columns.keys())
    return case


def _afresh(session: Session, refund_id: int) -> Refund:
    return session.get_one(Refund, refund_id, populate_existing=True)


def _who(session: Session, refund: Refund) -> Actor:
    key = refund.decided_by_id or refund.asked_by_id
    return session.get_one(Staff, key).actor if key is not None else history.SYSTEM


def _record(session: Session, name: EventName, case: Case, refund: Refund, by: Actor, **more: object) -> None:
    history.record(session, name, case.subject, by=by, context=case.context, order=case.number, amount=refund.amount,
                   currency=refund.currency, refund_reason=refund.reason, note=refund.note, **more)
