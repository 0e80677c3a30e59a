"""One single-use link, 32 buyers, real processes: exactly one order, and nobody else is charged."""

import threading
from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sales_portal.inventory.models import Stock, StockMove
from sales_portal.links.models import CheckoutLink
from sales_portal.orders.models import Order
from sales_portal.payments.models import Payment, TestIntent
from tests import make
from tests.harness.databases import Database
from tests.harness.server import Portal
from tests.harness.together import PATIENCE_SECONDS, all_at_once
from tests.races.buyers import Buyer, Page, walk_to_approval
from tests.races.rounds import drain

BUYERS = 32


def race(port: int, path: str, buyers: int = BUYERS) -> list[Page]:
    """The buyers set out at one barrier, gather once more before the last step, and end at whatever page they get."""
    gathering = threading.Barrier(buyers)

    def buy() -> Page:
        buyer = Buyer(port)
        page = walk_to_approval(buyer, path)
        gathering.wait(timeout=PATIENCE_SECONDS)
        return buyer.submit(page.form("/payment/confirmation"))

    return all_at_once([buy] * buyers)


def test_32_buyers_from_claim_to_receipt_make_one_order(raced: tuple[Database, Portal]) -> None:
    database, portal = raced
    database.reset()
    with Session(database.engine) as session:
        shop = make.shop(session)
        linked = make.link(session, make.selection(session, shop, {shop.bag: 1}))
        session.commit()
        pages = race(portal.port, linked.path)
        _judge(session, linked, pages)


def _judge(session: Session, linked: make.Linked, pages: list[Page]) -> None:
    session.rollback()
    assert {page.status for page in pages} <= {200, 410}, Counter(page.status for page in pages)
    placed = session.scalar(select(func.count()).select_from(Order))
    assert placed == 1, Counter(page.words[:160] for page in pages)
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
