"""What a customer adds to an offer out of the shop, changes of it and takes out again; the agent's lines stay as they
are. One's own line costs what the link's pricelist says, whatever was agreed on another line of the same product."""

from sqlalchemy.orm import Session

from sales_portal.checkout import learners, line_fields, pricing, shelf
from sales_portal.checkout.errors import (
    AllTaken,
    Locked,
    NoMore,
    NoneLeft,
    NotAdded,
    NotInPacks,
    NotSold,
    TooFewLeft,
    TooMany,
    TooManyAdded,
)
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine
from sales_portal.checkout.shelf import Good
from sales_portal.core import clock
from sales_portal.core.writing import fresh
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.links.models import CheckoutLink
from sales_portal.selections.models import MAX_QUANTITY

FIRST_LINE_NO = 501
"""Behind everything an agent can offer, and before shipping."""
MOST = 50


def may_add(link: CheckoutLink) -> bool:
    """Whether the agent lets the customer add products."""
    return link.changes == "more" and link.may_add_products


def lines_of(visit: CheckoutSession) -> list[CheckoutSessionLine]:
    """The lines the customer added."""
    return [line for line in visit.lines if line.is_added]


def find_line(visit: CheckoutSession, variant_id: int) -> CheckoutSessionLine | None:
    """The line of a variant the customer added, or None."""
    return next((line for line in lines_of(visit) if line.variant_id == variant_id), None)


def count_beside(visit: CheckoutSession, stock_id: int | None) -> int:
    """How many of a stock row the agent's lines take, which is not there for what the customer adds."""
    return sum(line.quantity for line in pricing.items_of(visit) if line.stock_id == stock_id and not line.is_added)


def add(session: Session, visit: CheckoutSession, link: CheckoutLink, variant_id: int) -> CheckoutSessionLine:
    """Put one more of a variant into the copy, or one more pack, on a line of the customer's own.

    Refuses with `Locked`, `NotSold`, `NoMore` or `TooManyAdded`.
    """
    _refuse_locked(visit, link)
    good = shelf.find(session, link, variant_id)
    if good is None:
        raise NotSold
    line = find_line(visit, variant_id)
    held = line.quantity if line is not None else 0
    if held + good.pack_size > _most(visit, link, good):
        raise AllTaken(held=held, title=good.title) if held else NoMore(title=good.title)
    if line is None:
        line = _new_line(visit, link, good)
    line.quantity = held + good.pack_size
    _take_price(line, good)
    _reprice(session, visit, link)
    history.record(session, EventName.VISIT_PRODUCT_ADDED, visit, by=history.CUSTOMER, context=link, title=good.title,
                   quantity=line.quantity)
    return line


def set_quantity(session: Session, visit: CheckoutSession, link: CheckoutLink, variant_id: int, quantity: int) -> None:
    """Change how many of an added variant are bought, within the agent's limit, whole packs and what is left."""
    _refuse_locked(visit, link)
    line = find_line(visit, variant_id)
    if line is None:
        raise NotAdded
    good = shelf.find(session, link, variant_id)
    if good is None:
        raise NoneLeft
    if not 1 <= quantity <= _allowed(link):
        raise TooMany(most=_allowed(link))
    if quantity % good.pack_size:
        raise NotInPacks(pack=good.pack_size)
    most = _most(visit, link, good)
    if quantity > most:
        raise TooFewLeft(left=most) if most > 0 else NoneLeft
    line.quantity = quantity
    _take_price(line, good)
    _reprice(session, visit, link)


def remove(session: Session, visit: CheckoutSession, link: CheckoutLink, variant_id: int) -> None:
    """Take an added variant out of the copy; what the agent offered is all still in it."""
    _refuse_locked(visit, link)
    line = find_line(visit, variant_id)
    if line is None:
        raise NotAdded
    visit.lines.remove(line)
    session.flush()
    _reprice(session, visit, link)
    history.record(session, EventName.VISIT_PRODUCT_REMOVED, visit, by=history.CUSTOMER, context=link,
                   title=line.title)


def renew(session: Session, visit: CheckoutSession, link: CheckoutLink) -> bool:
    """Let added lines of a worn-out copy cost what they cost now, and those no longer sold go; False where none were.

    The caller prices the copy.
    """
    added = lines_of(visit)
    if not added:
        return False
    goods = {good.variant_id: good for good in shelf.list_goods(
        session, link, [line.variant_id for line in added if line.variant_id is not None])}
    for line in added:
        good = goods.get(line.variant_id or 0)
        if good is None:
            visit.lines.remove(line)
        else:
            _take_price(line, good)
    session.flush()
    return True


def _refuse_locked(visit: CheckoutSession, link: CheckoutLink) -> None:
    visit.refuse_ended(clock.now())
    if not may_add(link):
        raise Locked


def _allowed(link: CheckoutLink) -> int:
    return link.max_per_line or MAX_QUANTITY


def _most(visit: CheckoutSession, link: CheckoutLink, good: Good) -> int:
    """How many of `good` the customer's own line may hold, in whole packs: what other lines take is not there."""
    most = _allowed(link)
    if good.available is not None and good.backorder_weeks is None:
        most = min(most, good.available - count_beside(visit, good.stock_id))
    return most - most % good.pack_size


def _new_line(visit: CheckoutSession, link: CheckoutLink, good: Good) -> CheckoutSessionLine:
    taken = {line.line_no for line in lines_of(visit)}
    if len(taken) >= MOST:
        raise TooManyAdded(most=MOST)
    line = fresh(
        CheckoutSessionLine, line_no=next(no for no in range(FIRST_LINE_NO, FIRST_LINE_NO + MOST) if no not in taken),
        kind="item", is_added=True, variant_id=good.variant_id, product_id=good.product_id,
        offer_version_id=good.offer_version_id, stock_id=good.stock_id, product_kind=good.kind, title=good.title,
        sku=good.sku, image=good.image, quantity=good.pack_size, unit_amount=good.due_amount, list_amount=good.amount,
        tax_class=good.tax_class, weight_grams=good.weight_grams, backorder_weeks=good.backorder_weeks,
        is_tax_included=link.is_tax_included, line_amount=good.due_amount * good.pack_size)
    visit.lines.append(line)
    return line


def _take_price(line: CheckoutSessionLine, good: Good) -> None:
    line.unit_amount, line.list_amount, line.offer_version_id = good.due_amount, good.amount, good.offer_version_id


def _reprice(session: Session, visit: CheckoutSession, link: CheckoutLink) -> None:
    """Price the copy; where it now has to be delivered and no address was asked for, the details are asked again."""
    learners.follow_quantity(visit)
    line_fields.ask_again(session, visit)
    asks_again = visit.details_at is not None and not visit.street and pricing.ships(visit)
    if asks_again:
        pricing.reprice(session, visit, link, details_at=None)
    else:
        pricing.reprice(session, visit, link)
