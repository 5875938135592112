"""Run functions at the same moment in separate database connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError, Event, get_ident
from time import monotonic, sleep
from typing import Any

from django.db import connection

from o2c.kernel.transactions import step

# Seconds after which a test gives up: who is waited for gets there on the slowest machine.
PATIENCE = 60


def run_together(*functions: Callable[[], object]) -> list[object]:
    """Start all functions at once; return each one's result, or the exception it raised."""
    barrier = Barrier(len(functions), timeout=PATIENCE)

    def run(function: Callable[[], object]) -> object:
        try:
            _wait_patiently()
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
    both = Barrier(2, timeout=PATIENCE)

    def run(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        with suppress(BrokenBarrierError):
            both.wait()
        return result

    return run


def at_their_places(monkeypatch, *places: tuple[Any, str]) -> None:
    """Let the first call of each function, `(module, name)`, wait until all have been called.

    It goes on, too, once somebody waits for a lock: they do not get to their place before.
    """
    called: set[tuple[Any, str]] = set()

    def waiting(place: tuple[Any, str]) -> Callable[..., Any]:
        function = getattr(*place)

        def run(*args: Any, **kwargs: Any) -> Any:
            if place not in called:
                called.add(place)
                _until(lambda: len(called) == len(places) or _so_many_wait(1))
            return function(*args, **kwargs)

        return run

    for place in places:
        monkeypatch.setattr(*place, waiting(place))


def meanwhile(
    monkeypatch, place: tuple[Any, str], first: Callable[[], object], second: Callable[[], object]
) -> list[object]:
    """Let `second` work when `first` has called the function at `place`, `(module, name)`.

    `first` goes on once `second` has ended or waits for a lock: what comes between what is a
    matter of their locks then, not of the machine's pace. Return each one's result, or the
    exception it raised.
    """
    module, name = place
    function, is_there, has_ended = getattr(module, name), Event(), Event()
    is_over = Event()
    who_stops: list[int] = []

    def stop(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        if who_stops == [get_ident()] and not is_there.is_set():
            is_there.set()
            _until(lambda: has_ended.is_set() or _so_many_wait(1))
        return result

    def go_first() -> object:
        who_stops.append(get_ident())
        try:
            return first()
        finally:
            is_over.set()

    def come_by() -> object:
        _until(lambda: is_there.is_set() or is_over.is_set())
        assert is_there.is_set(), f"The first one has never called {name}."
        try:
            return second()
        finally:
            has_ended.set()

    monkeypatch.setattr(module, name, stop)
    return run_together(go_first, come_by)


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
        has_locked.wait(timeout=PATIENCE)
        _until_so_many_wait(place)
        return function()

    return run_together(hold, *[partial(follow, *pair) for pair in enumerate(others)])


# In this database: other tests run beside this one, in databases of their own. Who waits for a
# transaction holds a lock on some table of it; what else is waited for is of a database itself.
# (`pg_stat_activity` stands still in a transaction.)
SO_MANY_WAIT = """
SELECT count(DISTINCT w.pid) >= %s
  FROM pg_locks w
 WHERE NOT w.granted AND EXISTS (
    SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
     WHERE l.pid = w.pid AND d.datname = current_database())
"""


def _until_so_many_wait(number: int) -> None:
    _until(lambda: _so_many_wait(number))


def _so_many_wait(number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(SO_MANY_WAIT, [number])
        return bool(cursor.fetchone()[0])


def _until(is_so: Callable[[], bool]) -> None:
    end = monotonic() + PATIENCE
    while monotonic() < end:
        if is_so():
            return
        sleep(0.01)
    raise AssertionError("Nobody has waited for a lock, or come to the place, in time.")


def _wait_patiently() -> None:
    """Let nobody who waits for a lock be told that the house is busy: a slow machine is not."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{PATIENCE}s'")
