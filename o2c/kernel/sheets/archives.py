"""A workbook is a ZIP archive from a stranger: look at its directory before opening it."""

import io
import re
import zlib
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from o2c.kernel.sheets.shapes import Unreadable

MAX_ENTRIES = 1_000
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 100
# Below this size a high ratio is only an empty sheet.
SMALL = 1024 * 1024
# Cells that a sheet may span: one cell in a far corner makes a reader fill all before it.
MAX_CELLS = 5_000_000
ENCRYPTED = 0x1
REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,4})(\d{1,9})["']""")
ODD_REFERENCE = re.compile(rb"""\br\s*=\s*["'][^"']*&""")


def unpacked(content: bytes) -> bytes:
    """Return the same archive, repacked from parts that were checked.

    What the directory says is enforced while copying, so the next reader cannot be lied to.

    Raises:
        Unreadable: it is broken, encrypted, a bomb, or names paths outside of itself.
    """
    clean = io.BytesIO()
    try:
        with ZipFile(io.BytesIO(content)) as archive, ZipFile(clean, "w", ZIP_STORED) as copy:
            check_directory(archive.infolist())
            for entry in archive.infolist():
                if not entry.is_dir():
                    part = archive.read(entry)
                    check_part(entry.filename, part)
                    copy.writestr(entry.filename, part)
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        raise Unreadable("broken_archive", _("The workbook is damaged. Save it again.")) from None
    return clean.getvalue()


def check_directory(entries: list[ZipInfo]) -> None:
    size = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise encrypted()
    if any(_leaves(entry.filename) for entry in entries):
        raise Unreadable("path_name", _("The archive names a path outside of itself."))
    is_bomb = size > SMALL and size > MAX_RATIO * max(packed, 1)
    if len(entries) > MAX_ENTRIES or size > MAX_UNPACKED or is_bomb:
        raise Unreadable("zip_bomb", _("The workbook unpacks to far more than it should."))
    if len({entry.filename for entry in entries}) < len(entries):
        raise Unreadable("broken_archive", _("The workbook holds two parts of one name."))


def check_part(name: str, part: bytes) -> None:
    if b"<!DOCTYPE" in part[:4096] or b"<!ENTITY" in part[:4096]:
        raise Unreadable("xml_entities", _("The workbook declares XML entities."))
    if not name.startswith("xl/worksheets/"):
        return
    width = height = 1
    for letters, digits in REFERENCE.findall(part):
        height = max(height, int(digits))
        width = max(width, _column(letters))
    if width * height > MAX_CELLS or ODD_REFERENCE.search(part):
        raise Unreadable("sheet_too_wide", _("The sheet spans too many cells. Delete empty ones."))


def encrypted() -> Unreadable:
    return Unreadable(
        "encrypted", _("The workbook has a password or is of an old kind. Save it as plain .xlsx.")
    )


def _leaves(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
