"""A connection lost after COMMIT was sent: nobody knows whether it was done, and asking again is safe."""

import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func
from sqlalchemy import select as select_rows
from sqlalchemy.orm import Session

from sales_portal.core.db import engine_for
from sales_portal.orders import invariants, placing
from sales_portal.orders.models import Order
from sales_portal.payments.models import Payment
from tests import make
from tests.harness.databases import Databases

COMMIT = b"COMMIT"


class Cutter:
    """A proxy before PostgreSQL that passes everything on, and hangs up instead of passing on the answer to a COMMIT.

    The server has done it by then: its answer is read before the line is cut.
    """

    def __init__(self, server: Path) -> None:
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.cuts = 0
        self.is_armed_for: bytes | None = None
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        seen = b""
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self._server))
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    said = ready.recv(65536)
                    if not said:
                        return
                    if ready is client:
                        seen = (seen + said)[-100_000:]
                        server.sendall(said)
                    elif self._cuts(seen):
                        return
                    else:
                        seen = b""
                        client.sendall(said)

    def _cuts(self, seen: bytes) -> bool:
        if self.is_armed_for is None or COMMIT not in seen:
            return False
        self.cuts += 1
        self.is_armed_for = None
        return True

    def close(self) -> None:
        """Take no more connections."""
        self._listening.close()
