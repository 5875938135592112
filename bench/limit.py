"""The limit: hand-written SQL that does no more than a correct system must, by pgbench."""

import re
import resource
import subprocess
import time
from pathlib import Path

from django.db import connection

from bench.cpu import postmaster_of, tree_cpu
from bench.result import Result
from o2c.embedded.binaries import postgres_folder

HERE = Path(__file__).parent / "limit"


def prepare() -> None:
    """Lay the limit's schema beside ours, in the same database."""
    _psql("-q", "-f", str(HERE / "schema.sql"))


def measure(*, seconds: int, script: str = "func") -> Result:
    """Run life cycles for so long and return their cost."""
    server = postmaster_of(_data_directory())
    before, mine = tree_cpu(server), resource.getrusage(resource.RUSAGE_CHILDREN)
    output = _run(
        "pgbench",
        *("-n", "-M", "prepared", "-T", str(seconds)),
        *("-f", str(HERE / f"life_{script}.pgbench")),
    )
    time.sleep(0.4)  # let the server reap its backends, so that their CPU is counted
    cycles = int(_figure(r"processed: (\d+)", output))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    client = after.ru_utime + after.ru_stime - mine.ru_utime - mine.ru_stime
    return Result(
        per_second=_figure(r"tps = ([\d.]+)", output),
        client_ms=client / cycles * 1000,
        server_ms=(tree_cpu(server) - before) / cycles * 1000,
        cycles=cycles,
    )


def _figure(pattern: str, output: str) -> float:
    found = re.search(pattern, output)
    assert found, f"pgbench did not say {pattern}: {output}"
    return float(found[1])


def _data_directory() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        return str(cursor.fetchone()[0])


def _psql(*arguments: str) -> None:
    _run("psql", "-X", "-v", "ON_ERROR_STOP=0", *arguments)


def _run(program: str, *arguments: str) -> str:
    settings = connection.settings_dict
    environment = {
        "PGHOST": settings["HOST"],
        "PGPORT": str(settings["PORT"]),
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
        "PGDATABASE": settings["NAME"],
    }
    binary = postgres_folder() / program
    done = subprocess.run(
        [str(binary), *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout
