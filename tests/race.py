"""Run functions at the same moment in separate database connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

from django.db import connection


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
