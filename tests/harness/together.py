"""Several at once: each in a thread of its own, all let go at one barrier."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Answer = TypeVar("Answer")
PATIENCE_SECONDS = 60


def all_at_once(acts: Iterable[Callable[[], Answer]]) -> list[Answer]:
    """Do every act in a thread of its own, all let go at one barrier."""
    waiting = list(acts)
    barrier = threading.Barrier(len(waiting))

    def go(act: Callable[[], Answer]) -> Answer:
        barrier.wait(timeout=PATIENCE_SECONDS)
        return act()

    with ThreadPoolExecutor(len(waiting)) as crew:
        return list(crew.map(go, waiting))
