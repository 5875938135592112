"""The whole portal on one machine: database, queue, web, worker and beat, until Ctrl-C."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from o2c.embedded.children import Child, Children, Stopped, supervised
from o2c.embedded.claims import claim
from o2c.embedded.errors import CannotRun
from o2c.embedded.portal import (
    ROOT,
    Portal,
    end_history,
    list_signins,
    prepare,
    signins,
    start_background,
    start_history,
    start_web,
)
from o2c.embedded.ports import is_taken
from o2c.embedded.servers import start_servers
from o2c.embedded.steps import complain, last_line, step

DEFAULT_PORT = "8000"
HIGHEST_PORT = 65535


def main() -> int:
    """Return 0 after Ctrl-C, 1 when the portal could not be started or broke down."""
    state = Path(os.environ.get("O2C_STATE", ROOT / ".o2c")).resolve()
    try:
        with _only_one(state), supervised() as children:
            _serve(children, state, _port())
    except CannotRun as refusal:
        complain(str(refusal))
        return 1
    except Stopped:
        print("\nStopped.")
        return 0


def _serve(children: Children, state: Path, port: int) -> NoReturn:
    with step("Starting the database and the queue"):
        env = os.environ | _defaults(state, port)
        env |= start_servers(children, state, is_throw_away=False)
    portal = Portal(children, state, port, env)
    prepare(portal)
    with step("Starting the portal"):
        listing = list_signins(portal)
        web = start_web(portal)
    print(f"\nThe portal is at {portal.address}\n", flush=True)
    print(f"{signins(portal, listing)}\nCtrl-C stops everything.", flush=True)
    _watch(portal, [web, *start_background(portal)], start_history(portal))


def _watch(portal: Portal, programs: list[Child], history: Child | None) -> NoReturn:
    """Stay until somebody stops us or a program breaks down."""
    while True:
        time.sleep(0.2)
        for program in programs:
            if not program.is_running:
                why, log = last_line(program.log), program.log
                raise CannotRun(f"The {program.name} program ended ({why}). Details: {log}")
        if history and not history.is_running:
            end_history(portal, history)
            history = None


def _defaults(state: Path, port: int) -> dict[str, str]:
    """Return the variables of a demo, except those that the caller has set."""
    for folder in ("files", "mail"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    wanted = {
        "PUBLIC_URL": f"http://localhost:{port}",
        "CSRF_TRUSTED_ORIGINS": f"http://localhost:{port},http://127.0.0.1:{port}",
        "O2C_FILES": str(state / "files"),
        "EMAIL_URL": f"filemail:///{state / 'mail'}",
        "BEAT_SCHEDULE": str(state / "beat"),
        # Hashed names as in production, without the minute that compressing takes.
        "STATIC_BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
    }
    return {name: value for name, value in wanted.items() if name not in os.environ}


def _port() -> int:
    chosen = os.environ.get("PORT", DEFAULT_PORT)
    if not chosen.isdigit() or not 0 < int(chosen) <= HIGHEST_PORT:
        raise CannotRun(f"PORT={chosen} is no port: give a number from 1 to {HIGHEST_PORT}.")
    if is_taken(int(chosen)):
        raise CannotRun(
            f"Port {chosen} is taken by another program: stop that one, "
            f"or choose a free port: PORT={int(chosen) + 1} bin/demo"
        )
    return int(chosen)


@contextmanager
def _only_one(state: Path) -> Iterator[None]:
    """Refuse a second demo on the same state."""
    with claim(state) as is_ours:
        if not is_ours:
            raise CannotRun(f"A demo already runs on {state}: stop it first.")
        yield


if __name__ == "__main__":
    sys.exit(main())
