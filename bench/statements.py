"""How many SQL statements and transactions one journey takes, counted in this process with the worker's share included."""

import asyncio
import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self
from unittest.mock import patch
from wsgiref.simple_server import WSGIRequestHandler, make_server

from flask import Flask
from sqlalchemy import Connection, event

from bench import minimal, minimal_journey, worker
from bench.http import Browser
from bench.minimal_store import Store
from bench.portal_journey import Agent, buy
from sales_portal.web.extensions import db

FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")
PROVIDERS = "test_intents"


class _Silent(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def count(app: Flask) -> Counter[str]:
    """Statements of one journey: `pages`, `capture` (the worker's, polling left out) and `provider`; and `transactions`.

    The embedded provider keeps its truth in the same database; a real one is asked over the network, so its
    statements are counted apart.
    """
    with _served(app) as port:
        agent = Agent(port)
        asyncio.run(agent.sign_in())
        with app.app_context(), _counting(app) as seen:
            asyncio.run(_walk(agent, port))
            pages = Counter(seen)
            seen.clear()
            _capture(app)
    return Counter(pages=pages["portal"], capture=seen["portal"], provider=pages["provider"] + seen["provider"],
                   transactions=pages["transactions"] + seen["transactions"])


def count_yardstick(url: str) -> int:
    """Transactions of one journey through the yardstick on the database `url`."""
    begun = Counter[str]()

    class Counted(Store):
        def __enter__(self) -> Self:
            begun["transactions"] += 1
            return super().__enter__()

    with _served(minimal.app) as port, patch.dict(os.environ, MINIMAL_URL=url), patch.object(
            minimal, "open_store", Counted):
        asyncio.run(_journey(port))
    return begun["transactions"]


async def _journey(port: int) -> None:
    await (await minimal_journey.journeys(port)(0))()


async def _walk(agent: Agent, port: int) -> None:
    await buy(Browser("127.0.0.1", port), *await agent.make_link())


def _capture(app: Flask) -> None:
    loop = worker.loop(app)
    claim = loop._claim()
    if claim is None:
        raise RuntimeError("no capture was asked for")
    loop._do(claim)


@contextmanager
def _served(app: Flask) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, app, handler_class=_Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()


@contextmanager
def _counting(app: Flask) -> Iterator[Counter[str]]:
    seen: Counter[str] = Counter()

    def note(connection: Connection, cursor: Any, sql: str, *_: Any) -> None:
        if not sql.lstrip().upper().startswith(FRAME):
            seen["provider" if PROVIDERS in sql else "portal"] += 1

    dialect = db.engine.dialect
    begin = dialect.do_begin

    def count_begin(connection: Any) -> None:
        seen["transactions"] += 1
        begin(connection)

    event.listen(db.engine, "before_cursor_execute", note)
    with patch.object(dialect, "do_begin", count_begin):
        yield seen
    event.remove(db.engine, "before_cursor_execute", note)
