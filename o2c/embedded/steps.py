"""Run one-off commands with a line of progress each, and explain a failure in one line."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from o2c.embedded.children import Child, Children
from o2c.embedded.errors import CannotRun

WIDTH = 46


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show what is being done and, when it is done, how long it took."""
    started = time.monotonic()
    print(f"  {title} ".ljust(WIDTH, "."), end="", flush=True)
    try:
        yield
    except CannotRun:
        print(" failed", flush=True)
        raise
    print(f"{time.monotonic() - started:6.1f} s", flush=True)


def start_command(
    children: Children,
    name: str,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    logs: Path,
) -> Child:
    """Start a command whose output goes to a log of its own."""
    log = logs / f"{name}.log"
    log.unlink(missing_ok=True)
    return children.start(name, command, log=log, env=env)


def finish(children: Children, child: Child) -> None:
    """Wait for a command that must succeed."""
    status = child.process.wait()
    children.running.remove(child)
    if status:
        raise CannotRun(f"{child.name} failed ({last_line(child.log)}). Details: {child.log}")


def last_line(log: Path) -> str:
    """Return the last thing a command said, which is what its failure is about."""
    lines = log.read_text(errors="replace").split("\n")
    said = [line.strip() for line in lines if line.strip()]
    return said[-1] if said else "it said nothing"


def complain(message: str) -> None:
    """Tell why there is no portal, in one line."""
    sys.stderr.write(f"\n{message}\n")
