"""Who runs the servers of a state folder: one program at a time; others use what it started."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from o2c.embedded.errors import CannotRun

LOCK = "demo.lock"
ADDRESSES = "servers.json"
SECONDS_TO_START = 60


@contextmanager
def claim(state: Path) -> Iterator[bool]:
    """Give whether the servers of this folder are ours to start; the claim dies with us."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        (state / ADDRESSES).unlink(missing_ok=True)
        try:
            yield True
        finally:
            (state / ADDRESSES).unlink(missing_ok=True)


def tell(state: Path, addresses: dict[str, str]) -> None:
    """Let others find the servers that we have started: whole or not at all, for us alone."""
    unfinished = state / f"{ADDRESSES}.new"
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(addresses, file)
    unfinished.replace(state / ADDRESSES)


def started_by_another(state: Path) -> dict[str, str]:
    """Return the variables that lead to the servers of whoever has the claim."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            addresses: dict[str, str] = json.loads((state / ADDRESSES).read_text())
        except FileNotFoundError:
            time.sleep(0.1)
        else:
            return addresses
    raise CannotRun(f"Another program uses {state} and has not started its servers: stop it first.")
