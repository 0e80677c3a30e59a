"""That a person was probably there: noted once per visitor, never for a mere fetch of the page."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.models import Event
from sales_portal.links import service
from sales_portal.links.models import CheckoutLink

REMEMBERED = 200
NEVER_OPENED = ("not_sent", "sent", "delivered")


def note_opened(session: Session, link: CheckoutLink, visitor: str) -> bool:
    """Record that `visitor` (an opaque mark) looked at a link that is open; True where it was news."""
    facts = facts_of_opening(session, link, visitor)
    history.append(session, *facts)
    if facts and link.progress in (*NEVER_OPENED, "bounced"):
        service.mark_progress(session, link, "opened")
    return bool(facts)


def note_started(session: Session, link: CheckoutLink, visitor: str) -> None:
    """Record that `visitor` went on to the checkout of a link that led them there without a press."""
    history.append(session, *facts_of_opening(session, link, visitor))
    service.mark_progress(session, link, "checkout_started")


def facts_of_opening(session: Session, link: CheckoutLink, visitor: str) -> tuple[history.Fact, ...]:
    """The fact that `visitor` looked at a link that is open, for who takes it further; empty where it is no news."""
    is_first = link.progress in NEVER_OPENED
    if not link.is_open(clock.now()) or (not is_first and visitor in _known(session, link)):
        return ()
    return (history.fact(EventName.LINK_OPENED, link, by=history.CUSTOMER, visitor=visitor),)


def _known(session: Session, link: CheckoutLink) -> set[str]:
    seen = session.scalars(
        select(Event.data)
        .where(Event.subject_type == CheckoutLink.__tablename__, Event.subject_id == link.id,
               Event.name == EventName.LINK_OPENED.value)
        .order_by(Event.id.desc()).limit(REMEMBERED))
    return {str(data.get("visitor", "")) for data in seen}
