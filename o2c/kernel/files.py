"""The file store: every file is kept once, under the hash of its content, and never changed."""

import hashlib
from pathlib import Path

from django.conf import settings

from o2c.kernel.models import StoredFile


def store(content: bytes, *, name: str, media_type: str) -> StoredFile:
    """Keep a file; the same content again is the same file.

    The file is on disk before its row is committed, so a row never points to nothing; a
    rollback leaves a file that nobody names, which is harmless.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(content)
        unfinished.replace(path)
    stored, _ = StoredFile.objects.get_or_create(
        sha256=digest, defaults={"name": name, "media_type": media_type, "size": len(content)}
    )
    return stored


def read(stored: StoredFile) -> bytes:
    """Return the content.

    Raises:
        FileNotFoundError: the store lost the file: restore it from the backup.
    """
    return _path(stored.sha256).read_bytes()


def _path(digest: str) -> Path:
    return settings.FILES_ROOT / digest[:2] / digest
