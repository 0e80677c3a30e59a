"""The balance of an order that was placed by a deposit: paid once, by the way the deposit was.

Locks are taken in the order link, copy, payment; the order's own row after them.
"""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, select
from sqlalchemy.orm import Session

from sales_portal.checkout import queries as visits
from sales_portal.orders.errors import BalanceNotDue, Unavailable
from sales_portal.orders.models import Order
from sales_portal.payments import starting
from sales_portal.payments.errors import PaymentRunning, ProviderDown, TooManyAttempts
from sales_portal.payments.gateway import Gateways
from sales_portal.payments.methods import Way
from sales_portal.payments.models import LIVE, Payment
from sales_portal.payments.starting import Promised, Started
from sales_portal.sites.methods import METHODS

_ORDERS = cast(Table, Order.__table__)
_DUE = (
    select(_ORDERS.c.id, _ORDERS.c.status, _ORDERS.c.outstanding_amount, _ORDERS.c.payment_id)
    .where(_ORDERS.c.checkout_session_id == bindparam("visit_id")).with_for_update())


@dataclass(frozen=True, slots=True)
class Standing:
    """What was `paid` of an order, and how its rest stands: `due`, `running` to us, to be paid `later`, or empty.

    `last` is where the last attempt to pay it stands, empty where there was none.
    """

    state: str
    paid: int
    last: str = ""


def start_balance(session: Session, order: Order, gateways: Gateways, *, return_url: str) -> Started:
    """Promise a payment of what is outstanding and ask the provider for it; the same order twice is the same payment.

    Refuses with `BalanceNotDue`, `PaymentRunning`, `TooManyAttempts`, `AmountNotTaken` or `ProviderDown`. Commits
    `session`.
    """
    visit_id, number = order.checkout_session_id, order.number
    link, copy = visits.lock_link_and_visit(session, visit_id)
    due = session.execute(_DUE, {"visit_id": visit_id}).one()
    attempts = session.execute(starting.ATTEMPTS, {"visit_id": visit_id}).all()
    deposit = next((payment for payment in attempts if payment.id == due.payment_id), None)
    # As long as the deposit is not here, or goes back, nothing more is asked.
    if due.status != "placed" or not due.outstanding_amount or deposit is None or deposit.status != "captured":
        raise BalanceNotDue(number=number)
    way = _way_of(deposit, gateways)
    promised = _running([payment for payment in attempts if payment.purpose == "balance"])
    if promised is None:
        starting.refuse_beyond(way, due.outstanding_amount, copy.currency)
        promised, _ = starting.promise(session, link, copy, way, due.outstanding_amount, "balance")
    return starting.ask_provider(session, promised, way, f"{link.site.name} {number}", return_url)


def claim_order(session: Session, payment: Payment) -> int:
    """The order a confirmed balance pays, its row locked; raises `Unavailable` where nothing is due any more."""
    due = session.execute(_DUE, {"visit_id": payment.checkout_session_id}).one()
    if due.status != "placed" or due.outstanding_amount != payment.amount:
        raise Unavailable("not_due")
    return int(due.id)


def stand_of(session: Session, order: Order) -> Standing:
    """How far the customer of `order` got with paying it; no statement where nothing is outstanding."""
    if not order.outstanding_amount:
        return Standing("", order.total_amount if order.paid_at else 0)
    attempts = session.execute(starting.ATTEMPTS, {"visit_id": order.checkout_session_id}).all()
    deposit = next(payment for payment in attempts if payment.id == order.payment_id)
    last = next((payment.status for payment in reversed(attempts) if payment.purpose == "balance"), "")
    return Standing(_state(order, deposit.status, last), deposit.captured_amount, last)


def _state(order: Order, deposit: str, last: str) -> str:
    if order.status != "placed" or deposit == "refunded":
        return ""
    if deposit != "captured":
        return "later"
    return "running" if last in LIVE and last != "created" else "due"


def _running(attempts: list[Row[Any]]) -> Promised | None:
    """The promise a customer may go on with; refuses where one went on already."""
    running = next((payment for payment in attempts if payment.status in LIVE), None)
    if running is not None and not starting.is_fresh(running):
        raise PaymentRunning
    if len(attempts) >= starting.MAX_ATTEMPTS:
        raise TooManyAttempts
    return starting.promised_before(running) if running is not None else None


def _way_of(deposit: Row[Any], gateways: Gateways) -> Way:
    if deposit.gateway not in gateways:
        raise ProviderDown
    return Way(METHODS[deposit.method], gateways[deposit.gateway])
