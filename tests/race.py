"""Run functions at the same moment in separate database connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
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


def at_their_places(monkeypatch, *places: tuple[Any, str]) -> None:
    """Let the first call of each function, `(module, name)`, wait until all have been called."""
    all_are_there = Barrier(len(places), timeout=3)

    def waiting(function: Callable[..., Any]) -> Callable[..., Any]:
        has_waited = False

        def run(*args: Any, **kwargs: Any) -> Any:
            nonlocal has_waited
            is_first, has_waited = not has_waited, True
            if is_first:
                with suppress(BrokenBarrierError):
                    all_are_there.wait()
            return function(*args, **kwargs)

        return run

    for module, name in places:
        monkeypatch.setattr(module, name, waiting(getattr(module, name)))


def without_locks(monkeypatch) -> None:
    """Take the row locks away: the control that shows that a race is real."""
    monkeypatch.setattr("o2c.kernel.locks.CLAUSE", "")
    monkeypatch.setattr("o2c.kernel.locks.for_update", lambda queryset: queryset.order_by("pk"))


def while_it_waits(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """Commit `first` only once `second` waits for one of its locks; return what both returned.

    An exception of either is raised: nothing is to be refused here.
    """
    results = in_line(first, second)
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def in_line(first: Callable[[], object], *others: Callable[[], object]) -> list[object]:
    """Commit `first` only once all others wait for locks, each begun when the one before waits.

    Return each one's result, or the exception it raised.
    """
    has_locked = Event()

    def hold() -> object:
        try:
            with step():
                result = first()
                has_locked.set()
                _until_so_many_wait(len(others))
            return result
        finally:
            has_locked.set()

    def follow(place: int, function: Callable[[], object]) -> object:
        has_locked.wait(timeout=10)
        _until_so_many_wait(place)
        return function()

    return run_together(hold, *[partial(follow, *pair) for pair in enumerate(others)])


# In this database: other tests run beside this one, in databases of their own. Who waits for a
# transaction holds a lock on some table of it. (`pg_stat_activity` stands still in a transaction.)
SO_MANY_WAIT = """
SELECT count(DISTINCT w.pid) >= %s
  FROM pg_locks w
 WHERE NOT w.granted AND EXISTS (
    SELECT FROM pg_locks held JOIN pg_database d ON d.oid = held.database
     WHERE held.pid = w.pid AND held.granted AND d.datname = current_database())
"""


def _until_so_many_wait(number: int) -> None:
    for _ in range(1000):
        with connection.cursor() as cursor:
            cursor.execute(SO_MANY_WAIT, [number])
            if cursor.fetchone()[0]:
                return
        sleep(0.01)
    raise AssertionError(f"No {number} have waited for a lock.")
