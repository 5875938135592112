"""The processes of a storm, and what is said of it at the end."""

import logging
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.pool import Pool
from random import Random
from typing import Protocol

from django.core.management import call_command
from django.db import connection

from o2c.kernel import transactions
from o2c.kernel.invariants import check_all

# Enough for a race to show, where nothing prevents it.
CONTROL_OPERATIONS = 800
# What the database or the ladder of locks had to stop: no step may come so far.
FAULT = "stopped: "
RESTART = "started over: "


class Storm(Protocol):
    """What a storm is made of: a module of this package."""

    __name__: str

    def prepare(self) -> None:
        """Fill the empty database."""

    def stage(self) -> list[int]:
        """Make the few documents that all will work on; return their keys."""

    def act(self, luck: Random, stage: list[int]) -> str:
        """Do one thing; return its name, and how it ended."""

    def unguard(self) -> None:
        """Take the guard away in this process, for the control."""

    def faults(self, stage: list[int]) -> Sequence[str]:
        """Return what should never be, counted without the services."""


@dataclass(frozen=True, kw_only=True)
class Report:
    text: str
    is_good: bool


@dataclass(frozen=True, kw_only=True)
class Job:
    """The share of one process. `storm` names the module."""

    storm: str
    stage: list[int]
    operations: int
    seed: int
    is_guarded: bool


class Restarts(logging.Handler):
    """Counts, per deed, the steps that had to start over."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        transactions.logger.setLevel(logging.WARNING)
        transactions.logger.propagate = False
        transactions.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        deed = _deed_of_stack(traceback.extract_stack())
        self.counts[f"{RESTART}{deed}, {record.getMessage()}"] += 1


def play(storm: Storm, *, operations: int, processes: int, seed: int) -> Report:
    """Play the storm, and then its control without the guard on documents of its own."""
    call_command("migrate", verbosity=0)
    storm.prepare()
    stage = storm.stage()
    deadlocks, begun = _deadlocks(), time.monotonic()
    counts = _work(storm, stage, operations, processes, seed=seed, is_guarded=True)
    seconds = time.monotonic() - begun
    faults = [*storm.faults(stage), *_broken_invariants()]
    deadlocks = _deadlocks() - deadlocks
    if deadlocks:
        faults.append(f"{deadlocks} × deadlock, started over")
    faults += [f"{count} × {name}" for name, count in counts.items() if name.startswith(FAULT)]
    stage = storm.stage()
    _work(storm, stage, CONTROL_OPERATIONS, processes, seed=seed, is_guarded=False)
    shown = storm.faults(stage)
    done = sum(count for name, count in counts.items() if not name.startswith(RESTART))
    lines = [
        f"{done:,} operations by {processes} processes in {seconds:.0f} s ({done / seconds:.0f}/s)",
        *(f"  {count:>8,} {name}" for name, count in counts.most_common()),
        f"faults: {len(faults)}",
        *(f"  {fault}" for fault in faults[:20]),
        f"control without the guard, {CONTROL_OPERATIONS} operations: {len(shown)} faults",
        *(f"  {fault}" for fault in shown[:3]),
    ]
    if not shown:
        lines.append("  The control shows nothing: the storm above proves nothing either.")
    return Report(text="\n".join(lines), is_good=not faults and bool(shown))


def _work(
    storm: Storm,
    stage: list[int],
    operations: int,
    processes: int,
    *,
    seed: int,
    is_guarded: bool,
) -> Counter[str]:
    """Share the operations among processes of their own; return how each of them ended."""
    share = operations // processes
    jobs = [
        Job(
            storm=storm.__name__,
            stage=stage,
            operations=share,
            seed=seed * 1000 + place,
            is_guarded=is_guarded,
        )
        for place in range(processes)
    ]
    with crew_of(processes) as pool:
        return sum(pool.map(_labour, jobs, chunksize=1), Counter())


def crew_of(processes: int) -> Pool:
    """Return processes of their own, forked from one that has Django set up and nothing else."""
    connection.close()
    context = get_context("forkserver")
    context.set_forkserver_preload(
        ["storm.ready", "storm.credit", "storm.stock", "storm.many_histories"]
    )
    return context.Pool(processes)


def _labour(job: Job) -> Counter[str]:
    storm: Storm = import_module(job.storm)
    if not job.is_guarded:
        storm.unguard()
    luck = Random(job.seed)  # noqa: S311  what comes next, not a secret
    met = Restarts()
    counts = Counter(_outcome(storm, luck, job.stage) for _ in range(job.operations))
    counts.update(met.counts)
    connection.close()  # PostgreSQL counts what this process has met only now
    return counts


def _outcome(storm: Storm, luck: Random, stage: list[int]) -> str:
    try:
        return storm.act(luck, stage)
    except Exception as error:  # noqa: BLE001  a fault is told with all others, at the end
        return f"{FAULT}{_deed_of(error)}, {type(error).__name__} {error}".splitlines()[0]


def _deed_of(error: BaseException) -> str:
    """Return the function of a storm that was at work."""
    return _deed_of_stack(traceback.extract_tb(error.__traceback__))


def _deed_of_stack(frames: traceback.StackSummary) -> str:
    ours = [frame for frame in frames if "/storm/" in frame.filename]
    return [frame.name for frame in ours if not frame.filename.endswith("/crew.py")][-1]


def _deadlocks() -> int:
    """Return how many circles of waiting PostgreSQL has broken so far: our steps start over."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        (count,) = cursor.fetchone()
    return int(count)


def _broken_invariants() -> list[str]:
    return [f"{found.name}: {found.count}, first {found.sample[0]}" for found in check_all()]
