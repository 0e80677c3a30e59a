"""Finding orders, for staff by number and for customers by what they hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, Select, Table, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from sales_portal.accounts.models import Staff
from sales_portal.checkout import queries as visits
from sales_portal.checkout.models import CheckoutSession, CheckoutSessionLine
from sales_portal.core import tokens
from sales_portal.core.reading import Reading, read
from sales_portal.core.writing import know
from sales_portal.links import queries as links
from sales_portal.links.models import CheckoutLink, LinkAddress
from sales_portal.orders.invariants import STOPS_CAPTURES
from sales_portal.orders.models import Invoice, Order, OrderLine, Subscription
from sales_portal.orders.watch_models import Alert
from sales_portal.payments.models import Payment
from sales_portal.selections.models import Selection

COPIED = ("line_no", "kind", "variant_id", "offer_version_id", "stock_id", "title", "sku", "image", "quantity",
          "unit_amount", "list_amount", "is_special_price", "discount_amount", "tax_rate", "tax_amount",
          "tax_waived_amount", "is_tax_included", "line_amount", "customer_note", "learners", "answers",
          "is_added")
"""What an order's line takes over from the copy's."""

Standing = Row[Any]
"""Where a payment stood when it was read: columns, which stay readable after the transaction."""

Lines = Sequence[Row[Any]]
"""The rows of a copy's lines, items first: all that is `COPIED`, `product_kind` and `backorder_weeks`."""

_ADDRESSES = cast(Table, LinkAddress.__table__)
_COPIES = cast(Table, CheckoutSession.__table__)
_COPY_LINES = cast(Table, CheckoutSessionLine.__table__)
_PAYMENTS, _ALERTS = cast(Table, Payment.__table__), cast(Table, Alert.__table__)
_LINE = [_COPY_LINES.c[name] for name in (*COPIED, "product_kind", "backorder_weeks")]

# Statements of every order are built once: building one takes longer than running it.
_LINES = (select(*_LINE).where(_COPY_LINES.c.checkout_session_id == bindparam("copy_id"))
          .order_by(_COPY_LINES.c.line_no))
_SEEN = (_PAYMENTS.c.id, _PAYMENTS.c.status, _PAYMENTS.c.gateway, _PAYMENTS.c.public_id,
         _PAYMENTS.c.gateway_reference, _COPIES.c.version, *_LINE)
_IN_THE_COPY = _COPY_LINES.c.checkout_session_id == _COPIES.c.id
_SEE = (
    select(*_SEEN).select_from(
        _PAYMENTS.join(_COPIES, _COPIES.c.id == _PAYMENTS.c.checkout_session_id).outerjoin(_COPY_LINES, _IN_THE_COPY))
    .where(_PAYMENTS.c.id == bindparam("payment_id")).order_by(_COPY_LINES.c.line_no))
_LAST = (select(func.max(_PAYMENTS.c.id)).where(_PAYMENTS.c.checkout_session_id == _COPIES.c.id)
         .correlate(_COPIES).scalar_subquery())
_SEE_LAST = (
    select(_ADDRESSES.c.token_sha256, *_SEEN).select_from(
        _ADDRESSES.outerjoin(visits.VISITORS, visits.IS_LIVING)
        .outerjoin(_COPIES, and_(_COPIES.c.visitor_session_id == visits.VISITORS.c.id,
                                 _COPIES.c.link_id == _ADDRESSES.c.link_id))
        .outerjoin(_PAYMENTS, _PAYMENTS.c.id == _LAST).outerjoin(_COPY_LINES, _IN_THE_COPY))
    .where(_ADDRESSES.c.public_id == bindparam("address")).order_by(_COPY_LINES.c.line_no))

_STOPS = exists().where(_ALERTS.c.code.in_(STOPS_CAPTURES), _ALERTS.c.ended_at.is_(None))
_STANDING: Select[Any] = select(*(_PAYMENTS.c[name] for name in (
    "id", "status", "steps_count", "gateway", "gateway_reference", "public_id", "amount", "order_id", "started_until",
    "purpose",
)), _STOPS.label("is_stopped")).where(_PAYMENTS.c.id == bindparam("payment_id"))

_ORDERS, _ORDER_LINES, _INVOICES = (cast(Table, model.__table__) for model in (Order, OrderLine, Invoice))
_ORDER, _INVOICE = Reading(Order), Reading(Invoice)
_SHOWN = ("line_no", "kind", "offer_version_id", "title", "image", "quantity", "backordered_quantity", "unit_amount",
          "list_amount", "discount_amount", "tax_rate", "tax_amount", "tax_waived_amount", "learners", "answers",
          "is_added")
_REFUNDED = (
    select(func.sum(_PAYMENTS.c.refunded_amount)).where(
        _PAYMENTS.c.checkout_session_id == _ORDERS.c.checkout_session_id, _PAYMENTS.c.order_id == _ORDERS.c.id)
    .correlate(_ORDERS).scalar_subquery().label("refunded_amount"))
_OF_VISIT: Select[*tuple[Any, ...]] = (
    select(*_ORDER.columns, *_INVOICE.columns, *(_ORDER_LINES.c[name] for name in _SHOWN), _REFUNDED)
    .select_from(_ORDERS.join(_ORDER_LINES, _ORDER_LINES.c.order_id == _ORDERS.c.id)
                 .outerjoin(_INVOICES, _INVOICES.c.order_id == _ORDERS.c.id))
    .where(_ORDERS.c.checkout_session_id == bindparam("visit_id")).order_by(_ORDER_LINES.c.line_no))


