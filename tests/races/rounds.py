"""Races in rounds: what one begins with is made once and put back for each, then everybody goes at one barrier.

`ROUNDS` are the rows of the reliability design that are raced for real: over HTTP, from authorised payments on.
"""

import http.client
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from itsdangerous import TimestampSigner
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.core import clock
from sales_portal.core.direct import Direct
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.orders import invariants, jobs, placing
from sales_portal.orders.models import Order
from sales_portal.outbox.loop import Loop
from sales_portal.payments.models import Payment, TestIntent
from tests import make
from tests.harness.app import KEYS
from tests.harness.databases import Database
from tests.harness.together import PATIENCE_SECONDS
from tests.make import Linked, Shop

FRESH = timedelta(minutes=15)
"""How long what was made may be put back: a payment is worth something for half an hour."""
EARLY, PIECES = 12, 3
"""Copies made before the first order of a link that closes with it, and how many of them stock is there for."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A browser at the last step: its provider said yes, and it sends the one POST that makes the order."""

    linked: Linked
    visitor_token: str
    payment_id: int

    def confirm(self, connection: http.client.HTTPConnection) -> str:
        """Send it; what was answered: the page it leads to, or the status where that is no redirect."""
        token = TimestampSigner(KEYS["SECRET_KEY"], salt="public-form").sign(self.linked.public_id).decode()
        connection.request("POST", f"{self.linked.path}/payment/confirmation", urlencode({"form_token": token}), {
            "Content-Type": "application/x-www-form-urlencoded", "Cookie": f"__Host-visit={self.visitor_token}",
            "User-Agent": "Mozilla/5.0 (a buyer of the tests)"})
        answer = connection.getresponse()
        answer.read()
        leads_to = (answer.getheader("Location") or "").removeprefix(self.linked.path)
        return leads_to if answer.status == 303 else str(answer.status)


@dataclass(frozen=True, slots=True)
class Round:
    """A row of the design: `arrange` makes what `count` buyers begin with, and `orders` of them are placed.

    `reports` is how often each payment is reported at once: by the customer's return, and by the provider.
    """

    row: str
    arrange: Callable[[Session, Shop, int], list[Buyer]]
    orders: Callable[[int], int]
    reports: int = 1


def _buyer(session: Session, linked: Linked) -> Buyer:
    visitor = make.visitor(session, linked)
    return Buyer(linked, visitor.visitor_token, make.payment(session, visitor.visit))


def _one_link(session: Session, shop: Shop, count: int) -> list[Buyer]:
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}))
    return [_buyer(session, linked) for _ in range(count)]


def _last_piece(session: Session, shop: Shop, count: int) -> list[Buyer]:
    inventory.set_on_hand(session, shop.bag.id, shop.warehouse.id, 1, by=SYSTEM)
    return [_buyer(session, make.link(session, make.selection(session, shop, {shop.bag: 1}))) for _ in range(count)]


def _crossed(session: Session, shop: Shop, count: int) -> list[Buyer]:
    for variant in (shop.bag, shop.chair):
        inventory.set_on_hand(session, variant.id, shop.warehouse.id, count // 2, by=SYSTEM)
    ways = ({shop.bag: 1, shop.chair: 1}, {shop.chair: 1, shop.bag: 1})
    return [_buyer(session, make.link(session, make.selection(session, shop, ways[number % 2])))
            for number in range(count)]


def _first_closes(session: Session, shop: Shop, count: int) -> list[Buyer]:
    inventory.set_on_hand(session, shop.bag.id, shop.warehouse.id, PIECES, by=SYSTEM)
    linked = make.link(session, make.selection(session, shop, {shop.bag: 1}), policy="first_closes")
    return [_buyer(session, linked) for _ in range(EARLY)]


def _reported_twice(session: Session, shop: Shop, count: int) -> list[Buyer]:
    inventory.set_on_hand(session, shop.bag.id, shop.warehouse.id, count, by=SYSTEM)
    return [_buyer(session, make.link(session, make.selection(session, shop, {shop.bag: 1})))
            for _ in range(count // 2)]


ROUNDS = {made.row: made for made in (
    Round("R1", _one_link, lambda count: 1),
    Round("R4", _last_piece, lambda count: 1),
    Round("R5", _crossed, lambda count: count // 2),
    Round("R7", _first_closes, lambda count: PIECES),
    Round("R14", _reported_twice, lambda count: count // 2, reports=2),
)}


class Race:
    """One row on one database and one running portal, as many rounds as are asked for."""

    def __init__(self, row: str, database: Database, engine: Engine, port: int, connections: int) -> None:
        self._round = ROUNDS[row]
        self._database, self._engine, self._port = database, engine, port
        self._connections = connections
        self._made_at: datetime | None = None
        self._buyers: list[Buyer] = []

    def run(self) -> None:
        """Race one round; fails with what came of it where that is not what the row says."""
        self._begin()
        answers = self._all_at_once()
        with Session(self._database.engine) as session:
            self._judge(session, answers)

    def _begin(self) -> None:
        if self._made_at is not None and clock.now() - self._made_at < FRESH:
            self._database.back_to(self._round.row)
            return
        self._database.reset()
        with Session(self._database.engine) as session:
            self._buyers = self._round.arrange(session, make.shop(session), self._connections)
            session.commit()
        self._database.keep(self._round.row)
        self._made_at = clock.now()

    def _all_at_once(self) -> Counter[str]:
        barrier = threading.Barrier(len(self._buyers) * self._round.reports)

        def returns(buyer: Buyer) -> str:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
            connection.connect()
            barrier.wait(PATIENCE_SECONDS)
            answered = buyer.confirm(connection)
            connection.close()
            return answered

        def is_reported(buyer: Buyer) -> str:
            with Session(self._engine) as session:
                barrier.wait(PATIENCE_SECONDS)
                placed = placing.place_order(session, buyer.payment_id, make.gateways(session), source="provider")
                return "/receipt" if placed.order_id is not None else placed.outcome

        reports = (returns, is_reported)[:self._round.reports]
        with ThreadPoolExecutor(len(self._buyers) * len(reports)) as crew:
            running = [crew.submit(report, buyer) for buyer in self._buyers for report in reports]
            return Counter(one.result() for one in running)

    def _judge(self, session: Session, answers: Counter[str]) -> None:
        orders, buyers = self._round.orders(self._connections), len(self._buyers)
        assert set(answers) <= {"/receipt", "/payment"}, answers
        assert answers["/receipt"] == orders * self._round.reports, answers
        assert session.scalar(select(func.count()).select_from(Order)) == orders
        drain(session)
        broken = invariants.find_violations(session)
        assert broken == [], "\n".join(map(str, broken))
        lost = {"voided": buyers - orders} if buyers > orders else {}
        assert Counter(session.scalars(select(Payment.status))) == {"captured": orders} | lost
        lost = {"cancelled": buyers - orders} if buyers > orders else {}
        assert Counter(session.scalars(select(TestIntent.status))) == {"captured": orders} | lost


def drain(session: Session) -> None:
    """Do every job of orders and payments, as the worker would."""
    session.rollback()
    sessions = sessionmaker(session.get_bind(), class_=Direct)
    loop = Loop(sessions, jobs.handlers(sessions, make.gateways(session)))
    while loop.run_once(limit=1000):
        pass
    session.rollback()


