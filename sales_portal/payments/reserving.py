"""What a payment that takes the money at once reserves: its link, where one may be paid once, and the stock.

The customer is told an end that is `GRACE` before ours, so that who confirms in the last moment is not too late. At
ours the provider's session is ended first, and only then is the stock let go.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Row, ScalarSelect, Table, bindparam, select
from sqlalchemy.orm import Session

from sales_portal.checkout import queries as visits
from sales_portal.core import clock
from sales_portal.core.writing import change
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.inventory import holding
from sales_portal.links import queries as links
from sales_portal.outbox import service as outbox
from sales_portal.payments import queries
from sales_portal.payments.errors import NoMoreTime
from sales_portal.payments.models import Payment

SESSION = timedelta(minutes=15)
GRACE = timedelta(minutes=5)
WINDOW = SESSION + GRACE
EXTENSION = timedelta(minutes=10)
"""How much longer a customer may ask for, once."""
TOPIC = "payment.expire"

_PAYMENTS = cast(Table, Payment.__table__)
_IS_LEASE = (_PAYMENTS.c.is_leased, _PAYMENTS.c.status.in_(("created", "captured_auto")))
_LEASE = (
    select(_PAYMENTS.c.started_until, _PAYMENTS.c.checkout_session_id)
    .where(_PAYMENTS.c.link_id == bindparam("link_id"), *_IS_LEASE))
_WANTED = (
    select(visits.LINES.c.stock_id, visits.LINES.c.quantity)
    .where(visits.LINES.c.checkout_session_id == bindparam("visit_id"), visits.LINES.c.backorder_weeks.is_(None),
           visits.LINES.c.stock_id.is_not(None)))


def others_lease() -> ScalarSelect[datetime]:
    """Beside the rows of a link and a copy: until when another copy's payment has the link; NULL where none has."""
    return (
        select(_PAYMENTS.c.started_until)
        .where(_PAYMENTS.c.link_id == links.LINKS.c.id, _PAYMENTS.c.checkout_session_id != visits.COPIES.c.id,
               *_IS_LEASE)
        .correlate(links.LINKS, visits.COPIES).scalar_subquery())


def leased_until(session: Session, link_id: int, visit_id: int | None = None) -> datetime | None:
    """Until when a payment of another copy than this one has the link; None where none has."""
    lease = session.execute(_LEASE, {"link_id": link_id}).first()
    return lease.started_until if lease is not None and lease.checkout_session_id != visit_id else None


def hold_stock(session: Session, payment_id: int, visit_id: int, until: datetime) -> None:
    """Hold what the copy's lines take of stock, and see to it that it is let go; refuses with `OutOfStock`."""
    wanted: Counter[int] = Counter()
    for line in session.execute(_WANTED, {"visit_id": visit_id}):
        wanted[line.stock_id] += line.quantity
    holding.hold(session, payment_id, wanted, until)
    outbox.put_all(session, [(TOPIC, (Payment.__tablename__, payment_id))], not_before=until)


def extend(session: Session, payment_id: int) -> None:
    """Keep what is held for a payment `EXTENSION` longer, once; refuses with `NoMoreTime`."""
    link, _, payment = queries.lock_chain(session, payment_id)
    if not may_extend(payment, clock.now()):
        raise NoMoreTime
    until = payment.started_until + EXTENSION
    if not holding.prolong(session, payment.id, until):
        raise NoMoreTime
    change(session, (payment, {"started_until": until, "extended_at": clock.now()}))
    outbox.put(session, TOPIC, (Payment.__tablename__, payment.id), dedupe="extended", not_before=until)
    history.record(session, EventName.PAYMENT_PROLONGED, payment, by=history.CUSTOMER, context=link)


def is_holding(payment: Payment | Row[Any], at: datetime) -> bool:
    """Whether stock is held for `payment`, as far as its customer is told."""
    is_running: bool = payment.status == "created" and payment.capture_mode == "auto"
    return is_running and at < held_until(payment)


def held_until(payment: Payment | Row[Any]) -> datetime:
    """The end its customer is told."""
    end: datetime = payment.started_until - GRACE
    return end


def may_extend(payment: Payment | Row[Any], at: datetime) -> bool:
    """Whether its customer may still ask for more time."""
    return is_holding(payment, at) and payment.extended_at is None
