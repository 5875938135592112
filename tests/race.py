"""Run functions at the same moment in separate database connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Event
from time import sleep
from typing import Any

from django.db import connection

from o2c.kernel.transactions import step


def run_together(*functions: Callable[[], object]) -> list[object]:
    """Start all functions at once; return each one's result, or the exception it raised."""
    barrier = Barrier(len(functions), timeout=5)

    def run(function: Callable[[], object]) -> object:
        try:
            barrier.wait()
            return function()
        except Exception as error:  # noqa: BLE001  the test decides what to expect
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions))


def read_by_both(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let each of two read what the other one has read, before either writes."""
    both = Barrier(2, timeout=3)

    def run(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        with suppress(BrokenBarrierError):
            both.wait()
        return result

    return run


def without_locks(monkeypatch) -> None:
    """Take the row locks away: the control that shows that a race is real."""
    monkeypatch.setattr("o2c.kernel.locks.CLAUSE", "")
    monkeypatch.setattr("o2c.kernel.locks.for_update", lambda queryset: queryset.order_by("pk"))


def while_it_waits(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """Commit `first` only once `second` waits for one of its locks; return what both returned.

    An exception of either is raised: nothing is to be refused here.
    """
    has_locked = Event()

    def hold() -> object:
        try:
            with step():
                result = first()
                has_locked.set()
                _wait_for_somebody()
            return result
        finally:
            has_locked.set()

    def follow() -> object:
        has_locked.wait(timeout=10)
        return second()

    results = run_together(hold, follow)
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def _wait_for_somebody() -> None:
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
                " AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return
        sleep(0.01)
    raise AssertionError("Nobody has waited for a lock.")
