"""Which system user runs a server, and where that user can read and write.

PostgreSQL refuses to run as root, and a checkout below a closed home is out of reach for
anybody else: then the server's programs and data live below `/var/lib/o2c`.
"""

import hashlib
import os
import pwd
import shutil
import stat
from pathlib import Path

from o2c.embedded.children import Owner

OPEN_STATE = Path("/var/lib/o2c")


def server_owner(data: Path) -> Owner | None:
    """Return whom to run the database as: nobody else unless we are root."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (kept := data.stat()).st_uid != 0:
        return Owner(kept.st_uid, kept.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_uid, entry.pw_gid)
    return Owner(65534, 65534)


def reachable_folder(wanted: Path, owner: Owner | None) -> Path:
    """Return `wanted`, or its stand-in when the owner cannot enter the folders above it."""
    if owner is None or _is_reachable(wanted.parent):
        return wanted
    return OPEN_STATE / hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12] / wanted.name


def reachable_programs(folder: Path, owner: Owner | None) -> Path:
    """Return the programs' folder, or a copy of them that the owner can read."""
    if owner is None or _is_reachable(folder):
        return folder
    package = folder.parent.parent
    copy = OPEN_STATE / "programs" / _fingerprint(package)
    if not copy.exists():
        _copy_package(package, copy)
    return copy / package.name / folder.relative_to(package)


def _copy_package(package: Path, target: Path) -> None:
    """Copy a wheel's package and the libraries beside it, complete or not at all."""
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    unfinished.mkdir(parents=True, mode=0o755)
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, unfinished / source.name, symlinks=True)
    try:
        unfinished.rename(target)
    except OSError:  # somebody else was faster
        shutil.rmtree(unfinished)


def _fingerprint(package: Path) -> str:
    found = package.stat()
    return hashlib.sha256(f"{package} {found.st_ino} {found.st_mtime_ns}".encode()).hexdigest()[:12]


def _is_reachable(folder: Path) -> bool:
    """Tell whether everybody may pass through every folder down to this one."""
    present = [part for part in (folder, *folder.parents) if part.exists()]
    return all(part.stat().st_mode & stat.S_IXOTH for part in present)
