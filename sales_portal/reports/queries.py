"""What Home asks: how today went, and which links need their agent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, distinct, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from sales_portal.core.money import Money
from sales_portal.history.events import EventName
from sales_portal.history.models import Event
from sales_portal.links.models import CheckoutLink
from sales_portal.links.state import LinkState
from sales_portal.orders.models import Order
from sales_portal.reports import link_list

SOON = timedelta(hours=48)
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
    """Open links of these agents that were opened but not paid, whose mail did not arrive, or that end within 48 hours;
    those that end first lead."""
    ends_soon = and_(CheckoutLink.expires_at.is_not(None), CheckoutLink.expires_at <= at + SOON)
    return session.scalars(
        select(CheckoutLink)
        .where(CheckoutLink.agent_id.in_(agent_ids), link_list.is_in_state(LinkState.ACTIVE, at),
               or_(CheckoutLink.progress.in_(UNPAID), ends_soon))
        .options(joinedload(CheckoutLink.customer), joinedload(CheckoutLink.agent))
        .order_by(case((ends_soon, 0), else_=1), CheckoutLink.expires_at.nulls_last(), CheckoutLink.id.desc())
        .limit(most)).all()


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
