"""How often somebody has tried, counted in the memory of this process."""

from threading import Lock
from typing import Any

from limits.storage import Storage

from sales_portal.core import clock

IN_PROCESS = "process://"
"""The address of the store below."""
FEW = 1024


class InProcess(Storage):
    """A store of rates for a portal of one process.

    What ran out is forgotten in one go, each time the counts have doubled. The library's own store in memory goes
    through all of them after each try, in a thread made for it.
    """

    STORAGE_SCHEME = ["process"]

    def __init__(self, uri: str | None = None, **options: Any) -> None:
        super().__init__(uri, **options)
        self._tries: dict[str, tuple[int, float]] = {}
        self._most = FEW
        self._lock = Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may fail here: nothing does."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more under `key`, whose count runs out `expiry` seconds after its first; gives the count."""
        at = _now()
        with self._lock:
            count, until = self._tries.get(key, (0, 0.0))
            if until <= at:
                count, until = 0, at + expiry
                self._sweep(at)
            self._tries[key] = (count + amount, until)
        return count + amount

    def get(self, key: str) -> int:
        """The count under `key`."""
        count, until = self._tries.get(key, (0, 0.0))
        return count if until > _now() else 0

    def get_expiry(self, key: str) -> float:
        """When the count under `key` runs out, in seconds of the epoch; now, if there is none."""
        at = _now()
        return max(self._tries.get(key, (0, at))[1], at)

    def check(self) -> bool:
        """Whether the store can be used: always."""
        return True

    def reset(self) -> int:
        """Forget all; gives how many counts there were."""
        with self._lock:
            forgotten = len(self._tries)
            self._tries.clear()
        return forgotten

    def clear(self, key: str) -> None:
        """Forget the count under `key`."""
        with self._lock:
            self._tries.pop(key, None)

    def _sweep(self, at: float) -> None:
        if len(self._tries) >= self._most:
            self._tries = {key: held for key, held in self._tries.items() if held[1] > at}
            self._most = max(FEW, 2 * len(self._tries))


def _now() -> float:
    return clock.now().timestamp()
