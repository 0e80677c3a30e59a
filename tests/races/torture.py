"""The long run: the raced rows many times with many connections, and processes killed at any moment.

`python -m tests.races.torture` goes on where it stopped: what was done stands in `instance/torture.json`, which
`--afresh` forgets. At the end it prints the table for `docs/reliability.md`.
"""

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.harness import app as harness
from tests.harness.databases import KINDS, Databases
from tests.harness.server import ROOT, Portal
from tests.races.kills import PER_BATCH, Kills
from tests.races.rounds import ROUNDS, Race

STATE = ROOT / "instance" / "torture.json"
TIMED = 20
"""At least so many recoveries are waited for by the clock."""
ROUNDS_AT_ONCE = 10


def main() -> int:
    """Do what is left, keep what was done after every few rounds, and print the table."""
    wanted = _arguments()
    if wanted.afresh:
        STATE.unlink(missing_ok=True)
    os.environ["CI"] = "true"
    harness.pytest_configure()
    databases, done = Databases("torture"), _Done(STATE)
    try:
        for kind in KINDS:
            _race(databases, kind, wanted, done)
            _kill(databases, kind, wanted, done)
    finally:
        databases.close()
    print(_table(done.kept, wanted))
    return 0


class _Done:
    """What was done so far, in a file, by name."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}

    def add(self, name: str, **values: Any) -> None:
        """Keep `values` under `name`: numbers are added up, lists go on, counts are summed by key."""
        before = self.kept.setdefault(name, {})
        for key, value in values.items():
            if isinstance(value, Counter):
                before[key] = dict(Counter(before.get(key, {})) + value)
            else:
                before[key] = before[key] + value if key in before else value
        self._path.parent.mkdir(exist_ok=True)
        self._path.write_text(json.dumps(self.kept, indent=1))

    def count(self, name: str, key: str = "times") -> int:
        """How often it was done."""
        return int(self.kept.get(name, {}).get(key, 0))


def _race(databases: Databases, kind: str, wanted: argparse.Namespace, done: _Done) -> None:
    left = [row for row in ROUNDS if done.count(f"{kind} {row}") < wanted.rounds]
    if not left:
        return
    database = databases.get(kind)
    database.reset()
    portal = Portal(database.url, workers=wanted.processes, threads=4)
    try:
        for row in left:
            race = Race(row, database, databases.portals_engine(kind), portal.port, wanted.connections)
            while (missing := wanted.rounds - done.count(f"{kind} {row}")) > 0:
                began, times = time.monotonic(), min(ROUNDS_AT_ONCE, missing)
                for _ in range(times):
                    race.run()
                done.add(f"{kind} {row}", times=times, seconds=time.monotonic() - began)
                print(f"{kind} {row}: {done.count(f'{kind} {row}')} rounds", flush=True)
    finally:
        portal.close()


def _kill(databases: Databases, kind: str, wanted: argparse.Namespace, done: _Done) -> None:
    name = f"{kind} kills"
    kills = Kills(databases.get(kind), random.Random(wanted.seed + done.count(name)))
    while (missing := wanted.kills - done.count(name)) > 0:
        times = min(PER_BATCH, missing)
        done.add(name, found=kills.run(times), times=times)
        print(f"{name}: {done.count(name)}", flush=True)
    while done.count(name, "timed") < TIMED:
        waited = kills.run_by_the_clock(TIMED)
        done.add(name, recoveries=waited, timed=len(waited))
        print(f"{name}: {done.count(name, 'timed')} recoveries timed", flush=True)


def _table(kept: dict[str, Any], wanted: argparse.Namespace) -> str:
    lines = [f"{wanted.connections} connections over {wanted.processes} processes, invariants after every round.", "",
             "| Row | Rounds on SQLite | Rounds on PostgreSQL | as it says | invariants violated |",
             "|---|---|---|---|---|"]
    for row in ROUNDS:
        times = [kept.get(f"{kind} {row}", {}).get("times", 0) for kind in KINDS]
        lines.append(f"| {row} | {times[0]} | {times[1]} | all | 0 |")
    lines += ["", "| Found where the process was killed | SQLite | PostgreSQL |", "|---|---|---|"]
    found = [Counter(kept.get(f"{kind} kills", {}).get("found", {})) for kind in KINDS]
    never = [kept.get(f"{kind} kills", {}).get("times", 0) - sum(counts.values()) for kind, counts in
             zip(KINDS, found, strict=True)]
    lines.append(f"| no payment yet | {never[0]} | {never[1]} |")
    lines += [f"| {state} | {found[0][state]} | {found[1][state]} |" for state in sorted(found[0] | found[1])]
    lines.append(f"| together, all recovered, invariants violated: 0 | {sum(found[0].values()) + never[0]} | "
                 f"{sum(found[1].values()) + never[1]} |")
    waits = [sorted(kept.get(f"{kind} kills", {}).get("recoveries", [0])) for kind in KINDS]
    lines += ["", "Recovery with a worker of its own, in seconds, longest of "
              + ", ".join(f"{len(one)} on {kind}: {one[-1]:.1f}" for kind, one in zip(KINDS, waits, strict=True)) + "."]
    return "\n".join(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make torture")
    parser.add_argument("--rounds", type=int, default=200, help="how often each row is raced on each database")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--kills", type=int, default=500, help="processes killed on each database")
    parser.add_argument("--seed", type=int, default=1, help="of the moments at which processes are killed")
    parser.add_argument("--afresh", action="store_true", help="forget what was done before")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
