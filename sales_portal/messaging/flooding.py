"""V189: nobody makes the portal fill a stranger's mailbox."""

from datetime import timedelta

from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.messaging import queries
from sales_portal.messaging.errors import TooManyMails
from sales_portal.messaging.models import BY_PEOPLE

A_DAY = timedelta(days=1)
MOST_FROM_STAFF = 20
MOST_FROM_ANYONE = 3
ASKED_FOR_BY_ANYONE = ("link-saved",)


def refuse_too_many(session: Session, recipient: str, *, is_staff: bool) -> None:
    """Refuse with `TooManyMails` where `recipient` was sent enough within a day, by staff or by anyone else."""
    templates, most = ((BY_PEOPLE, MOST_FROM_STAFF) if is_staff
                       else (ASKED_FOR_BY_ANYONE, MOST_FROM_ANYONE))
    if queries.count_to(session, recipient, templates, clock.now() - A_DAY) >= most:
        raise TooManyMails(recipient=recipient)
