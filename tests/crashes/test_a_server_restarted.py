"""PostgreSQL crashes while customers pay: they are asked to come back, and each of them ends with one order."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sales_portal.orders import invariants
from sales_portal.orders.models import Order
from tests import make
from tests.harness.databases import PostgreSQLDatabase
from tests.harness.postgres import PostgresServer
from tests.harness.server import Portal
from tests.harness.together import all_at_once
from tests.races.buyers import Buyer, Page, walk_to_approval
from tests.races.rounds import drain

BUYERS, LINKS_EACH = 4, 3
PATIENCE_SECONDS = 30
SECONDS_DOWN = 0.5
MOST_SECONDS = 10


@dataclass
class Persistent:
    """A customer with several links who presses again until each is bought."""

    port: int
    paths: list[str]
    is_under_way: threading.Event
    refused: list[tuple[float, int]] = field(default_factory=list)

    def buy(self) -> None:
        """All of them, one after the other."""
        for path in self.paths:
            buyer, until = Buyer(self.port), time.monotonic() + PATIENCE_SECONDS
            while not self._is_bought(buyer, path):
                assert time.monotonic() < until, f"{path} cannot be bought any more: {self.refused[-3:]}"
                time.sleep(0.05)
            self.is_under_way.set()

    def _is_bought(self, buyer: Buyer, path: str) -> bool:
        # Whether the provider was reached, a customer who saw an error does not know.
        for look in (lambda: buyer.get(f"{path}/payment"), lambda: self._walk(buyer, path)):
            page = self._seen(look())
            if page.has("/payment/confirmation"):
                page = self._seen(buyer.submit(page.form("/payment/confirmation")))
            if page.status == 200 and page.path.endswith("/receipt"):
                return True
        return False

    def _walk(self, buyer: Buyer, path: str) -> Page:
        try:
            return walk_to_approval(buyer, path)
        except StopIteration:
            return buyer.get(f"{path}/payment")

    def _seen(self, page: Page) -> Page:
        if page.status >= 500:
            self.refused.append((time.monotonic(), page.status))
        return page


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server of this test's own, which keeps what it has committed."""
    made = PostgresServer(is_durable=True)
    yield made
    made.stop()


def test_customers_are_refused_for_some_seconds_and_all_of_them_get_their_order(
        server: PostgresServer, start_portal: Callable[..., Portal]) -> None:
    """C45: the portal is not restarted."""
    database = PostgreSQLDatabase(server.url("postgres"), "crashing")
    with Session(database.engine) as session:
        shop = make.shop(session)
        paths = [make.link(session, make.selection(session, shop, {shop.bag: 1})).path
                 for _ in range(BUYERS * LINKS_EACH)]
        session.commit()
        portal = start_portal(database.url, workers=1, threads=BUYERS)
        going = threading.Event()
        crew = [Persistent(portal.port, paths[one::BUYERS], going) for one in range(BUYERS)]

        buying = threading.Thread(target=all_at_once, args=([one.buy for one in crew],))
        buying.start()
        assert going.wait(PATIENCE_SECONDS)
        server.crash()
        time.sleep(SECONDS_DOWN)
        server.start_again()
        buying.join(2 * PATIENCE_SECONDS)
        assert not buying.is_alive()
        refused = [one for customer in crew for one in customer.refused]
        assert refused
        assert {status for _, status in refused} <= {500, 503}
        assert max(at for at, _ in refused) - min(at for at, _ in refused) < MOST_SECONDS
        database.engine.dispose()
        assert len(session.scalars(select(Order.id)).all()) == len(paths)
        drain(session)
        assert set(session.scalars(select(Order.status))) == {"paid"}
        broken = [str(one) for one in invariants.find_violations(session) if one.invariant.code != "I26"]
        assert broken == []
    database.close()
