"""An order that was paid, who may undo it, and a worker that does what they ask."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.accounts.models import Staff
from sales_portal.inventory.models import Stock, StockMove
from sales_portal.orders import cancelling, jobs, refunding
from sales_portal.orders.models import Order, OrderLine
from sales_portal.orders.refunding import Wish
from sales_portal.orders.undo_models import Cancellation, Refund
from sales_portal.outbox.loop import Loop
from sales_portal.payments.gateway import Gateway
from sales_portal.payments.models import Payment, TestIntent
from tests import make

TOTAL = 276_900


@dataclass(frozen=True, slots=True)
class World:
    """Maria's shop, her order of two chairs and a bag, and Erik and Eva who may decide."""

    shop: make.Shop
    order_id: int
    erik: Staff
    eva: Staff

    @property
    def maria(self) -> Staff:
        """Who sold it, and may ask."""
        return self.shop.agent


def world(session: Session, shop: make.Shop) -> World:
    """A placed order whose money is not taken yet; commits."""
    linked = make.link(session, make.selection(session, shop, {shop.chair: 2, shop.bag: 1}))
    order = make.order(session, linked)
    erik, eva = (make.staff(session, name, site=shop.site, role="manager") for name in ("Erik Holm", "Eva Berg"))
    session.commit()
    return World(shop, order.id, erik, eva)


def work(session: Session, gateway: Gateway | None = None) -> Callable[[], int]:
    """`work(session)()` does every job about money that is due."""
    sessions = sessionmaker(session.get_bind())
    loop = Loop(sessions, jobs.handlers(sessions, {"test": gateway or make.gateway(session)}))

    def run() -> int:
        session.commit()
        done = loop.run_once()
        session.expire_all()
        return done

    return run


def wish(amount: int, left: int = TOTAL, reason: str = "returned", **more: object) -> Wish:
    return Wish(amount=amount, left=left, reason=reason, **more)  # type: ignore[arg-type]


def payment_of(session: Session, world: World) -> Payment:
    """The order's payment as it stands now."""
    session.expire_all()
    return session.scalars(select(Payment).where(Payment.order_id == world.order_id)).one()


def status_of(session: Session, world: World) -> str:
    """The order's status as it stands now."""
    session.expire_all()
    return session.get_one(Order, world.order_id).status


def assert_stock_is_its_ledger(session: Session, *, is_given_back: bool) -> None:
    """I09 and I11: the stock is the sum of its moves, and what was cancelled went back exactly once."""
    session.expire_all()
    for row in session.scalars(select(Stock)):
        assert row.on_hand == session.scalar(select(func.sum(StockMove.delta)).where(StockMove.stock_id == row.id))
    taken = select(func.coalesce(func.sum(OrderLine.quantity - OrderLine.backordered_quantity), 0)).where(
        OrderLine.stock_id.is_not(None))
    back = select(func.coalesce(func.sum(StockMove.delta), 0)).where(StockMove.reason == "cancel")
    assert session.scalar(back) == (session.scalar(taken) if is_given_back else 0)


def cancel(session: Session, world: World, *, may_decide: bool = True) -> Cancellation:
    """Erik cancels the order, or Maria asks for it."""
    person = world.erik if may_decide else world.maria
    made = cancelling.ask_cancellation(session, world.order_id, "customer", "", person=person, may_decide=may_decide)
    session.commit()
    return made


def refund(session: Session, world: World, amount: int, left: int = TOTAL, **more: object) -> Refund:
    """Erik gives money back."""
    made = refunding.ask_refund(session, world.order_id, wish(amount, left, **more), person=world.erik, may_decide=True)
    session.commit()
    return made


def refunded_at_provider(session: Session) -> int:
    """What the provider of the one payment gave back."""
    session.expire_all()
    reference = session.scalars(select(TestIntent.reference)).one()
    return make.gateway(session).fetch(reference).refunded_amount
