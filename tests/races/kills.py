"""Processes killed at any moment between *Pay* and the captured money, and what the worker makes of it afterwards."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

from sqlalchemy import Engine, Row, text
from sqlalchemy.orm import Session, sessionmaker

from sales_portal.checkout.models import CheckoutSession
from sales_portal.core import clock, db
from sales_portal.core.direct import Direct
from sales_portal.history.service import SYSTEM
from sales_portal.inventory import service as inventory
from sales_portal.orders import invariants, jobs, placing, watching
from sales_portal.outbox import service as outbox
from sales_portal.outbox.loop import Loop
from sales_portal.payments import starting, test_gateway
from sales_portal.payments.gateway import Gateways
from sales_portal.payments.invoice_gateway import InvoiceGateway
from sales_portal.payments.test_gateway import TestGateway
from tests import make
from tests.harness.databases import Database
from tests.harness.server import ROOT

PER_BATCH = 25
RECOVERY = timedelta(seconds=120)
WALKS_TIMED = 3

# Money and orders side by side, as the provider and as the portal have them.
UNSETTLED = text("""
    SELECT p.id, p.status, i.status AS there FROM payments p
    LEFT JOIN test_intents i ON i.payment_public_id = p.public_id
    WHERE NOT (p.status = 'captured' AND i.status = 'captured')
    AND NOT (p.status IN ('created', 'cancelled') AND coalesce(i.status, 'open') IN ('open', 'cancelled'))""")
ENDS = text("""
    SELECT p.status, o.status AS bought, i.status AS there, count(*) AS times FROM payments p
    LEFT JOIN orders o ON o.payment_id = p.id LEFT JOIN test_intents i ON i.payment_public_id = p.public_id
    GROUP BY p.status, o.status, i.status""")


class Kills:
    """Purchases on one database, each in a process of its own that is killed on its way."""

    def __init__(self, database: Database, chance: random.Random) -> None:
        self._database, self._chance = database, chance
        database.reset()
        with Session(database.engine, expire_on_commit=False) as session:
            self._shop = make.shop(session)
            inventory.set_on_hand(session, self._shop.bag.id, self._shop.warehouse.id, 100_000, by=SYSTEM)
            session.commit()
        walks = [self._kill_one(visit_id, is_spared=True) for visit_id in self._visits(WALKS_TIMED)]
        self._longest = max(walks)

    def run(self, count: int = PER_BATCH) -> Counter[str]:
        """Kill `count` processes, let the worker recover within `RECOVERY`, and judge; how each was found."""
        before = self._ends()
        for visit_id in self._visits(count):
            self._kill_one(visit_id)
        found = self._ends() - before
        self._recover()
        self._judge()
        return found

    def run_by_the_clock(self, count: int) -> list[float]:
        """Kill `count` processes, start a worker as in production, and wait until everything is settled.

        Gives after how many seconds each payment was that was found in between; the worker's first look at one that
        nobody came back for is a minute after it began.
        """
        for visit_id in self._visits(count):
            self._kill_one(visit_id)
        began, waiting, waited = time.monotonic(), self._unsettled(), list[float]()
        worker = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app", "worker"], cwd=ROOT, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=os.environ | {"DATABASE_URL": self._database.url, "PYTHONPATH": str(ROOT)})
        try:
            while waiting and time.monotonic() - began < RECOVERY.total_seconds():
                time.sleep(0.2)
                left = self._unsettled()
                waited += [round(time.monotonic() - began, 1)] * (len(waiting) - len(left))
                waiting = left
        finally:
            worker.terminate()
            worker.wait(60)
        self._judge()
        return waited

    def _visits(self, count: int) -> list[int]:
        with Session(self._database.engine) as session:
            shop = make.Shop(**{name: session.merge(getattr(self._shop, name), load=True)
                                for name in make.Shop.__dataclass_fields__})
            visits = [make.visit(session, make.link(session, make.selection(session, shop, {shop.bag: 1})))
                      for _ in range(count)]
            session.commit()
            return [visit.id for visit in visits]

    def _kill_one(self, visit_id: int, *, is_spared: bool = False) -> float:
        """Kill a purchase anywhere on its way, or at its end where it `is_spared`; how many seconds it had."""
        # A child must not inherit an open connection: two processes would speak on it.
        self._database.engine.dispose()
        reads, writes = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reads)
            _buy(self._database.url, visit_id, writes)
        os.close(writes)
        os.read(reads, 1)
        began = time.monotonic()
        if is_spared:
            os.read(reads, 1)
        else:
            time.sleep(self._chance.uniform(0, self._longest))
        lived = time.monotonic() - began
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reads)
        return lived

    def _recover(self) -> None:
        """What two minutes bring: the sweep each minute and the jobs as they come due, leases of the dead included."""
        at, sessions = clock.now(), sessionmaker(self._database.engine, class_=Direct)
        gateways = _gateways(self._database.engine)
        handlers = {**jobs.handlers(sessions, gateways), **watching.handlers(sessions, gateways)}
        with Session(self._database.engine) as session:
            for topic in (watching.SWEEP, watching.CHECK):
                outbox.ensure_periodic(session, topic, watching.PERIODIC[topic])
            session.commit()
        for seconds in range(0, int(RECOVERY.total_seconds()) + 1, 20):
            with clock.standing(at + timedelta(seconds=seconds)):
                while Loop(sessions, handlers).run_once(1000):
                    pass

    def _judge(self) -> None:
        with Session(self._database.engine) as session, clock.standing(clock.now() + RECOVERY):
            broken = invariants.find_violations(session)
            assert broken == [], "\n".join(map(str, broken))
        assert self._unsettled() == []

    def _ends(self) -> Counter[str]:
        with self._database.engine.connect() as connection:
            return Counter({f"payment {end.status}, order {end.bought or 'none'}, provider {end.there or 'nothing'}":
                            end.times for end in connection.execute(ENDS)})

    def _unsettled(self) -> list[Row[tuple[int, str, str]]]:
        """Payments where money and order do not agree; `authorised` at the provider is one whose order is missing."""
        with self._database.engine.connect() as connection:
            return list(connection.execute(UNSETTLED))


def _gateways(engine: Engine) -> Gateways:
    return {"test": TestGateway(engine, "http://localhost"), "invoice": InvoiceGateway()}


def _buy(url: str, visit_id: int, started: int) -> None:
    """A purchase from *Pay* to the captured money; never returns."""
    try:
        engine = db.engine_for(url)
        gateways, sessions = _gateways(engine), sessionmaker(engine, class_=Direct)
        with Session(engine) as session:
            visit = session.get_one(CheckoutSession, visit_id)
            total = visit.total_amount
            session.rollback()
            os.write(started, b".")
            paid = starting.start_payment(session, visit, gateway=gateways["test"], shown_total=total,
                                          return_url="http://localhost/return")
            intent = test_gateway.find_page(session, paid.redirect_url.rsplit("/", 1)[-1])
            assert intent is not None
            test_gateway.decide(session, intent, "approve")
            session.commit()
            placing.place_order(session, paid.payment_id, gateways, source="customer")
        Loop(sessions, jobs.handlers(sessions, gateways)).run_once(10)
        os.write(started, b".")
        signal.pause()
    finally:
        os._exit(1)
