"""An early pytest plugin: a throw-away PostgreSQL and Valkey for the whole run.

Loaded by `-p tests.servers` (see pyproject.toml) before Django reads its settings. The workers of
pytest-xdist inherit the addresses; each takes a database and a queue of its own. Migrating takes
longer than most test runs, so the migrated server is kept in .o2c/cache and copied.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings

from o2c.embedded.children import Children
from o2c.embedded.run import throw_away_state
from o2c.embedded.servers import start_servers
from o2c.embedded.stamps import fingerprint

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".o2c/cache/tests"
MIGRATED = "test_o2c"
KEPT = 3
SERVERS = ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        _take_own_queue(int(worker.removeprefix("gw")) + 1)
        _take_own_database(f"{MIGRATED}_{worker}")
    else:
        _start()
    outcome = yield
    _serve_static_files_as_they_are()
    return outcome


def pytest_unconfigure() -> None:
    SERVERS.close()


def _start() -> None:
    state = SERVERS.enter_context(throw_away_state())
    if "DATABASE_URL" not in os.environ:
        try:
            _copy(_migrated_server(), state)
        except subprocess.CalledProcessError:
            sys.stderr.write("The tables cannot be made: tests that need them will fail.\n")
        else:
            os.environ["O2C_TESTS_ARE_MIGRATED"] = "1"
    children = Children()
    SERVERS.callback(children.stop_all)
    os.environ |= start_servers(children, state, is_throw_away=True)
    os.environ["O2C_FILES"] = str(state / "files")
    os.environ["EMAIL_URL"] = "memorymail://"


def _migrated_server() -> Path:
    """Return the folder of a stopped server whose test database is migrated."""
    sources = [
        *ROOT.glob("*/migrations/*.py"),
        *ROOT.glob("o2c/kernel/**/*.py"),
        ROOT / "requirements.txt",
    ]
    folder = CACHE / fingerprint(sources, root=ROOT)[:16]
    if folder.exists():
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in sorted(CACHE.iterdir(), key=lambda path: path.stat().st_mtime)[: -KEPT + 1]:
        shutil.rmtree(old)
    with throw_away_state() as state:
        _migrate(state)
        unfinished = CACHE / state.name
        unfinished.mkdir()
        _copy(state, unfinished)
    try:
        return unfinished.rename(folder)
    except OSError:  # another run was faster
        shutil.rmtree(unfinished)
        return folder


def _migrate(state: Path) -> None:
    children = Children()
    try:
        found = start_servers(children, state, is_throw_away=True)
        _execute(found["DATABASE_URL"], f"CREATE DATABASE {MIGRATED}")
        base, _, _ = found["DATABASE_URL"].rpartition("/")
        env = os.environ | found | {"DATABASE_URL": f"{base}/{MIGRATED}"}
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True
        )
    finally:
        children.stop_all()


def _take_own_database(name: str) -> None:
    if "O2C_TESTS_ARE_MIGRATED" in os.environ:
        query = f"CREATE DATABASE {name} TEMPLATE {MIGRATED} STRATEGY file_copy"
        _execute(os.environ["DATABASE_URL"], query)


def _take_own_queue(number: int) -> None:
    address, _, _ = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{address}/{number}"


def _serve_static_files_as_they_are() -> None:
    """Spare every run the collecting and compressing that a deployment does once."""
    backend = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES["staticfiles"]["BACKEND"] = backend
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def _copy(source: Path, target: Path) -> None:
    """Copy with owners: the database's files belong to its own system user."""
    subprocess.run(["cp", "-a", f"{source}/.", f"{target}/"], check=True)


def _execute(database_url: str, query: str) -> None:
    with closing(psycopg2.connect(database_url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(query)
