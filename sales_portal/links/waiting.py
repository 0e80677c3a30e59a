"""Links made of what was sold out: they start when all of it is back."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, not_, or_, select
from sqlalchemy.orm import Session, joinedload

from sales_portal.core import clock
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.inventory.models import Stock
from sales_portal.links.models import CheckoutLink, CheckoutLinkLine

AT_ONCE = 100


def start_stocked(session: Session) -> Sequence[CheckoutLink]:
    """Let links start of which everything is in stock again, oldest first; gives them with agent, site and customer.

    One that is on hold starts too: it opens when its agent opens it.
    """
    found = session.scalars(
        select(CheckoutLink)
        .where(CheckoutLink.waits_for_stock, CheckoutLink.status == "active",
               or_(CheckoutLink.expires_at.is_(None), CheckoutLink.expires_at > clock.now()), not_(_is_short()))
        .options(joinedload(CheckoutLink.agent), joinedload(CheckoutLink.site), joinedload(CheckoutLink.customer))
        .order_by(CheckoutLink.id).limit(AT_ONCE).with_for_update(skip_locked=True, of=CheckoutLink)).all()
    for link in found:
        link.waits_for_stock = False
        link.version += 1
        history.record(session, EventName.LINK_STOCKED, link, by=history.SYSTEM)
    return found


def _is_short() -> ColumnElement[bool]:
    """Whether there is less of anything than the link's lines together take; what may follow later is not short."""
    line = CheckoutLinkLine
    return exists(
        select(Stock.id).join(line, line.stock_id == Stock.id)
        .where(line.link_id == CheckoutLink.id, line.backorder_weeks.is_(None))
        .group_by(Stock.id).having(Stock.on_hand - Stock.held < func.sum(line.quantity)).correlate(CheckoutLink))
