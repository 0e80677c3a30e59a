"""One single-use link, 32 buyers, real processes: exactly one order, and nobody else is charged."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.inventory.models import Stock, StockMove
from sales_portal.links.models import CheckoutLink
from sales_portal.orders import jobs
from sales_portal.orders.models import Order
from sales_portal.outbox.loop import Loop
from sales_portal.payments.models import Payment, TestIntent
from tests import make
from tests.harness.databases import KINDS, Database, Databases, PostgreSQLDatabase, SQLiteDatabase
from tests.harness.server import Portal
from tests.races.buyers import PATIENCE_SECONDS, Buyer, Page, all_at_once, walk_to_approval

BUYERS = 32
WITHOUT_LOCKS = 8
ATTEMPTS = 5
Start = Callable[..., Portal]


@pytest.fixture
def linked(session: Session) -> make.Linked:
    return of_one_bag(session, make.shop(session))


def of_one_bag(session: Session, shop: make.Shop) -> make.Linked:
    """A link that can be paid once."""
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}))
    session.commit()
    return linked


def race(port: int, path: str, buyers: int = BUYERS) -> list[Page]:
    """The buyers set out at one barrier, gather once more before the last step, and end at whatever page they get."""
    gathering = threading.Barrier(buyers)

    def buy() -> Page:
        buyer = Buyer(port)
        page = walk_to_approval(buyer, path)
        gathering.wait(timeout=PATIENCE_SECONDS)
        return buyer.submit(page.form("/payment/confirmation"))

    return all_at_once([buy] * buyers)


def orders(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Order)) or 0


def test_32_buyers_from_claim_to_receipt_make_one_order(session: Session, database: Database, linked: make.Linked,
                                                        start_portal: Start) -> None:
    portal = start_portal(database.url, workers=2, threads=4)
    pages = race(portal.port, linked.path)
    session.rollback()
    assert {page.status for page in pages} <= {200, 410}, Counter(page.status for page in pages)
    assert orders(session) == 1, Counter(page.words[:160] for page in pages)
    assert sum(page.path.endswith("/receipt") for page in pages) == 1
    drain(session)
    statuses = Counter(session.scalars(select(Payment.status)))
    assert statuses["captured"] == 1
    assert set(statuses) <= {"captured", "voided", "created", "cancelled"}
    intents = Counter(session.scalars(select(TestIntent.status)))
    assert intents["captured"] == 1
    assert set(intents) <= {"captured", "cancelled", "open", "authorised"}
    stock = session.scalars(select(Stock).order_by(Stock.id)).all()
    assert [row.on_hand for row in stock] == [14, 39, 1]
    for row in stock:
        assert row.on_hand == session.scalar(select(func.sum(StockMove.delta)).where(StockMove.stock_id == row.id))
    link = session.get_one(CheckoutLink, linked.link.id)
    assert (link.status, link.orders_count) == ("consumed", 1)


@pytest.mark.parametrize("kind", KINDS)
def test_without_locks_and_constraints_the_same_race_makes_several_orders(
        kind: str, databases: Databases, start_portal: Start) -> None:
    """The control: a throw-away schema without the unique index, and a portal that takes no locks.

    Where chance lets the few buyers through one after the other, they race for another link.
    """
    thrown_away = (SQLiteDatabase() if kind == "sqlite"
                   else PostgreSQLDatabase(databases.postgresql_server(), f"control_{databases.worker}"))
    try:
        with thrown_away.engine.begin() as connection:
            connection.execute(text("DROP INDEX uq_orders_one_per_single_link"))
        with Session(thrown_away.engine) as session:
            shop = make.shop(session)
            portal = start_portal(thrown_away.url, workers=2, threads=4, target="tests.races.unlocked:app")
            for attempt in range(1, ATTEMPTS + 1):
                race(portal.port, of_one_bag(session, shop).path, WITHOUT_LOCKS)
                if orders(session) > attempt:
                    break
            else:
                pytest.fail(f"{ATTEMPTS} races without locks made one order each")
    finally:
        thrown_away.close()


def drain(session: Session) -> None:
    """Do every job of orders and payments, as the worker would."""
    session.rollback()
    sessions = sessionmaker(session.get_bind())
    loop = Loop(sessions, jobs.handlers(sessions, {"test": make.gateway(session)}))
    while loop.run_once():
        pass
    session.rollback()
