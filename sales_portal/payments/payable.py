"""Whether a copy may be paid now: its link lives, its customer may, and what it takes of stock is there."""

from collections import Counter
from typing import cast

from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.orm import Session

from sales_portal.checkout import behalf, signing_in, updating
from sales_portal.checkout import queries as visits
from sales_portal.checkout.errors import NotOnBehalf, OfferUpdated, VisitEnded
from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock
from sales_portal.inventory.models import Stock
from sales_portal.links.errors import LinkNotOpen
from sales_portal.links.models import CheckoutLink
from sales_portal.payments.errors import SoldOut

_STOCK = cast(Table, Stock.__table__)
_LEFT = _STOCK.c.on_hand - _STOCK.c.held
_TAKING = (
    select(visits.LINES.c.line_no, visits.LINES.c.stock_id, visits.LINES.c.quantity, _LEFT.label("left"))
    .join(_STOCK, _STOCK.c.id == visits.LINES.c.stock_id)
    .where(visits.LINES.c.checkout_session_id == bindparam("visit_id"), visits.LINES.c.backorder_weeks.is_(None))
    .order_by(visits.LINES.c.line_no))
# Stock is not locked here: what it says is advice until the order is placed, so it may come with the locks.
# What a customer added may be the product of another line: only together they tell.
IS_SHORT = (
    select(visits.LINES.c.stock_id).join(_STOCK, _STOCK.c.id == visits.LINES.c.stock_id)
    .where(visits.LINES.c.checkout_session_id == visits.COPIES.c.id)
    .group_by(visits.LINES.c.stock_id, _STOCK.c.on_hand, _STOCK.c.held)
    .having(func.sum(visits.LINES.c.quantity) > _LEFT)
    .correlate(visits.COPIES).exists().label("is_short"))


def refuse_dead(link: CheckoutLink, copy: CheckoutSession) -> None:
    """Refuse with `LinkNotOpen`, `VisitEnded` or `OfferUpdated` what can no longer be paid as it stands."""
    at = clock.now()
    may_still_buy = (link.policy == "first_closes" and link.status == "consumed" and link.consumed_at is not None
                     and copy.claimed_at < link.consumed_at and (link.expires_at is None or at < link.expires_at))
    if not (link.is_open(at) or may_still_buy) or link.breaks_at_sign_in:
        raise LinkNotOpen(state=link.state(at))
    if not copy.is_living(at) or signing_in.is_needed(copy, link):
        raise VisitEnded
    try:
        behalf.account_of(copy, link, at)
    except NotOnBehalf:
        raise VisitEnded from None
    if updating.is_behind(copy, link):
        raise OfferUpdated


def refuse_sold_out(session: Session, visit_id: int) -> None:
    """Refuse with `SoldOut` where stock is missing for any line."""
    taken: Counter[int] = Counter()
    short = {}
    for line in session.execute(_TAKING, {"visit_id": visit_id}):
        left = line.left - taken[line.stock_id]
        taken[line.stock_id] += line.quantity
        if line.quantity > left:
            short[line.line_no] = max(0, left)
    if short:
        raise SoldOut(lines=short)
