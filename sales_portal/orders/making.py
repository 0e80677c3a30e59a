"""The rows of an order, and the facts that follow from it; the caller holds the locks and decides whether."""

from calendar import monthrange
from collections import Counter
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, case, insert, or_, select, update
from sqlalchemy.orm import Session

from sales_portal.catalog.models import OfferVersion
from sales_portal.checkout import behalf
from sales_portal.checkout.errors import NotOnBehalf
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionDiscount
from sales_portal.core import clock, tokens
from sales_portal.core.db import UTCDateTime
from sales_portal.core.writing import fresh, write
from sales_portal.customers import service as customers
from sales_portal.history import service as history
from sales_portal.history.events import EventName
from sales_portal.inventory import selling
from sales_portal.links.addresses import RECEIPT_PURPOSE
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.errors import Unavailable
from sales_portal.orders.models import Order, OrderLine, Subscription, number_of
from sales_portal.orders.queries import COPIED, Lines
from sales_portal.outbox import service as outbox
from sales_portal.payments.models import Payment
from sales_portal.pricing import documents
from sales_portal.pricing.models import Discount
from sales_portal.selections import service as selections

_ORDERS = cast(Table, Order.__table__)
_COPIES = cast(Table, CheckoutSession.__table__)
# The table, not the entity: lines of different kinds then still go in one statement.
_SOLD = insert(cast(Table, OrderLine.__table__))

# Statements of every order are built once, and on tables: nobody needs the rows as entities.
_IS_BOUGHT = _COPIES.c.id == bindparam("bought_id")
_COMPLETED = (
    update(_COPIES).values(status=case((_IS_BOUGHT, "completed"), else_="voided"),
                           completed_at=case((_IS_BOUGHT, bindparam("at", type_=UTCDateTime))))
    .where(_COPIES.c.link_id == bindparam("of_link_id")))
_END_BOUGHT = _COMPLETED.where(_IS_BOUGHT)
_END_ALL = _COMPLETED.where(or_(_IS_BOUGHT, _COPIES.c.status == "open"))
_PAID = (
    update(_ORDERS).where(_ORDERS.c.id == bindparam("order_id"), _ORDERS.c.status == "placed")
    .values(status="paid", paid_at=bindparam("at"), outstanding_amount=0)
    .returning(_ORDERS.c.link_id, _ORDERS.c.total_amount, _ORDERS.c.currency))
_DEPOSITED = (
    select(_ORDERS.c.link_id, _ORDERS.c.total_amount, _ORDERS.c.outstanding_amount, _ORDERS.c.currency)
    .where(_ORDERS.c.id == bindparam("order_id")))

_TAKEN = (
    select(CheckoutSessionDiscount.discount_id, CheckoutSessionDiscount.rule)
    .where(CheckoutSessionDiscount.checkout_session_id == bindparam("copy_id"),
           CheckoutSessionDiscount.amount.is_not(None)).order_by(CheckoutSessionDiscount.discount_id))
_COUNTED = (
    update(Discount)
    .where(Discount.id == bindparam("discount_id"),
           or_(Discount.usage_limit.is_(None), Discount.uses_count < Discount.usage_limit))
    .values(uses_count=Discount.uses_count + 1).execution_options(synchronize_session=False)
    .returning(Discount.id))

_copied = attrgetter(*COPIED)
ADDRESS = ("street", "street_2", "postcode", "city", "region", "country")


def make_order(session: Session, link: CheckoutLink, copy: CheckoutSession, lines: Lines,
               payment: Payment | None) -> Order:
    """Take the stock and write the order with `lines`, those of the copy; raises `OutOfStock` or `Unavailable`.

    A refusal leaves stock taken: the caller rolls back. An order of an account's link is the account's, or is none.
    """
    account_id = _account_id(link, copy)
    following = _take_stock(session, lines)
    order = _order(link, copy, payment, lines, account_id, discount_name=_count_discounts(session, copy))
    write(session, order)
    session.execute(_SOLD, [
        {"order_id": order.id, "backordered_quantity": following[line.line_no]}
        | dict(zip(COPIED, _copied(line), strict=True)) for line in lines])
    selling.record_sale(session, order.id, [
        (line.line_no, line.stock_id, line.quantity - following[line.line_no]) for line in lines
        if line.stock_id is not None and line.quantity > following[line.line_no]])
    _start_subscriptions(session, order, lines)
    if order.customer_id is not None:
        bought = {line.variant_id for line in lines if line.variant_id is not None}
        customers.record_purchases(session, order.customer_id, sorted(bought), order.placed_at)
    return order


def record_placed(session: Session, order: Order, link: CheckoutLink, lines: Lines, *,
                  is_captured_next: bool = False) -> None:
    """Win the selection, write down that the order stands, and ask for what follows, its capture among it.

    What the order of `lines` started is written down with it.
    """
    placed = history.fact(EventName.ORDER_PLACED, order, by=history.CUSTOMER, context=link, order=order.number,
                          total=order.total_amount, currency=order.currency, **behalf.told(session, link))
    started = (history.fact(EventName.SUBSCRIPTION_STARTED, order, by=history.SYSTEM, context=link, title=line.title)
               for line in lines if line.offer_version_id is not None)
    selections.mark_won(session, link.selection_id, by=history.SYSTEM, then=(placed, *started))
    capture = [("payment.capture", (Payment.__tablename__, order.payment_id or 0))] if is_captured_next else []
    outbox.put_all(session, [("order.placed", (Order.__tablename__, order.id)), *capture])


