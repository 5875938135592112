import os
import time
from pathlib import Path

import pytest

from o2c.embedded.run import throw_away_state

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def state():
    """A folder for servers that nobody needs afterwards."""
    with throw_away_state() as folder:
        yield folder


@pytest.fixture
def outside():
    """The environment of somebody who gives no server."""
    given = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
    return {name: value for name, value in os.environ.items() if name not in given}


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie that nobody collected does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def wait_for(condition, seconds=15):
    """Wait until the condition holds and return what it gave."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")
