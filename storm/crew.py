"""The processes of a storm, and what is said of it at the end."""

import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from random import Random
from typing import Protocol

import django
from django.core.management import call_command
from django.db import connection
from django.db.utils import DatabaseError

from o2c.kernel.invariants import check_all

# Enough for a race to show, where nothing prevents it.
CONTROL_OPERATIONS = 800
DEADLOCK = "40P01"
# What the database had to stop: no step may come so far.
FAULT = "stopped by the database: "


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


def play(storm: Storm, *, operations: int, processes: int, seed: int) -> Report:
    """Play the storm, and then its control without the guard on documents of its own."""
    call_command("migrate", verbosity=0)
    storm.prepare()
    stage = storm.stage()
    begun = time.monotonic()
    counts = _work(storm, stage, operations, processes, seed=seed, is_guarded=True)
    seconds = time.monotonic() - begun
    faults = [*storm.faults(stage), *_broken_invariants()]
    faults += [f"{count} × {name}" for name, count in counts.items() if name.startswith(FAULT)]
    stage = storm.stage()
    _work(storm, stage, CONTROL_OPERATIONS, processes, seed=seed, is_guarded=False)
    shown = storm.faults(stage)
    lines = [
        f"{counts.total():,} operations by {processes} processes in {seconds:.0f} s "
        f"({counts.total() / seconds:.0f}/s)",
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
    connection.close()
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
    with get_context("spawn").Pool(processes, initializer=begin) as pool:
        return sum(pool.map(_labour, jobs, chunksize=1), Counter())


def begin() -> None:
    """Set up a process of its own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "o2c.settings"
    django.setup()


def _labour(job: Job) -> Counter[str]:
    storm: Storm = import_module(job.storm)
    if not job.is_guarded:
        storm.unguard()
    luck = Random(job.seed)  # noqa: S311  what comes next, not a secret
    return Counter(_outcome(storm, luck, job.stage) for _ in range(job.operations))


def _outcome(storm: Storm, luck: Random, stage: list[int]) -> str:
    try:
        return storm.act(luck, stage)
    except DatabaseError as error:
        code = getattr(error.__cause__, "pgcode", "")
        return f"{FAULT}{'deadlock' if code == DEADLOCK else error}".splitlines()[0]


def _broken_invariants() -> list[str]:
    return [f"{found.name}: {found.count}, first {found.sample[0]}" for found in check_all()]
