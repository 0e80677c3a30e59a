"""A connection lost after COMMIT was sent: nobody knows whether it was done, and asking again is safe."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy import select as rows
from sqlalchemy.orm import Session

from sales_portal.core.db import engine_for
from sales_portal.orders import invariants, placing
from sales_portal.orders.models import Order
from sales_portal.payments.models import Payment
from tests import make
from tests.harness.databases import Database, Databases

THE_ORDER = b"INSERT INTO orders"


class Cutter:
    """A proxy before PostgreSQL that passes everything on, but the first answer to the COMMIT of an order.

    By then the server has done it; the client is hung up on instead.
    """

    def __init__(self, server: Path) -> None:
        self.cuts = 0
        self._server = str(server)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def _accept(self) -> None:
        crew = []
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                break
            crew.append(threading.Thread(target=self._pass_on, args=(client,)))
            crew[-1].start()
        for thread in crew:
            thread.join()

    def _pass_on(self, client: socket.socket) -> None:
        asked = b""
        # Whoever went away first, the other one is told so by its own end of the line.
        with suppress(ConnectionError), client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._server)
            while True:
                ready = select.select([client, server], [], [])[0][0]
                said = ready.recv(65536)
                if ready is client:
                    asked += said
                    server.sendall(said)
                elif THE_ORDER in asked and b"COMMIT" in asked and not self.cuts:
                    self.cuts += 1
                    return
                else:
                    asked = b"" if b"COMMIT" in asked else asked
                    client.sendall(said)
                if not said:
                    return

    def close(self) -> None:
        """Take no more connections, and wait for those there are to end."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(timeout=30)


@pytest.fixture
def cutter(databases: Databases) -> Iterator[Cutter]:
    """A line to the server of the tests that is cut once."""
    folder = databases.postgresql_server().partition("?host=")[2]
    made = Cutter(Path(folder) / ".s.PGSQL.5432")
    yield made
    made.close()


@pytest.fixture
def cut_engine(database: Database, cutter: Cutter) -> Iterator[Engine]:
    """The portal's engine at the end of that line."""
    made = engine_for(f"{database.url.partition('?')[0].replace('@/', f'@127.0.0.1:{cutter.port}/')}")
    yield made
    made.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_order_whose_commit_nobody_heard_of_is_found_by_asking_again(
        session: Session, kept_shop: make.Shop, cutter: Cutter, cut_engine: Engine) -> None:
    """C46: `already`, within the same call."""
    linked = make.link(session, make.selection(session, kept_shop, {kept_shop.bag: 1}))
    payment_id = make.payment(session, make.visit(session, linked))
    with Session(cut_engine) as portal:
        placed = placing.place_order(portal, payment_id, make.gateways(session), source="customer")
    assert cutter.cuts == 1
    assert placed.outcome == "already"
    assert session.scalars(rows(Order.id)).all() == [placed.order_id]
    assert session.scalars(rows(Payment.status)).all() == ["capturing"]
    assert invariants.find_violations(session) == []
