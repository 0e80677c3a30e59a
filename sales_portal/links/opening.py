"""That a person was probably there: noted once per visitor, never for a mere fetch of the page.

What machines do is kept apart and moves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from sales_portal.core import clock
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.history.models import Event
from sales_portal.links import service
from sales_portal.links.models import CheckoutLink, LinkAddress

REMEMBERED = 200
NEVER_OPENED = ("not_sent", "sent", "delivered")
MACHINES_COUNT_AGAIN = timedelta(hours=1)
COMES_BACK = (EventName.LINK_OPENED, EventName.LINK_DECLINED, EventName.LINK_CHECKED_BY_MACHINE)


@dataclass(frozen=True, slots=True)
class Opener:
    """Who looks: an opaque mark, the public id of the address they hold, and what kind of device and browser."""

    visitor: str
    address: str = ""
    device: str = ""
    browser: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        """What the history keeps of them."""
        known = {"visitor": self.visitor, "address": self.address, "device": self.device, "browser": self.browser}
        return {name: value for name, value in known.items() if value}


@dataclass(frozen=True, slots=True)
class Opened:
    """An address of a link, whom it was given to, when they first opened it and how often; None: not yet."""

    recipient: str | None
    first_at: datetime | None
    times: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What came back of a link: who opened it, by address, whether somebody wants no more mails, and how often machines
    pressed something."""

    opened: list[Opened]
    is_declined: bool
    by_machines: int


def note_opened(session: Session, link: CheckoutLink, opener: Opener) -> bool:
    """Record that `opener` looked at a link that is open; True where it was news."""
    facts = facts_of_opening(session, link, opener)
    history.append(session, *facts)
    if facts and link.progress in (*NEVER_OPENED, "bounced"):
        service.mark_progress(session, link, "opened")
    return bool(facts)


def note_started(session: Session, link: CheckoutLink, opener: Opener) -> None:
    """Record that `opener` went on to the checkout of a link that led them there without a press."""
    history.append(session, *facts_of_opening(session, link, opener))
    service.mark_progress(session, link, "checkout_started")


def facts_of_opening(session: Session, link: CheckoutLink, opener: Opener) -> tuple[history.Fact, ...]:
    """The fact that `opener` looked at a link that is open, for who takes it further; empty where it is no news."""
    is_first = link.progress in NEVER_OPENED
    if not link.is_open(clock.now()) or (not is_first and opener.visitor in _known(session, link)):
        return ()
    return (history.fact(EventName.LINK_OPENED, link, by=history.CUSTOMER, **opener.facts),)


def note_machine(session: Session, link: CheckoutLink) -> None:
    """Record that a machine pressed something on a link: an automatic visit, told once an hour and counted nowhere."""
    last = session.scalars(
        _events(link, EventName.LINK_CHECKED_BY_MACHINE).order_by(Event.id.desc()).limit(1)).first()
    if last is None or last.at <= clock.now() - MACHINES_COUNT_AGAIN:
        history.record(session, EventName.LINK_CHECKED_BY_MACHINE, link, by=history.SYSTEM)


def read_seen(session: Session, link: CheckoutLink, addresses: Sequence[LinkAddress]) -> Seen:
    """What came back of `link`, in one statement. What was noted of no address is the first one's."""
    seen: dict[str, list[datetime]] = {}
    first, known = addresses[0].public_id, {address.public_id for address in addresses}
    events = session.scalars(_events(link, *COMES_BACK).order_by(Event.id).limit(REMEMBERED)).all()
    for event in events:
        if event.name == EventName.LINK_OPENED:
            at = str(event.data.get("address", ""))
            seen.setdefault(at if at in known else first, []).append(event.at)
    times = [(address, seen.get(address.public_id, [])) for address in addresses]
    names = [event.name for event in events]
    return Seen([Opened(address.recipient, at[0] if at else None, len(at)) for address, at in times],
                EventName.LINK_DECLINED in names, names.count(EventName.LINK_CHECKED_BY_MACHINE))


def _known(session: Session, link: CheckoutLink) -> set[str]:
    opened = _events(link, EventName.LINK_OPENED).with_only_columns(Event.data)
    seen = session.scalars(opened.order_by(Event.id.desc()).limit(REMEMBERED))
    return {str(data.get("visitor", "")) for data in seen}


def _events(link: CheckoutLink, *names: EventName) -> Select[Event]:
    return select(Event).where(
        Event.subject_type == CheckoutLink.__tablename__, Event.subject_id == link.id,
        Event.name.in_([name.value for name in names]))
