"""An early pytest plugin: a throw-away PostgreSQL and Valkey for the whole run.

Loaded by `-p tests.servers` (see pyproject.toml) before Django reads its settings. The workers of
pytest-xdist inherit the addresses; each takes a queue of its own.
"""

import os
from collections.abc import Generator
from contextlib import ExitStack

import pytest
from django.conf import settings

from o2c.embedded.run import throw_away_servers, throw_away_state

SERVERS = ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        _take_own_queue(int(worker.removeprefix("gw")) + 1)
    else:
        _start()
    outcome = yield
    _serve_static_files_as_they_are()
    return outcome


def pytest_unconfigure() -> None:
    SERVERS.close()


def _start() -> None:
    os.environ |= SERVERS.enter_context(throw_away_servers())
    files = SERVERS.enter_context(throw_away_state())
    os.environ["O2C_FILES"] = str(files)
    os.environ["EMAIL_URL"] = "memorymail://"


def _serve_static_files_as_they_are() -> None:
    """Spare every run the collecting and compressing that a deployment does once."""
    backend = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES["staticfiles"]["BACKEND"] = backend
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def _take_own_queue(number: int) -> None:
    address, _, _ = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{address}/{number}"
