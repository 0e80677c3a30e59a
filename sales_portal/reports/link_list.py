"""The list of links as people look through it: filtered by what a link is, how far the customer got, and by words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from sales_portal.customers import queries as customers
from sales_portal.customers.models import Customer
from sales_portal.history.events import EventName
from sales_portal.history.models import Event
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink
from sales_portal.links.state import LinkState
from sales_portal.messaging.models import Delivery
from sales_portal.reports import searching


@dataclass(frozen=True, slots=True)
class LinkFilter:
    """What is looked for; None and an empty text leave everything in."""

    text: str = ""
    state: LinkState | None = None
    progress: str | None = None
    agent_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left out."""
        return not self.text.strip() and (self.state, self.progress, self.agent_id) == (None, None, None)


def list_links(wanted: LinkFilter, at: datetime) -> Select[CheckoutLink]:
    """The links `wanted` describes as they stand at `at`, with agent and customer, to page by `CheckoutLink.id`."""
    query = links.list_links()
    text = searching.plain(wanted.text)
    if text:
        query = query.where(_holds(text))
    if wanted.state is not None:
        query = query.where(links.is_in_state(wanted.state, at))
    if wanted.progress is not None:
        # What was delivered was sent: who looks for the one must not miss the other.
        meant = ("sent", "delivered") if wanted.progress == "sent" else (wanted.progress,)
        query = query.where(CheckoutLink.progress.in_(meant))
    if wanted.agent_id is not None:
        query = query.where(CheckoutLink.agent_id == wanted.agent_id)
    return query


def last_sent(session: Session, link_ids: Collection[int]) -> dict[int, datetime]:
    """When each of these links was last sent by the portal, in one statement; links never sent are left out."""
    if not link_ids:
        return {}
    rows = session.execute(
        select(Event.subject_id, func.max(Event.at, type_=Event.at.type))
        .where(Event.subject_type == CheckoutLink.__tablename__, Event.subject_id.in_(sorted(link_ids)),
               Event.name == EventName.LINK_SENT.value)
        .group_by(Event.subject_id)).all()
    return {row[0]: row[1] for row in rows}


def _holds(text: str) -> ColumnElement[bool]:
    people = customers.list_customers(text).with_only_columns(Customer.id)
    key = searching.key_of(text, "L", 2000)
    return or_(searching.holds(CheckoutLink.label, text), CheckoutLink.customer_id.in_(people),
               *([CheckoutLink.id == key] if key is not None else []))


def list_mails(session: Session, link: CheckoutLink, limit: int = 20) -> Sequence[Delivery]:
    """The newest mails about a link, newest first."""
    return session.scalars(
        select(Delivery).where(Delivery.subject_type == CheckoutLink.__tablename__, Delivery.subject_id == link.id)
        .order_by(Delivery.id.desc()).limit(limit)).all()
