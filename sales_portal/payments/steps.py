"""Moving a payment along its legal steps, each written down once."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, insert
from sqlalchemy.orm import Session

from sales_portal.core import clock, lifecycle
from sales_portal.core.writing import know
from sales_portal.inventory import holding
from sales_portal.payments.models import Payment, PaymentEvent

# The table, not the entity: nobody needs the rows back.
_WRITTEN_DOWN = insert(cast(Table, PaymentEvent.__table__))


def begin(session: Session, payment_id: int, at: datetime, *, source: str) -> None:
    """Write down the first step of a payment that was just made."""
    session.execute(_WRITTEN_DOWN, {"payment_id": payment_id, "seq": 1, "from_status": "new", "to_status": "created",
                                    "at": at, "source": source})


def walk(session: Session, payment: Payment | Row[Any], *path: str, source: str, **values: object) -> bool:
    """Take `payment` from the status it was read with through `path`, in one update and one insert.

    False where somebody moved it first: nothing is written then. A step that is not legal breaks the foreign key
    to `payment_transitions`. The row should be locked where more than the status depends on it. Stock that was held
    for it is let go as it leaves `created`: from then on it is sold, or anybody's.
    """
    at, first, done = clock.now(), payment.status, payment.steps_count
    values |= {"changed_at": at, "steps_count": done + len(path)}
    if not lifecycle.move(session, Payment, payment.id, first, path[-1], **values):
        return False
    if isinstance(payment, Payment):
        know(payment, **{"status": path[-1]} | values)
    rows, before = [], first
    for seq, status in enumerate(path, done + 1):
        rows.append({"payment_id": payment.id, "seq": seq, "from_status": before, "to_status": status, "at": at,
                     "source": source})
        before = status
    session.execute(_WRITTEN_DOWN, rows)
    if first == "created" and payment.capture_mode == "auto":
        holding.release(session, payment.id)
    return True


def agreed(payment: Payment) -> tuple[str, ...]:
    """The step the provider's yes is, where it is not written down yet."""
    if payment.status != "created":
        return ()
    return ("captured_auto",) if payment.capture_mode == "auto" else ("authorised",)
