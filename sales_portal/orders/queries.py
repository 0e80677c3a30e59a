"""Finding orders, for staff by number and for customers by what they hold."""

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from sales_portal.core import tokens
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.models import Order, Subscription
from sales_portal.selections.models import Selection

# Built once: building it takes longer than running it.
_OF_VISIT = (
    select(Order).where(Order.checkout_session_id == bindparam("visit_id"))
    .options(lazyload(Order.link), lazyload(Order.agent), joinedload(Order.lines)))


def id_of(number: str) -> int | None:
    """The row behind `O-5521`, or None where that is no order number."""
    digits = number.removeprefix("O-")
    return int(digits) - 5000 if digits.isdecimal() and len(digits) < 15 else None


def get_order(session: Session, number: str) -> Order | None:
    """The order with the number people say, with everything its page shows."""
    key = id_of(number)
    return session.scalars(_whole().where(Order.id == key)).unique().first() if key is not None else None


def get_order_of_visit(session: Session, visit_id: int) -> Order | None:
    """The order a private copy became, with its lines, or None. Link and agent are those the session already has."""
    return session.scalars(_OF_VISIT, {"visit_id": visit_id}).unique().first()


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
    """All orders with agent and customer, for a list to narrow and page."""
    return select(Order).options(joinedload(Order.agent), joinedload(Order.customer))


def list_orders_of_link(session: Session, link_id: int) -> list[Order]:
    """A link's orders, newest first."""
    return list(session.scalars(select(Order).where(Order.link_id == link_id).order_by(Order.id.desc())))


def list_subscriptions(session: Session, customer_id: int) -> list[Subscription]:
    """A customer's subscriptions, newest first."""
    return list(session.scalars(
        select(Subscription).where(Subscription.customer_id == customer_id).order_by(Subscription.id.desc())))


def _whole() -> Select[Order]:
    return select(Order).options(
        joinedload(Order.link).options(joinedload(CheckoutLink.site), joinedload(CheckoutLink.market),
                                       joinedload(CheckoutLink.selection).load_only(Selection.order_id)),
        joinedload(Order.agent), joinedload(Order.customer),
        joinedload(Order.payment), selectinload(Order.lines))