def mark_paid(session: Session, order_id: int) -> None:
    """The money is here: the order is paid, once."""
    paid = session.execute(_PAID, {"order_id": order_id, "at": clock.now()}).one_or_none()
    if paid is not None:
        history.record(session, EventName.ORDER_PAID, history.Reference(Order.__tablename__, order_id),
                       by=history.SYSTEM, context=history.Reference(CheckoutLink.__tablename__, paid.link_id),
                       order=number_of(order_id), total=paid.total_amount, currency=paid.currency)


def record_deposit(session: Session, order_id: int) -> None:
    """A part of the money is here: the order stays placed, and the rest is to come."""
    order = session.execute(_DEPOSITED, {"order_id": order_id}).one()
    history.record(session, EventName.ORDER_DEPOSIT_PAID, history.Reference(Order.__tablename__, order_id),
                   by=history.SYSTEM, context=history.Reference(CheckoutLink.__tablename__, order.link_id),
                   order=number_of(order_id), total=order.total_amount - order.outstanding_amount,
                   left=order.outstanding_amount, currency=order.currency)


def end_copies(session: Session, link: CheckoutLink, bought: CheckoutSession, at: datetime) -> None:
    """Complete the copy that was bought and, for a single link, void every other one that is still open."""
    session.execute(_END_ALL if link.policy == "single" else _END_BOUGHT,
                    {"of_link_id": link.id, "bought_id": bought.id, "at": at})


def next_renewal(start: date, interval: str, count: int) -> date:
    """The day a subscription started on `start` renews: the same day of a later month or year, or its last day."""
    months = count * (12 if interval == "year" else 1)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _take_stock(session: Session, lines: Lines) -> Counter[int]:
    """Take what the lines need; by line, how many follow later since they may be bought beyond what is there."""
    wanted: Counter[int] = Counter()
    for line in lines:
        if line.backorder_weeks is not None:
            continue
        if line.stock_id is not None:
            wanted[line.stock_id] += line.quantity
        elif line.product_kind == "goods" and line.variant_id is not None:
            raise Unavailable("sold_out")
    following = _backorder(session, [line for line in lines if line.backorder_weeks is not None], wanted)
    selling.take(session, wanted)
    return following


def _backorder(session: Session, lines: Lines, wanted: Counter[int]) -> Counter[int]:
    """Add to `wanted` what is there of `lines` beside it; by line, how many are not."""
    left = selling.lock_left(session, {*wanted, *(line.stock_id for line in lines)} - {None}) if lines else {}
    following: Counter[int] = Counter()
    for line in lines:
        there = min(max(left.get(line.stock_id, 0) - wanted[line.stock_id], 0), line.quantity)
        following[line.line_no] = line.quantity - there
        if there:
            wanted[line.stock_id] += there
    return +following


def _count_discounts(session: Session, copy: CheckoutSession) -> str:
    """Count every discount the copy took as used once; what they are called together."""
    taken = session.execute(_TAKEN, {"copy_id": copy.id}).all() if copy.has_discounts else []
    # One after the other by id, as every order does, so that no two wait for each other.
    for discount_id, _ in taken:
        if session.execute(_COUNTED, {"discount_id": discount_id}).first() is None:
            raise Unavailable("discount_used_up")
    return ", ".join(documents.read(rule).label for _, rule in taken)[:700]


def _account_id(link: CheckoutLink, copy: CheckoutSession) -> int | None:
    # Until when the grant is good was judged when the payment started, so it is not asked here.
    try:
        return behalf.account_of(copy, link)
    except NotOnBehalf:
        raise Unavailable("account") from None


def _order(link: CheckoutLink, copy: CheckoutSession, payment: Payment | None, lines: Lines, account_id: int | None, *,
           discount_name: str) -> Order:
    receipt = tokens.new_token()
    method = next((line.title for line in lines if line.kind == "shipping"), "")
    return fresh(
        Order, link_id=link.id, checkout_session_id=copy.id, payment_id=payment.id if payment is not None else None,
        agent_id=link.agent_id, site_id=link.site_id, customer_id=link.customer_id, account_id=account_id,
        is_exclusive=link.policy == "single", status="placed", total_amount=copy.total_amount, currency=copy.currency,
        outstanding_amount=copy.total_amount - (payment.amount if payment is not None else copy.total_amount),
        email=copy.email, name=copy.name, phone=copy.phone, company=copy.company,
        vat_number=copy.vat_number or link.vat_number, discount_name=discount_name,
        address={name: getattr(copy, name) for name in ADDRESS}, custom_fields=copy.custom_fields,
        order_metadata=copy.session_metadata, shipping_name=method,
        receipt_token_sha256=tokens.digest(receipt), receipt_token_sealed=tokens.seal(receipt, RECEIPT_PURPOSE),
        placed_at=clock.now())


def _start_subscriptions(session: Session, order: Order, lines: Lines) -> None:
    """One subscription for each line that is an offer, with all the order knows that outlives it."""
    wanted = [line for line in lines if line.offer_version_id is not None]
    if not wanted:
        return
    found = session.scalars(select(OfferVersion).where(OfferVersion.id.in_({line.offer_version_id for line in wanted})))
    versions = {version.id: version for version in found}
    for line in wanted:
        write(session, _subscription(order, line, versions[line.offer_version_id]))


def _subscription(order: Order, line: Row[Any], version: OfferVersion) -> Subscription:
    today = order.placed_at.date()
    trial_end = today + timedelta(days=version.trial_days) if version.trial_days else None
    return fresh(
        Subscription, order_id=order.id, line_no=line.line_no, customer_id=order.customer_id,
        account_id=order.account_id, offer_version_id=version.id, quantity=line.quantity,
        status="trialing" if trial_end else "active", started_at=order.placed_at, trial_ends_on=trial_end,
        renews_on=trial_end or next_renewal(today, version.interval, version.interval_count),
        subscription_metadata=order.order_metadata)
