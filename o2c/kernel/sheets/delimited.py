"""CSV in its many dialects: delimiter, quoting and encoding are found out, not asked for."""

import csv
import io
from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _

from o2c.kernel.sheets.shapes import Row, Sheet, Unreadable, clean

DELIMITERS = (",", ";", "\t", "|")
# So many first rows say which delimiter the file uses.
FIRST_ROWS = 30
# Bytes that no text of ours contains: the sign of a picture, a program, an archive.
BINARY = bytes(set(range(32)) - set(b"\t\n\r\f\x1a"))
# How many of a row's cells are names that the caller knows.
Known = Callable[[Sequence[str]], int]


def none_known(row: Sequence[str]) -> int:
    return 0


def read_delimited(content: bytes, name: str, *, known: Known) -> Sheet:
    """Read delimited text as one sheet; the header's names, `known`, prove the delimiter.

    Raises:
        Unreadable: it is no text, or its quoting is broken.
    """
    text, is_guessed = decode(content)
    rows = rows_of(text, delimiter_of(text, known))
    return Sheet(name=name, rows=rows, is_guessed=is_guessed)


def decode(content: bytes) -> tuple[str, bool]:
    """Return the text, and whether its encoding had to be guessed."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decode_utf16(content), False
    if content.translate(None, BINARY) != content:
        raise Unreadable("binary", _("This is no text file. Send CSV, XLSX or JSON."))
    try:
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), True
    except UnicodeDecodeError:
        return content.decode("latin-1"), True


def _decode_utf16(content: bytes) -> str:
    try:
        return content.decode("utf-16")
    except UnicodeDecodeError:
        raise Unreadable("encoding", _("The text is broken UTF-16. Save it as UTF-8.")) from None


def delimiter_of(text: str, known: Known) -> str:
    """Return the delimiter under which one of the first rows names most of the known columns."""
    first = "\n".join(text[:20_000].splitlines()[:FIRST_ROWS])

    def score(delimiter: str) -> tuple[int, int]:
        rows = list(csv.reader(io.StringIO(first), delimiter=delimiter))
        named = max((known(row) for row in rows), default=0)
        return named, sum(len(row) for row in rows)

    return max(DELIMITERS, key=score)


def rows_of(text: str, delimiter: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    try:
        rows.extend((reader.line_num, [clean(cell) for cell in cells]) for cells in reader)
    except csv.Error as error:
        raise Unreadable(
            "broken_csv",
            _("Line %(line)s cannot be read: %(error)s. Look for a quotation mark too many.")
            % {"line": reader.line_num, "error": error},
        ) from None
    return rows
