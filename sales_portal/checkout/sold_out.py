"""What a customer can do about a product that has sold out: go on without it, or wait for it."""

from sqlalchemy.orm import Session

from sales_portal.checkout import pricing
from sales_portal.checkout.errors import Locked
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine
from sales_portal.core import clock
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink


def may_go_without(link: CheckoutLink) -> bool:
    """Whether what has sold out may be left out: the agent said so, or let the customer change what is bought."""
    return link.changes != "pick_one" and (link.lets_go_without or link.changes == "more")


def go_without(session: Session, visit: CheckoutSession, link: CheckoutLink, line_no: int) -> None:
    """Leave a line out of the copy that can't be had; refuses with `Locked` where that is not so or not allowed."""
    visit.refuse_ended(clock.now())
    items = pricing.items_of(visit)
    if not may_go_without(link) or len(items) < 2:
        raise Locked
    visit.lines.remove(_short_line(session, visit, link, line_no))
    session.flush()
    pricing.reprice(session, visit, link)


def wait_for(session: Session, visit: CheckoutSession, link: CheckoutLink, line_no: int) -> None:
    """Buy a line beyond what is there, where its market sells so; refuses with `Locked` elsewhere."""
    visit.refuse_ended(clock.now())
    line = _short_line(session, visit, link, line_no)
    weeks = next((one.could_wait_weeks for one in links.list_lines(session, link.id) if one.line_no == line_no), None)
    if weeks is None:
        raise Locked
    line.backorder_weeks = weeks
    session.flush()
    pricing.reprice(session, visit, link)


def _short_line(session: Session, visit: CheckoutSession, link: CheckoutLink, line_no: int) -> CheckoutSessionLine:
    left = {row.line_no: available for row, available in links.list_lines_with_stock(session, link.id)}
    for line in pricing.items_of(visit):
        available = left.get(line_no)
        if line.line_no == line_no and line.backorder_weeks is None and available is not None \
                and available < line.quantity:
            return line
    raise Locked
