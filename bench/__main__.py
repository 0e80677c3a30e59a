"""`make bench`: the portal beside the yardstick, on SQLite and PostgreSQL, with 1, 8 and 32 clients."""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from bench import load, minimal_journey, portal_journey, portal_shop, servers, statements, worker
from bench.load import Program, Result
from sales_portal.application.factory import create_app
from sales_portal.core import tokens
from sales_portal.core.db import engine_for

MOST_CPU_RATIO = 3.0
MOST_STATEMENTS = 60
STARTS = 4
HEAD = f"{'':24}{'clients':>8}{'journeys/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}{'HTTP':>6}{'errors':>8}"


def main() -> int:
    """Run it all; 1 where a limit is broken."""
    asked = argparse.ArgumentParser(prog="make bench")
    asked.add_argument("--seconds", type=float, default=16)
    asked.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    asked.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"])
    wanted = asked.parse_args()
    os.environ.update(servers.KEYS)
    tokens.use_key(bytes.fromhex(servers.KEYS["LINK_KEY"]))
    broken = [text for engine in wanted.engines for text in _engine(engine, wanted.clients, wanted.seconds)]
    print(*broken, sep="\n")
    return 1 if broken else 0


def _engine(kind: str, clients: list[int], seconds: float) -> Iterator[str]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        server = stack.enter_context(servers.postgresql()) if kind == "postgresql" else None
        urls = {name: servers.new_database(server, name) if server is not None else f"sqlite:///{Path(folder) / name}.db"
                for name in ("portal", "minimal")}
        print(f"\n{kind}: filling")
        for url in urls.values():
            portal_shop.make(engine_for(url))
        app = create_app({"SQLALCHEMY_DATABASE_URI": urls["portal"], "TESTING": True})
        counted = statements.count(app)
        total = counted["pages"] + counted["capture"]
        print(f"{kind}: {total} SQL statements a journey ({counted['pages']} pages, {counted['capture']} capture), "
              f"{counted['provider']} more of the embedded provider, {counted['transactions']} transactions\n{HEAD}")
        if total > MOST_STATEMENTS:
            yield f"{kind}: {total} SQL statements a journey where {MOST_STATEMENTS} are allowed"
        if counted["transactions"] != (theirs := statements.count_yardstick(_path(urls["minimal"]))):
            yield f"{kind}: {counted['transactions']} transactions a journey, {theirs} of the yardstick"
        databases = {"database": [server.pid]} if server is not None else {}

        @contextmanager
        def every_page() -> Iterator[list[Program]]:
            with _portal(urls["portal"]) as (port, pids):
                yield [Program(portal_journey.journeys(port, sees_every_page=True), {"server": pids} | databases)]

        @contextmanager
        def both() -> Iterator[list[Program]]:
            with _portal(urls["portal"]) as (port, pids), _minimal(_path(urls["minimal"])) as (their_port, their_pids):
                yield [Program(portal_journey.journeys(port), {"server": pids} | databases),
                       Program(minimal_journey.journeys(their_port), {"server": their_pids} | databases)]

        _show(["portal, every page"], _rows(every_page, clients, seconds, starts=1))
        with _growing(urls["portal"]) as ours_written, _growing(urls["minimal"]) as theirs_written:
            rows = _rows(both, clients, seconds)
        _show(["portal", "minimal"], rows)
        print(f"{kind}: {worker.mails_ms(app):.2f} ms of processor time for the mails of an order, counted apart")
        if ours_written != theirs_written:
            yield f"{kind}: a journey writes {ours_written}, the yardstick's {theirs_written}"
        for ours, yardstick in rows:
            ratio = ours.cpu_each() / yardstick.cpu_each() if yardstick.cpu_each() else float("inf")
            print(f"{kind}, {ours.clients} clients: CPU per journey {ratio:.2f} × the minimal program's")
            if ratio > MOST_CPU_RATIO:
                yield f"{kind}, {ours.clients} clients: {ratio:.2f} × the CPU where {MOST_CPU_RATIO} × is allowed"
            if ours.errors:
                yield f"{kind}, {ours.clients} clients: {len(ours.errors)} errors, the first: {ours.errors[0]}"


@contextmanager
def _portal(url: str) -> Iterator[tuple[int, list[int]]]:
    port = servers.free_port()
    with servers.serve("app:app", port, with_worker=True, DATABASE_URL=url) as pids:
        yield port, pids


@contextmanager
def _growing(url: str) -> Iterator[dict[str, int]]:
    """How many rows of each table one selection brought with it while this ran, to the nearest."""
    engine, written = engine_for(url), dict[str, int]()
    before = portal_shop.count_rows(engine)
    yield written
    after = portal_shop.count_rows(engine)
    engine.dispose()
    journeys = max(1, after["selections"] - before["selections"])
    written.update({name: round((after[name] - before[name]) / journeys) for name in after})


@contextmanager
def _minimal(url: str) -> Iterator[tuple[int, list[int]]]:
    port = servers.free_port()
    with servers.serve("bench.minimal:app", port, MINIMAL_URL=url) as pids:
        yield port, pids


def _path(url: str) -> str:
    """The database as the yardstick wants it."""
    return url.removeprefix("sqlite:///")


def _rows(start: Callable[[], AbstractContextManager[list[Program]]], clients: list[int], seconds: float,
          starts: int = STARTS) -> list[list[Result]]:
    """What the programs take, by number of clients, for `seconds` in all; walked once before, so that all is warm.

    A process is some per cent quicker or slower for as long as it lives: they are started several times.
    """
    rows: list[list[Result]] = []
    for _ in range(starts):
        with start() as programs:
            asyncio.run(load.by_turns(programs, 2, 2, turns=1))
            rows = rows or [[Result(number) for _ in programs] for number in clients]
            for number, row in zip(clients, rows, strict=True):
                again = asyncio.run(load.by_turns(programs, number, seconds / starts))
                for result, further in zip(row, again, strict=True):
                    result.add(further)
    return rows


def _show(names: list[str], rows: list[list[Result]]) -> None:
    for row in rows:
        for name, result in zip(names, row, strict=True):
            print(f"{name:24}{result.clients:>8}{result.per_second:>12.1f}{result.percentile(.5):>9.1f}"
                  f"{result.percentile(.99):>9.1f}{result.cpu_each():>9.2f}{result.requests_each:>6.1f}"
                  f"{len(result.errors):>8}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
