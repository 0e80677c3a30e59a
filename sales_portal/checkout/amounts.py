"""Prices the customer names: from the minimum up, and never where the agent fixed the amount."""

from sqlalchemy.orm import Session

from sales_portal.checkout import pricing, queries
from sales_portal.checkout.current import Offered
from sales_portal.checkout.errors import AmountTooLarge, AmountTooSmall, Locked
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine
from sales_portal.core import clock
from sales_portal.core.money import LARGEST
from sales_portal.links.models import CheckoutLink
from sales_portal.links.prefill import AMOUNT
from sales_portal.pricing.service import HIGHEST


def may_name(link: CheckoutLink, line: Offered | CheckoutSessionLine) -> bool:
    """Whether the customer says what this line of `link` costs."""
    is_open = line.minimum_amount is not None and not line.is_special_price
    return is_open and f"{AMOUNT}{line.line_no}" not in link.prefill_locks


def is_too_much(line: CheckoutSessionLine, amount: int) -> bool:
    """Whether `amount` for each of a line is more than a price, or than one payment can carry."""
    return amount > HIGHEST or amount * line.quantity > LARGEST


def set_amount(session: Session, visit: CheckoutSession, link: CheckoutLink, line_no: int, amount: int) -> None:
    """Pay `amount` minor units for each of a line, and price the copy with it.

    Refuses with `Locked` a price that is not the customer's to name, with `AmountTooSmall` and `AmountTooLarge`.
    """
    visit.refuse_ended(clock.now())
    queries.load_lines(session, visit)
    line = next((line for line in pricing.items_of(visit) if line.line_no == line_no), None)
    if line is None or line.minimum_amount is None or not may_name(link, line):
        raise Locked
    if amount < line.minimum_amount:
        raise AmountTooSmall(least=line.minimum_amount)
    if is_too_much(line, amount):
        raise AmountTooLarge
    line.unit_amount = amount
    pricing.reprice(session, visit, link)
