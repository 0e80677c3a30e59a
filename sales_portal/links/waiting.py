"""What was sold out: links that start when all of it is back, and customers who want to be told."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from sales_portal.core import clock
from sales_portal.customers import service as customers
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.inventory.models import Stock
from sales_portal.links import queries
from sales_portal.links.models import CheckoutLink, CheckoutLinkLine
from sales_portal.links.notice_models import StockWish
from sales_portal.links.state import LinkState

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


def wish_for_stock(session: Session, link: CheckoutLink, email: str, name: str) -> None:
    """Have `email` told once when what `link` offers is back; asking again changes nothing, or asks anew once told."""
    email = customers.clean_email(email)
    wish = session.scalars(select(StockWish).where(StockWish.link_id == link.id, StockWish.email == email)).first()
    if wish is None:
        session.add(StockWish(link_id=link.id, email=email, name=name, asked_at=clock.now()))
    elif wish.told_at is not None:
        wish.asked_at, wish.told_at = clock.now(), None


def take_stocked_wishes(session: Session) -> list[tuple[StockWish, CheckoutLink]]:
    """The wishes that came true, oldest first, each marked as told, with the link (agent, site, market, addresses)."""
    at, link = clock.now(), CheckoutLink
    found = session.execute(
        select(StockWish, CheckoutLink).join(CheckoutLink, CheckoutLink.id == StockWish.link_id)
        .where(StockWish.told_at.is_(None), queries.is_in_state(LinkState.ACTIVE, at), not_(_is_out()))
        .options(joinedload(link.agent), joinedload(link.site), joinedload(link.market), selectinload(link.addresses))
        .order_by(StockWish.id).limit(AT_ONCE).with_for_update(skip_locked=True, of=StockWish)).all()
    for wish, _ in found:
        wish.told_at = at
    return [(wish, its_link) for wish, its_link in found]


def _is_out() -> ColumnElement[bool]:
    """Whether it can't be bought for want of stock; of several to pick one from, there is enough of none then."""
    line, stock = CheckoutLinkLine, Stock
    enough = exists(
        select(line.line_no).outerjoin(stock, stock.id == line.stock_id)
        .where(line.link_id == CheckoutLink.id, or_(line.stock_id.is_(None), line.backorder_weeks.is_not(None),
                                                    stock.on_hand - stock.held >= line.quantity))
        .correlate(CheckoutLink))
    return or_(and_(CheckoutLink.changes == "pick_one", not_(enough)),
               and_(CheckoutLink.changes != "pick_one", _is_short()))


def _is_short() -> ColumnElement[bool]:
    """Whether there is less of anything than the link's lines together take; what may follow later is not short."""
    line = CheckoutLinkLine
    return exists(
        select(Stock.id).join(line, line.stock_id == Stock.id)
        .where(line.link_id == CheckoutLink.id, line.backorder_weeks.is_(None))
        .group_by(Stock.id).having(Stock.on_hand - Stock.held < func.sum(line.quantity)).correlate(CheckoutLink))