@dataclass(frozen=True, slots=True)
class Seen:
    """A payment as read before the locks: what never changes of it, where it stood, and what it pays for.

    `version` is the copy's: as long as it is the same, so are its `lines`.
    """

    payment_id: int
    status: str
    gateway: str
    public_id: str
    reference: str | None
    version: int
    lines: Lines


def get_standing(session: Session, payment_id: int) -> Standing:
    """Where a payment stands, read without a lock, and whether an alert says that no money is to be taken."""
    standing: Standing = session.execute(_STANDING, {"payment_id": payment_id}).one()
    return standing


def see_payment(session: Session, payment_id: int) -> Seen:
    """A payment with the lines of its copy, in one statement and without a lock."""
    return _seen(session.execute(_SEE, {"payment_id": payment_id}).all())


def see_last_payment(session: Session, public_id: str, token: str,
                     visitor_token: str | None) -> tuple[bool, Seen | None]:
    """Whether a link's address is a right one, and the newest payment of this visitor's copy, in one statement.

    An unknown id and a wrong token are found out by the same work; see `links.find_link`.
    """
    rows = session.execute(_SEE_LAST, visits.living(visitor_token or "") | {"address": public_id}).all()
    is_right = links.is_secret(token, rows[0].token_sha256 if rows else None)
    return is_right, _seen(rows) if is_right and rows[0].id is not None else None


def list_lines(session: Session, copy_id: int) -> Lines:
    """The lines of a copy as an order takes them over."""
    return session.execute(_LINES, {"copy_id": copy_id}).all()


def _seen(rows: Lines) -> Seen:
    first = rows[0]
    return Seen(first.id, first.status, first.gateway, first.public_id, first.gateway_reference, first.version,
                [row for row in rows if row.line_no is not None])


def id_of(number: str) -> int | None:
    """The row behind `O-5521`, or None where that is no order number."""
    digits = number.removeprefix("O-")
    return int(digits) - 5000 if digits.isdecimal() and len(digits) < 15 else None


def get_order(session: Session, number: str) -> Order | None:
    """The order with the number people say, with everything its page shows."""
    key = id_of(number)
    return session.scalars(_whole().where(Order.id == key)).unique().first() if key is not None else None


def get_order_of_visit(session: Session, visit_id: int, link: CheckoutLink) -> tuple[Order, Lines] | None:
    """The order a private copy of `link` (agent loaded) became, with its link and agent, and what a receipt shows of
    its lines, as rows that also say what was refunded; or None."""
    rows = session.execute(_OF_VISIT, {"visit_id": visit_id}).all()
    if not rows:
        return None
    order: Order
    order, invoice = read(session, rows[0], _ORDER, _INVOICE)
    agent = link.agent if link.agent_id == order.agent_id else session.get_one(Staff, order.agent_id)
    know(order, link=link, agent=agent, invoice=invoice)
    return order, rows


def get_order_of_selection(session: Session, selection_id: int) -> Order | None:
    """The newest order a link of this selection became, or None."""
    return session.scalars(
        select(Order).join(CheckoutLink, CheckoutLink.id == Order.link_id)
        .where(CheckoutLink.selection_id == selection_id).order_by(Order.id.desc()).limit(1)
        .options(lazyload(Order.link), lazyload(Order.agent))).first()


def find_by_receipt_token(session: Session, token: str) -> Order | None:
    """The order whose receipt mail carried `token`, or None."""
    return session.scalars(_whole().where(Order.receipt_token_sha256 == tokens.digest(token))).unique().first()


def list_orders() -> Select[Order]:
    """All orders with agent, customer and invoice, for a list to narrow and page."""
    return select(Order).options(joinedload(Order.agent), joinedload(Order.customer), joinedload(Order.invoice))


def list_orders_of_link(session: Session, link_id: int) -> list[Order]:
    """A link's orders, newest first."""
    return list(session.scalars(select(Order).where(Order.link_id == link_id).order_by(Order.id.desc())))


def list_payments(session: Session, order: Order) -> Sequence[Payment]:
    """What an order (payment loaded) is paid by, oldest first: one payment, or a deposit with those of its balance."""
    if order.payment is None or order.payment.purpose != "deposit":
        return [order.payment] if order.payment is not None else []
    return session.scalars(select(Payment).where(
        Payment.checkout_session_id == order.checkout_session_id, Payment.order_id == order.id)
        .order_by(Payment.id)).all()


def refunded_of(session: Session, order: Order) -> int:
    """How much of what was paid of an order (payment loaded) went back."""
    return sum(payment.refunded_amount for payment in list_payments(session, order))


def list_subscriptions(session: Session, customer_id: int) -> list[Subscription]:
    """A customer's subscriptions, newest first."""
    return list(session.scalars(
        select(Subscription).where(Subscription.customer_id == customer_id).order_by(Subscription.id.desc())))


def list_started(session: Session, order_id: int) -> Sequence[Subscription]:
    """The subscriptions an order started, in the order of its lines."""
    return session.scalars(
        select(Subscription).where(Subscription.order_id == order_id).order_by(Subscription.line_no)).all()


def _whole() -> Select[Order]:
    return select(Order).options(
        joinedload(Order.link).options(joinedload(CheckoutLink.site), joinedload(CheckoutLink.market),
                                       joinedload(CheckoutLink.selection).load_only(Selection.order_id)),
        joinedload(Order.agent), joinedload(Order.customer),
        joinedload(Order.payment), joinedload(Order.invoice), selectinload(Order.lines))
