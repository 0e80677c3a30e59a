"""What Home asks: how today went, and which links need their agent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, distinct, exists, func, literal, not_, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from sales_portal.core.money import Money
from sales_portal.history.events import EventName
from sales_portal.history.models import Event
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink
from sales_portal.links.state import LinkState
from sales_portal.orders.models import Order

SOON = timedelta(hours=48)
REMEMBERED = timedelta(days=14)
"""How long Home shows what a customer asked for and nobody answered."""
SENT = (EventName.LINK_SENT.value, EventName.LINK_COPIED.value)
UNPAID = ("opened", "checkout_started", "payment_failed", "bounced")


@dataclass(frozen=True, slots=True)
class Today:
    """Links given out and links opened since an instant, orders placed since then, and their amounts by currency."""

    sent: int
    opened: int
    paid: int
    amounts: tuple[Money, ...]


def today(session: Session, since: datetime, agent_ids: Select[Any]) -> Today:
    """What became of the links of these agents since `since`, in one statement. A link copied counts as sent."""
    both: Any = union_all(_acts(since, agent_ids), _orders(since, agent_ids))
    found: list[Any] = list(session.execute(both.order_by("what", "currency")))
    counts = {row.what: row.number for row in found if row.what != "paid"}
    paid = [row for row in found if row.what == "paid"]
    return Today(counts.get("sent", 0), counts.get("opened", 0), sum(row.number for row in paid),
                 tuple(Money(int(row.amount), row.currency) for row in paid))


def list_needing_attention(session: Session, at: datetime, agent_ids: Select[Any], most: int) -> Sequence[CheckoutLink]:
    """Links of these agents whose customer asked for something, and open ones that were opened but not paid, whose
    mail did not arrive, or that end within 48 hours; what was asked for leads, then those that end first.

    With all that acts on them ask for.
    """
    is_asked = _is_asked(at)
    ends_soon = and_(CheckoutLink.expires_at.is_not(None), CheckoutLink.expires_at <= at + SOON)
    return session.scalars(
        select(CheckoutLink)
        .where(CheckoutLink.agent_id.in_(agent_ids), or_(is_asked, and_(
            links.is_in_state(LinkState.ACTIVE, at), or_(CheckoutLink.progress.in_(UNPAID), ends_soon))))
        .options(joinedload(CheckoutLink.customer), joinedload(CheckoutLink.agent), joinedload(CheckoutLink.site),
                 joinedload(CheckoutLink.selection))
        .order_by(case((is_asked, 0), (ends_soon, 1), else_=2),
                  CheckoutLink.expires_at.nulls_last(), CheckoutLink.id.desc())
        .limit(most)).all()


def _is_asked(at: datetime) -> ColumnElement[bool]:
    """Whether a customer asked for something and nobody of the house has done anything about the link since."""
    answered = exists(select(Event.id).where(
        Event.subject_type == CheckoutLink.__tablename__, Event.subject_id == CheckoutLink.id,
        Event.actor_kind == "staff", Event.at > CheckoutLink.asked_at).correlate(CheckoutLink))
    return and_(CheckoutLink.asked_at.is_not(None), CheckoutLink.asked_at > at - REMEMBERED, not_(answered))


def _acts(since: datetime, agent_ids: Select[Any]) -> Select[Any]:
    what = case((Event.name.in_(SENT), "sent"), else_="opened")
    return (
        select(what.label("what"), literal("").label("currency"),
               func.count(distinct(Event.subject_id)).label("number"), literal(0).label("amount"))
        .join(CheckoutLink, CheckoutLink.id == Event.subject_id)
        .where(Event.at >= since, Event.subject_type == CheckoutLink.__tablename__,
               Event.name.in_((*SENT, EventName.LINK_OPENED.value)), CheckoutLink.agent_id.in_(agent_ids))
        .group_by(what))


def _orders(since: datetime, agent_ids: Select[Any]) -> Select[str, str, int, int]:
    return (
        select(literal("paid"), Order.currency, func.count(Order.id), func.sum(Order.total_amount))
        .join(Event, and_(Event.subject_type == Order.__tablename__, Event.subject_id == Order.id))
        .where(Event.at >= since, Event.name == EventName.ORDER_PLACED.value, Order.status != "cancelled",
               Order.agent_id.in_(agent_ids))
        .group_by(Order.currency))
