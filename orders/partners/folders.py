"""Folders that partners lay files into: looked through every minute, nothing is lost on the way.

A file is kept (with the order to read it) in one transaction, and moved only then. Whoever dies in
between leaves it where it was: it is read again, and its orders are duplicates.
"""

import time
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.transactions import service
from orders.models import TradingPartner
from orders.partners.as2 import NotDelivered
from orders.partners.receiving import receive
from orders.partners.transport import DONE, FAILED, INCOMING, folder_of

# A file that was written to a moment ago may not be whole.
SETTLED = 2.0
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
ACTOR = Actor.importer("edi-folder")
LOCK = "edi-folders"
# As many as one transaction takes; the rest a minute later.
MOST_FILES = 200


def take_from_folders(*, at: datetime) -> int:
    """Take in the whole files of every partner's folder; return how many there were.

    Only one looks at a time: another one leaves at once.
    """
    if not settings.EDI_FOLDER:
        return 0
    kept, refused = _keep_files(at=at)
    for path in kept:
        move(path, DONE)
    for path in refused:
        move(path, FAILED)
    return len(kept)


@service
def _keep_files(*, at: datetime) -> tuple[list[Path], list[Path]]:
    """Keep the files and queue their reading, in one transaction; return them, and the others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [LOCK])
        if not cursor.fetchone()[0]:
            return [], []
    partners = TradingPartner.objects.filter(
        is_active=True, transport=TradingPartner.Transport.FOLDER
    )
    found = [(partner, path) for partner in partners for path in _files(partner)]
    kept: list[Path] = []
    refused: list[Path] = []
    for partner, path in found[:MOST_FILES]:
        content = _content_of(path)
        if content is None:
            refused.append(path)
            continue
        receive(content, name=path.name, partner=partner, at=at, actor=ACTOR)
        kept.append(path)
    return kept, refused


class FolderUnreadable(DomainError):
    """A folder that partners lay files into cannot be looked into."""

    code = "folder_unreadable"


def problems() -> list[str]:
    """Say of each active partner's folder why it cannot be looked into; one that is not there yet
    has nothing in it.
    """
    partners = TradingPartner.objects.filter(
        is_active=True, transport=TradingPartner.Transport.FOLDER
    )
    return [told for partner in partners.select_related("customer") if (told := _problem(partner))]


def _problem(partner: TradingPartner) -> str:
    names = {"partner": partner.customer.name, "folder": f"{partner.address}/{INCOMING}"}
    try:
        folder = folder_of(partner) / INCOMING
        if folder.exists():
            next(folder.iterdir(), None)
    except NotDelivered as refusal:
        return _("%(partner)s: %(told)s") % {**names, "told": refusal}
    except OSError as error:
        told = _("%(partner)s: the folder %(folder)s cannot be read: %(error)s.")
        return told % {**names, "error": error.strerror}
    return ""


def _files(partner: TradingPartner) -> list[Path]:
    try:
        folder = folder_of(partner) / INCOMING
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
    except (OSError, NotDelivered):
        return []
    return [path for path in paths if _is_whole(path)]


def _is_whole(path: Path) -> bool:
    if path.name.startswith(".") or path.suffix.lower() in UNFINISHED or path.is_symlink():
        return False
    try:
        return path.is_file() and time.time() - path.stat().st_mtime >= SETTLED
    except OSError:
        return False


def _content_of(path: Path) -> bytes | None:
    """Return what a file holds; nothing when it is too large or cannot be read."""
    try:
        if path.stat().st_size > settings.INTAKE_MAX_BYTES:
            return None
        return path.read_bytes()
    except OSError:
        return None


def move(path: Path, where: str) -> None:
    """Put a file aside under a name that no other has there."""
    folder = path.parent.parent / where
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / path.name
    serial = 1
    while target.exists():
        target = folder / f"{path.stem}-{serial}{path.suffix}"
        serial += 1
    try:
        path.replace(target)
    except FileNotFoundError:
        return  # another one was quicker
