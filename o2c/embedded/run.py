"""Start the servers, run one command against them, stop them: `python -m o2c.embedded.run CMD`.

By default the servers are throw-away; `--state FOLDER` keeps their data there. Where a demo runs
on that folder, the command works with the demo's servers.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from o2c.embedded.children import Children, Stopped, supervised
from o2c.embedded.claims import claim, started_by_another
from o2c.embedded.errors import CannotRun
from o2c.embedded.servers import Environment, given, start_servers

COMMAND_NOT_FOUND = 127
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status of the command."""
    chosen = _parse(arguments)
    try:
        with _state(chosen.state) as (state, is_ours), supervised() as children:
            if is_ours:
                found = start_servers(children, state, is_throw_away=chosen.state is None)
            else:
                found = started_by_another(state) | given()
            return _run(chosen.command, found)
    except CannotRun as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except Stopped:
        return INTERRUPTED


@contextmanager
def throw_away_state() -> Iterator[Path]:
    """Give a folder that a server of another user can reach, removed on leaving."""
    state = Path(tempfile.mkdtemp(prefix="o2c-"))
    state.chmod(0o755)
    try:
        yield state
    finally:
        shutil.rmtree(state, ignore_errors=True)


@contextmanager
def throw_away_servers() -> Iterator[Environment]:
    """Give the variables of servers that are stopped and forgotten on leaving."""
    children = Children()
    with throw_away_state() as state:
        try:
            yield start_servers(children, state, is_throw_away=True)
        finally:
            children.stop_all()


@contextmanager
def _state(chosen: Path | None) -> Iterator[tuple[Path, bool]]:
    """Give the folder, and whether its servers are ours to start: a demo may run on it."""
    if chosen:
        with claim(chosen.resolve()) as is_ours:
            yield chosen.resolve(), is_ours
        return
    with throw_away_state() as state:
        yield state, True


def _run(command: Sequence[str], found: Environment) -> int:
    """Run the command in our own terminal and process group: Ctrl-C reaches it first."""
    try:
        process = subprocess.Popen(command, env=os.environ | found)
    except FileNotFoundError:
        sys.stderr.write(f"There is no command {command[0]}.\n")
        return COMMAND_NOT_FOUND
    try:
        return process.wait()
    except Stopped:
        process.terminate()
        process.wait()
        raise


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="o2c.embedded.run", description=__doc__)
    parser.add_argument("--state", type=Path, help="keep the servers' data in this folder")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    chosen = parser.parse_args(arguments)
    if chosen.command[:1] == ["--"]:
        del chosen.command[0]
    if not chosen.command:
        parser.error("name the command to run")
    return chosen


if __name__ == "__main__":
    sys.exit(main())
