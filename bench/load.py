"""Closed loops of whole journeys, and what they cost the servers in processor time."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

Journey = Callable[[], Awaitable[int]]
"""One whole journey; gives how many requests it made."""
Maker = Callable[[int], Awaitable[Journey]]
"""Makes the journey of one client; what it does only once, such as signing in, is done before the clock starts."""

TURNS = 2
TICK = 1000 / os.sysconf("SC_CLK_TCK")


class Program(NamedTuple):
    """What is under load, and the processes to weigh, by name."""

    make: Maker
    pids: dict[str, list[int]]


@dataclass(slots=True)
class Result:
    """What a run of one program with one number of clients gave."""

    clients: int
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    requests: int = 0
    errors: list[str] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Journeys done per second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    @property
    def requests_each(self) -> float:
        """HTTP requests per journey."""
        return self.requests / len(self.times) if self.times else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds within which `share` of the journeys were done."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0

    def add(self, other: "Result") -> None:
        """Count what another run of the same program with as many clients gave."""
        self.seconds += other.seconds
        self.times += other.times
        self.requests += other.requests
        self.errors += other.errors
        self.cpu = {name: self.cpu.get(name, 0.0) + ms for name, ms in other.cpu.items()}

    def cpu_each(self) -> float:
        """Milliseconds of processor time per journey, server and database together."""
        return sum(self.cpu.values()) / len(self.times) if self.times else 0.0


async def by_turns(programs: Sequence[Program], clients: int, seconds: float, turns: int = TURNS) -> list[Result]:
    """Let `clients` do journeys one after the other with each of `programs` for `seconds`, a part of it at a time.

    A machine is not equally fast from one minute to the next: by turns all programs meet it as it is.
    """
    results = [Result(clients) for _ in programs]
    journeys = [[await program.make(number) for number in range(clients)] for program in programs]
    for _ in range(turns):
        for program, own, result in zip(programs, journeys, results, strict=True):
            await _turn(own, seconds / turns, program.pids, result)
    return results


async def _turn(journeys: list[Journey], seconds: float, pids: dict[str, list[int]], result: Result) -> None:
    before = {name: cpu_ms(roots) for name, roots in pids.items()}
    start = time.perf_counter()
    await asyncio.gather(*(_loop(journey, start + seconds, result) for journey in journeys))
    result.seconds += time.perf_counter() - start
    for name, roots in pids.items():
        result.cpu[name] = result.cpu.get(name, 0.0) + cpu_ms(roots) - before[name]


async def _loop(journey: Journey, end: float, result: Result) -> None:
    while (began := time.perf_counter()) < end:
        try:
            requests = await journey()
        except Exception as error:
            result.errors.append(f"{type(error).__name__}: {error}")
            if len(result.errors) > 50:
                return
            continue
        result.times.append(time.perf_counter() - began)
        result.requests += requests


def cpu_ms(roots: Iterable[int]) -> float:
    """Processor milliseconds of these processes and all below them, ended children included."""
    return sum(_ticks(pid) for root in roots for pid in _family(root)) * TICK


def _family(root: int) -> list[int]:
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        found.append(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            queue += [int(child) for child in task.read_text().split()]
    return found


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return sum(int(value) for value in fields[11:15])
