"""What Maria does to the one order of a test, with words that no customer may read."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.orders import cancelling, refunding
from sales_portal.orders.models import Order
from sales_portal.orders.refunding import Wish
from tests.make import Shop

TOTAL = 366_900
SECRET = "Only for colleagues"


def give_back(session: Session, shop: Shop) -> None:
    """669 of the 3 669 kronor go back."""
    refunding.ask_refund(session, _order(session), Wish(66_900, TOTAL, "goodwill", SECRET), person=shop.agent,
                         may_decide=True)


def cancel(session: Session, shop: Shop) -> None:
    """The order ends."""
    cancelling.ask_cancellation(session, _order(session), "customer", SECRET, person=shop.agent, may_decide=True)


def _order(session: Session) -> int:
    return session.scalars(select(Order.id)).one()
