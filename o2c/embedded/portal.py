"""The portal's own programs: what prepares it, what serves it, what fills it."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from o2c.embedded.children import Child, Children, wait_until
from o2c.embedded.errors import CannotRun
from o2c.embedded.stamps import OF_DATABASE, Stamps, fingerprint
from o2c.embedded.steps import finish, last_line, start_command, step

ROOT = Path(__file__).resolve().parent.parent.parent
BACKGROUND_NICENESS = "15"
HISTORY = f"{OF_DATABASE}history"
# How gunicorn serves the portal here.
WEB = (
    "o2c.wsgi:application",
    "--worker-class=gthread",
    "--preload",
    "--workers=2",
    "--threads=4",
)


@dataclass(frozen=True)
class Portal:
    """One portal: where it keeps its state, where it is reached, what its programs are told."""

    children: Children
    state: Path
    port: int
    env: Mapping[str, str]

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def stamps(self) -> Stamps:
        return Stamps(self.state / "stamps")

    @property
    def database(self) -> str:
        """Name the database for the stamps; the embedded one changes its port with each start."""
        return self.env["DATABASE_URL"] if "DATABASE_URL" in os.environ else "embedded"

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}/"

    def start(self, name: str, *command: str) -> Child:
        return start_command(self.children, name, command, env=self.env, logs=self.logs)

    def manage(self, name: str, *arguments: str) -> Child:
        return self.start(name, sys.executable, "manage.py", *arguments)


def prepare(portal: Portal) -> None:
    """Bring tables, static files and the first day's data up to date, skipping what is."""
    lock = ROOT / "requirements.txt"
    migrations = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("o2c/*/migrations/*.py")]
    tables = f"{portal.database} {fingerprint([*migrations, lock], root=ROOT)}"
    static = fingerprint([*_files(ROOT / "static"), lock], root=ROOT)
    opening = ["simulate", "opening"]
    # Files and tables need nothing from each other: the second core takes the files.
    style = None
    if not portal.stamps.is_current("static", static):
        style = portal.manage("collectstatic", "collectstatic", "--no-input")
    _once(portal, f"{OF_DATABASE}tables", tables, "Preparing the tables", ["migrate"])
    _once(portal, f"{OF_DATABASE}opening", portal.database, "Making a company to see", opening)
    if style:
        with step("Preparing the style"):
            finish(portal.children, style)
        portal.stamps.remember("static", static)


def start_web(portal: Portal) -> Child:
    """Start the web server and wait for its first page."""
    web = portal.start(
        "web",
        _program("gunicorn"),
        *WEB,
        "--access-logfile=-",
        f"--bind=127.0.0.1:{portal.port}",
    )
    if not wait_until(lambda: _answers(portal.address), web, seconds=60):
        raise CannotRun(f"The portal did not start ({last_line(web.log)}). Details: {web.log}")
    return web


def start_background(portal: Portal) -> list[Child]:
    """Start the worker and the clock that gives it its regular work."""
    celery = (_program("celery"), "--app=o2c")
    return [
        portal.start("worker", *celery, "worker", "--concurrency=2", "--loglevel=INFO"),
        portal.start("beat", *celery, "beat", "--pidfile=", "--loglevel=INFO"),
    ]


def start_history(portal: Portal) -> Child | None:
    """Let the company's past be made while people look around, at low priority, once."""
    if portal.stamps.is_current(HISTORY, portal.database):
        return None
    nice = ("nice", "-n", BACKGROUND_NICENESS)
    return portal.start("history", *nice, sys.executable, "manage.py", "simulate", "history")


def end_history(portal: Portal, history: Child) -> None:
    """Remember that the past is made, or tell that it could not be."""
    try:
        finish(portal.children, history)
    except CannotRun as refusal:
        print(f"The portal runs on, but its past is incomplete: {refusal}", flush=True)
        return
    portal.stamps.remember(HISTORY, portal.database)
    print("The company's past is complete.", flush=True)


def list_signins(portal: Portal) -> Child:
    """Have the application list who can sign in, while the web server starts."""
    return portal.manage("show-signins", "show_signins")


def signins(portal: Portal, listing: Child) -> str:
    """Return who can sign in, as the application has listed them."""
    finish(portal.children, listing)
    return listing.log.read_text()


def _once(portal: Portal, stamp: str, key: str, title: str, command: list[str]) -> None:
    if portal.stamps.is_current(stamp, key):
        return
    with step(title):
        finish(portal.children, portal.manage("-".join(command[:2]).strip("-"), *command))
    portal.stamps.remember(stamp, key)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=30):  # noqa: S310  our own address
            return True
    except urllib.error.HTTPError as error:
        return error.code < HTTPStatus.INTERNAL_SERVER_ERROR
    except OSError:
        return False


def _program(name: str) -> str:
    return str(Path(sys.executable).parent / name)
