"""A carrier that exchanges files: a folder of its own, `out` for bookings, `in` for tracking."""

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.shapes import check_size
from shipping.carriers.adapter import (
    Asked,
    Booked,
    CarrierAway,
    CarrierRefused,
    Connection,
    Tracked,
)
from shipping.reports.shapes import Report
from shipping.reports.sheets import read_reports

OUTGOING, INCOMING, DONE, FAILED = "out", "in", "done", "failed"
# A file that was written to a moment ago may not be whole.
SETTLED = 2.0
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
# As many as one poll takes; the rest with the next.
MOST_FILES = 50
Mark = tuple[int, int, int]


class FolderAdapter:
    """`CARRIER_FOLDER` has a folder for each carrier, named by its code."""

    def __init__(self, connection: Connection) -> None:
        self.name, self.code = connection.name, connection.code
        self.taken: list[tuple[Path, Mark, str, list[str]]] = []

    def book(self, asked: Asked) -> Booked:
        self._lay_down(f"booking-{asked.key}.json", {"key": asked.key, **asked.content})
        return Booked(reference=asked.key)

    def label(self, key: str) -> bytes | None:
        return None

    def cancel(self, key: str, reference: str) -> None:
        self._lay_down(f"cancel-{key}.json", {"key": key, "reference": reference})

    def track(self, numbers: Sequence[str]) -> Tracked:
        """Read the files that lie there, whatever numbers they name."""
        found: list[Report] = []
        for path in self._files():
            found += self._read(path)
        return Tracked(reports=found, asked=numbers)

    def settle(self) -> None:
        """Move what was read to `done`, what nobody can read to `failed`; beside it, what is wrong.

        Whoever dies before leaves the files: they are read again, and every event is known. A file
        that the carrier has laid down anew meanwhile stays for the next time.
        """
        for path, mark, place, problems in self.taken:
            try:
                target = path.parent / place
                target.mkdir(exist_ok=True)
                if problems:
                    (target / f"{path.name}.problems.txt").write_text("\n".join(problems) + "\n")
                if path.exists() and _mark_of(path.stat()) == mark:
                    path.replace(target / path.name)
            except OSError as error:
                raise self._away(error) from error
        self.taken = []

    def greet(self) -> str:
        folder = self._folder()
        try:
            for name in (OUTGOING, INCOMING):
                (folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._away(error) from error
        return _("The folders are there: %(folder)s") % {"folder": f"{self.code}/"}

    def _read(self, path: Path) -> list[Report]:
        try:
            with path.open("rb") as file:
                return self._reports(file, path, _mark_of(os.fstat(file.fileno())))
        except OSError as error:
            raise self._away(error) from error

    def _reports(self, file: BinaryIO, path: Path, mark: Mark) -> list[Report]:
        _inode, _modified, size = mark
        try:
            check_size(size)
            rows = read_reports(file.read(), path.name)
        except Unreadable as refusal:
            self.taken.append((path, mark, FAILED, [str(refusal)]))
            return []
        problems = [f"{row.number}: {row.words}" for row in rows if row.report is None]
        self.taken.append((path, mark, DONE, problems))
        return [row.report for row in rows if row.report is not None]

    def _files(self) -> list[Path]:
        folder = self._folder() / INCOMING
        try:
            paths = sorted(folder.iterdir()) if folder.is_dir() else []
            return [path for path in paths if _is_whole(path)][:MOST_FILES]
        except OSError as error:
            raise self._away(error) from error

    def _folder(self) -> Path:
        if not settings.CARRIER_FOLDER:
            raise CarrierRefused(_("No folder is set up for carriers (CARRIER_FOLDER)."))
        base = Path(settings.CARRIER_FOLDER).resolve()
        folder = (base / self.code).resolve()
        if base not in folder.parents:
            raise CarrierRefused(_("The carrier's folder is not inside of CARRIER_FOLDER."))
        return folder

    def _lay_down(self, name: str, content: dict[str, object]) -> None:
        """Write a file so that whoever watches the folder never sees half of it; twice is once."""
        folder = self._folder() / OUTGOING
        try:
            folder.mkdir(parents=True, exist_ok=True)
            unfinished = folder / f".{name}.part"
            unfinished.write_text(json.dumps(content, indent=2, sort_keys=True))
            unfinished.replace(folder / name)
        except OSError as error:
            raise self._away(error) from error

    def _away(self, error: OSError) -> CarrierAway:
        text = _("The folder of %(carrier)s cannot be used: %(error)s.")
        return CarrierAway(text % {"carrier": self.name, "error": error.strerror})


def _mark_of(status: os.stat_result) -> Mark:
    """Return what tells a file from another that is laid down in its place."""
    return status.st_ino, status.st_mtime_ns, status.st_size


def _is_whole(path: Path) -> bool:
    if path.name.startswith(".") or path.suffix.lower() in UNFINISHED or path.is_symlink():
        return False
    return path.is_file() and time.time() - path.stat().st_mtime >= SETTLED
