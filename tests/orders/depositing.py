"""What the tests of deposits and balances begin with."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.accounts.models import Staff
from sales_portal.orders import balancing, cancelling, invariants, placing, refunding
from sales_portal.orders.models import Order
from sales_portal.payments.models import Payment
from sales_portal.payments.starting import Started
from sales_portal.sites.methods import CARD, Method
from tests import make
from tests.orders.after import wish

TOTAL, DEPOSIT = 276_900, 83_070
BALANCE = TOTAL - DEPOSIT


def place(session: Session, key: int) -> placing.Placing:
    return placing.place_order(session, key, make.gateways(session), source="customer")


def deposited(session: Session, shop: make.Shop, method: Method = CARD, **terms: object) -> Order:
    """An order placed by a deposit of 30 %, whose money is taken where the method does so at once."""
    chosen = make.selection(session, shop, {shop.chair: 2, shop.bag: 1})
    linked = make.link(session, chosen, **({"deposit_percent": 30_000} | terms))
    return make.order(session, linked, method=method)


def start(session: Session, order: Order) -> Started:
    return balancing.start_balance(session, order, make.gateways(session), return_url="http://localhost/return")


def pay_balance(session: Session, order: Order, decision: str = "approve") -> placing.Placing:
    started = start(session, order)
    make.decide(session, started.redirect_url, decision)
    return place(session, started.payment_id)


def standing(session: Session, order: Order) -> tuple[str, int]:
    session.rollback()
    session.expire_all()
    return order.status, order.outstanding_amount


def payments_of(session: Session) -> list[tuple[str, int, str, int]]:
    """Purpose, amount, status and what went back of each payment, in their order."""
    session.rollback()
    columns = (Payment.purpose, Payment.amount, Payment.status, Payment.refunded_amount)
    return [tuple(row) for row in session.execute(select(*columns).order_by(Payment.id))]  # type: ignore[misc]


def broken(session: Session) -> list[str]:
    session.rollback()
    return [str(one) for one in invariants.find_violations(session) if one.invariant.code != "I26"]


def cancel(session: Session, order: Order) -> None:
    person = session.get_one(Staff, order.agent_id)
    cancelling.ask_cancellation(session, order.id, "customer", "", person=person, may_decide=True)
    session.commit()


def ask(session: Session, order: Order, amount: int, left: int) -> None:
    person = session.get_one(Staff, order.agent_id)
    refunding.ask_refund(session, order.id, wish(amount, left), person=person, may_decide=True)
    session.commit()
