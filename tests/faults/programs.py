"""Our own programs as processes of their own, against the tests' database and queue."""

import os
import sys
from contextlib import closing
from pathlib import Path
from socket import create_connection, socket
from urllib.parse import urlsplit

from django.db import connection

from o2c.embedded.children import Child, Children, wait_until

PLAIN_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"


def start_worker(children: Children, log: Path, **variables: str) -> Child:
    """Start a Celery worker and wait until it listens to the queue."""
    worker = children.start(
        "worker",
        [sys.executable, "-m", "celery", "--app=o2c", "worker", "--pool=solo", "--loglevel=INFO"],
        log=log,
        env=_environment() | variables,
    )
    assert wait_until(lambda: b"ready." in log.read_bytes(), worker), log.read_text()
    return worker


def start_web(children: Children, log: Path, **variables: str) -> str:
    """Start a web server, wait until it listens, and return its address."""
    port = free_port()
    web = children.start(
        "web",
        [sys.executable, "-m", "gunicorn", "o2c.wsgi:application", f"--bind=127.0.0.1:{port}"],
        log=log,
        env=_environment() | {"STATIC_BACKEND": PLAIN_FILES} | variables,
    )
    assert wait_until(lambda: _listens(port), web), log.read_text()
    return f"http://127.0.0.1:{port}"


def free_port() -> int:
    """Return a port where nobody listens."""
    with closing(socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def _environment() -> dict[str, str]:
    address = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    return os.environ | {"DATABASE_URL": address._replace(path=f"/{name}").geturl()}


def _listens(port: int) -> bool:
    try:
        create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
