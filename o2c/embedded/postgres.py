"""A PostgreSQL server of our own: made once, started as a child, stopped with us."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from o2c.embedded.binaries import postgres_folder
from o2c.embedded.children import Child, Children, Owner, wait_until
from o2c.embedded.errors import CannotRun
from o2c.embedded.owners import reachable_folder, reachable_programs, server_owner
from o2c.embedded.ports import LOOPBACK, free_port

SUPERUSER = "postgres"
DATABASE = "o2c"
TRIES = 3
PID_FILE_STATUS_LINE = 7
# A throw-away server loses nothing that anybody wants back.
THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True)
class Postgres:
    """A running server and how to reach it."""

    child: Child
    port: int
    password: str
    is_new: bool

    @property
    def url(self) -> str:
        password = quote(self.password, safe="")
        return f"postgres://{SUPERUSER}:{password}@{LOOPBACK}:{self.port}/{DATABASE}"


def start_postgres(
    children: Children, data: Path, *, password: str, log: Path, is_throw_away: bool = False
) -> Postgres:
    """Start the server on its data folder, making that first when there is none."""
    owner = server_owner(data)
    data = reachable_folder(data, owner)
    programs = reachable_programs(postgres_folder(), owner)
    is_new = not (data / "PG_VERSION").exists()
    if is_new:
        _make_cluster(programs, data, owner=owner, password=password, log=log)
    _end_leftover(data)
    settings = {"shared_preload_libraries": "pg_stat_statements", "max_connections": "200"}
    settings |= THROW_AWAY if is_throw_away else {}
    child, port = _start(children, programs, data, settings, owner=owner, log=log)
    server = Postgres(child, port, password, is_new)
    if is_new or not (data / "o2c.made").exists():
        _make_database(programs, server, log=log)
        (data / "o2c.made").touch()
    return server


def _make_cluster(
    programs: Path, data: Path, *, owner: Owner | None, password: str, log: Path
) -> None:
    """Run initdb; the password goes through a pipe, never through a file or an argument."""
    reading, writing = os.pipe()
    data.mkdir(parents=True, exist_ok=True)
    if owner:
        os.chown(data, owner.uid, owner.gid)
        os.fchown(reading, owner.uid, owner.gid)
    data.chmod(0o700)
    command: list[str | Path] = [
        programs / "initdb", "-D", data, "-U", SUPERUSER, "-E", "UTF8",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
        "-A", "scram-sha-256", "--pwfile=/dev/stdin", "--no-sync",
    ]  # fmt: skip
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output, os.fdopen(reading) as pipe:
        os.write(writing, password.encode())
        os.close(writing)
        done = subprocess.run(
            command,
            stdin=pipe,
            stdout=output,
            stderr=output,
            env=_environment(),
            cwd="/",
            check=False,
            user=owner.uid if owner else None,
            group=owner.gid if owner else None,
            extra_groups=[] if owner else None,
        )
    if done.returncode:
        raise CannotRun(f"PostgreSQL could not make its data folder {data}: see {log}")


def _start(
    children: Children,
    programs: Path,
    data: Path,
    settings: dict[str, str],
    *,
    owner: Owner | None,
    log: Path,
) -> tuple[Child, int]:
    for _ in range(TRIES):
        port = free_port()
        everything = settings | {
            "listen_addresses": LOOPBACK, "port": str(port), "unix_socket_directories": "",
        }  # fmt: skip
        options = [f"--{name}={value}" for name, value in everything.items()]
        child = children.start(
            "PostgreSQL",
            [programs / "postgres", "-D", data, *options],
            log=log,
            env=_environment(),
            owner=owner,
            stop_signal=signal.SIGINT,
            patience=30,
        )
        if wait_until(partial(_is_ready, data, child), child, seconds=60):
            return child, port
        children.stop(child)
    raise CannotRun(f"PostgreSQL did not start: see {log}")


def _is_ready(data: Path, child: Child) -> bool:
    """Tell whether it is our own child that accepts connections, by its own pid file."""
    lines = _pid_file(data)
    if len(lines) <= PID_FILE_STATUS_LINE:
        return False
    return lines[0] == str(child.process.pid) and lines[PID_FILE_STATUS_LINE].strip() == "ready"


def _end_leftover(data: Path) -> None:
    """Stop the server that a killed launcher left on this folder (where the kernel does not)."""
    lines = _pid_file(data)
    if not lines or not _is_postgres(int(lines[0])):
        return
    os.kill(int(lines[0]), signal.SIGINT)
    deadline = time.monotonic() + 30
    while _pid_file(data) and time.monotonic() < deadline:
        time.sleep(0.05)


def _is_postgres(pid: int) -> bool:
    listed = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return "postgres" in listed.stdout


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _make_database(programs: Path, server: Postgres, *, log: Path) -> None:
    address = ["-h", LOOPBACK, "-p", str(server.port), "-U", SUPERUSER]
    env = _environment() | {"PGPASSWORD": server.password}
    done = subprocess.run(
        [programs / "createdb", *address, DATABASE], env=env, check=False, capture_output=True
    )
    if done.returncode and b"already exists" not in done.stderr:
        raise CannotRun(f"PostgreSQL could not create the database {DATABASE}: see {log}")


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
