"""Tries are counted in the process, run out by the portal's clock, and are forgotten in one go."""

from datetime import timedelta
from threading import Thread, active_count

import pytest
from limits import RateLimitItemPerHour
from limits.strategies import FixedWindowRateLimiter

from sales_portal.application.factory import create_app
from sales_portal.core import clock
from sales_portal.web import rates
from sales_portal.web.rates import InProcess

HOUR = 3600


@pytest.fixture
def store() -> InProcess:
    """A store nobody has counted in."""
    return InProcess()


def test_a_rate_refuses_what_is_over_it_until_its_time_has_run_out(store: InProcess) -> None:
    limiter, twice = FixedWindowRateLimiter(store), RateLimitItemPerHour(2)
    with clock.standing(clock.now()):
        assert [limiter.hit(twice, "ada") for _ in range(3)] == [True, True, False]
        assert limiter.hit(twice, "ben")
        assert limiter.get_window_stats(twice, "ada") == (clock.now().timestamp() + HOUR, 0)
        clock.advance(timedelta(seconds=HOUR - 1))
        assert not limiter.hit(twice, "ada")
        clock.advance(timedelta(seconds=1))
        assert limiter.test(twice, "ada")
        assert [limiter.hit(twice, "ada") for _ in range(3)] == [True, True, False]


def test_what_nobody_tried_is_counted_nothing_and_runs_out_now(store: InProcess) -> None:
    with clock.standing(clock.now()):
        assert (store.get("ada"), store.get_expiry("ada")) == (0, clock.now().timestamp())
        store.incr("ada", HOUR)
        clock.advance(timedelta(hours=2))
        assert (store.get("ada"), store.get_expiry("ada")) == (0, clock.now().timestamp())


def test_one_count_or_all_can_be_forgotten(store: InProcess) -> None:
    for name in ("ada", "ben"):
        store.incr(name, HOUR, 3)
    store.clear("ada")
    assert (store.get("ada"), store.get("ben")) == (0, 3)
    assert (store.reset(), store.get("ben")) == (1, 0)


def test_what_ran_out_is_forgotten_and_what_counts_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "FEW", 10)
    store = InProcess()
    with clock.standing(clock.now()):
        store.incr("day", 24 * HOUR)
        for number in range(200):
            store.incr(str(number), HOUR)
            clock.advance(timedelta(minutes=10))
            assert len(store._tries) <= 20
        assert store.get("day") == 0
        store.incr("day", 24 * HOUR)
        for number in range(100):
            store.incr(str(number), HOUR)
        assert all(store.get(str(number)) == 1 for number in range(100))
        assert store.get("day") == 1


def test_it_goes_through_all_only_once_they_have_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "FEW", 10)
    store, sizes = InProcess(), list[int]()

    class Watched(dict[str, tuple[int, float]]):
        def items(self) -> object:  # type: ignore[override]
            sizes.append(len(self))
            return super().items()

    store._tries = Watched()
    sweep = store._sweep

    def watched_sweep(at: float) -> None:
        sweep(at)
        store._tries = Watched(store._tries)

    monkeypatch.setattr(store, "_sweep", watched_sweep)
    for number in range(200):
        store.incr(str(number), HOUR)
    assert [size for size in sizes if size] == [10, 20, 40, 80, 160]


def test_no_try_of_several_threads_is_lost_and_none_is_started(store: InProcess) -> None:
    before = active_count()

    def try_often() -> None:
        for _ in range(2_000):
            store.incr("ada", HOUR)

    threads = [Thread(target=try_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get("ada") == 8_000
    assert active_count() == before


def test_the_portal_counts_in_it_unless_another_store_is_named() -> None:
    app = create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://", "TESTING": True})
    assert app.config["RATELIMIT_STORAGE_URI"] == rates.IN_PROCESS
    assert isinstance(app.extensions["limiter"].copy().pop()._storage, InProcess)
