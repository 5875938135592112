"""Remember what was done for which input, so that starting again is quick."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# Stamps whose name starts so are forgotten together with the database they speak of.
OF_DATABASE = "database-"


@dataclass(frozen=True)
class Stamps:
    """One small file per finished step, holding the key of what it was done for."""

    folder: Path

    def is_current(self, name: str, key: str) -> bool:
        stamp = self.folder / name
        return stamp.exists() and stamp.read_text() == key

    def remember(self, name: str, key: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(key)

    def forget_database(self) -> None:
        for stamp in self.folder.glob(f"{OF_DATABASE}*"):
            stamp.unlink()


def fingerprint(files: Iterable[Path], *, root: Path) -> str:
    """Return a key that changes when a file comes, goes, or is written."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(root)}\n".encode() + file.read_bytes())
    return digest.hexdigest()
