"""`python -m bench.unknown`: whether an address nobody was given tells by its time what is wrong with it (T96).

An unknown id, and a wrong token of an open, an expired and a revoked link, are asked in turn, thousands of times each,
on both databases. It prints the medians, how far each is from the unknown id's, and how likely such a difference is
by chance (Mann-Whitney); it exits 1 where a median is `MOST_MS` away or chance explains it less than `LEAST_P`.
"""

import argparse
import math
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from bench import servers
from sales_portal.application import migrating
from sales_portal.application.factory import create_app
from sales_portal.core import clock
from sales_portal.core.db import engine_for
from sales_portal.history.service import SYSTEM
from sales_portal.links import service as links
from tests import make

MOST_MS = 1.0
LEAST_P = 0.01 / 6
"""One in a hundred, over the six comparisons of a run."""
NOBODY, WRONG = "0" * 32, "A" * 43
WARM_UP = 50
SEED = 96


def main() -> int:
    """Print a row per kind and database; 1 where one can be told from the others."""
    asked = argparse.ArgumentParser(prog="python -m bench.unknown")
    asked.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"])
    asked.add_argument("--times", type=int, default=5000)
    wanted = asked.parse_args()
    broken = [said for kind in wanted.engines for said in _engine(kind, wanted.times)]
    print(*broken, sep="\n")
    return 1 if broken else 0


def _engine(kind: str, times: int) -> Iterator[str]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        server = stack.enter_context(servers.postgresql()) if kind == "postgresql" else None
        url = servers.new_database(server, "unknown") if server is not None else f"sqlite:///{Path(folder) / 'portal.db'}"
        # A guesser is stopped long before so many tries; here every try is answered, to be timed.
        app = create_app({"SQLALCHEMY_DATABASE_URI": url, "TESTING": True, "RATELIMIT_ENABLED": False})
        engine = engine_for(url)
        migrating.upgrade(engine)
        with Session(engine) as session:
            addresses = _addresses(session)
        engine.dispose()
        taken = _time(app, addresses, times)
    unknown = taken["unknown id"]
    print(f"{kind}, {times} times each{'median ms':>25}{'difference':>12}{'p':>8}")
    for name, seconds in taken.items():
        apart = 1000 * (statistics.median(seconds) - statistics.median(unknown))
        chance = _by_chance(seconds, unknown)
        print(f"{name:30}{1000 * statistics.median(seconds):>19.3f}{apart:>12.3f}{chance:>8.3f}")
        if abs(apart) >= MOST_MS or chance < LEAST_P:
            yield f"{kind}: {name} is {apart:.2f} ms from an unknown id, by chance with p = {chance:.4f}"


def _addresses(session: Session) -> dict[str, str]:
    shop = make.shop(session)
    states = {name: make.link(session, make.selection(session, shop, {shop.bag: 1})) for name in
              ("open", "expired", "revoked")}
    ended = states["expired"].link
    ended.created_at, ended.expires_at = clock.now() - timedelta(days=2), clock.now() - timedelta(days=1)
    links.revoke_link(session, states["revoked"].link, "", by=SYSTEM)
    session.commit()
    return {"unknown id": f"/selection/{NOBODY}/{WRONG}"} | {
        f"wrong token, {name} link": f"/selection/{made.public_id}/{WRONG}" for name, made in states.items()}


def _time(app: Flask, addresses: dict[str, str], times: int) -> dict[str, list[float]]:
    client, taken, turn = app.test_client(), {name: [] for name in addresses}, random.Random(SEED)
    for round_no in range(times + WARM_UP):
        for name in turn.sample(sorted(addresses), len(addresses)):
            began = time.perf_counter()
            answer = client.get(addresses[name])
            seconds = time.perf_counter() - began
            if answer.status_code != 404:
                raise RuntimeError(f"{name} was answered {answer.status_code}")
            if round_no >= WARM_UP:
                taken[name].append(seconds)
    return taken


def _by_chance(one: list[float], other: list[float]) -> float:
    """The two-sided p of Mann and Whitney's test, by its normal approximation; ties share their ranks."""
    ranked, rank, sum_of_one = sorted([(value, 0) for value in one] + [(value, 1) for value in other]), 0, 0.0
    for _, ties in groupby(ranked, key=lambda pair: pair[0]):
        same = list(ties)
        middle = rank + (len(same) + 1) / 2
        sum_of_one += middle * sum(1 for _, side in same if side == 0)
        rank += len(same)
    n, m = len(one), len(other)
    above = sum_of_one - n * (n + 1) / 2
    distance = abs(above - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(distance / math.sqrt(2))


if __name__ == "__main__":
    sys.exit(main())
