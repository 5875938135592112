"""CSV in its many dialects: delimiter, quoting and encoding are found out, not asked for."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from o2c.kernel.sheets.shapes import Row, Sheet, Unreadable, clean

DELIMITERS = (",", ";", "\t", "|")
# So many first rows say which delimiter the file uses.
FIRST_ROWS = 30
FIRST_CHARACTERS = 20_000
# As many bytes of a text are looked at together.
BLOCK = 2**16
# Bytes that no text of ours contains: the sign of a picture, a program, an archive.
BINARY = bytes(set(range(32)) - set(b"\t\n\r\f\x1a"))
# How many of a row's cells are names that the caller knows.
Known = Callable[[Sequence[str]], int]


def none_known(row: Sequence[str]) -> int:
    return 0


@dataclass(kw_only=True)
class Delimited:
    """Delimited text: its rows, read one by one. `is_guessed`: its encoding had to be guessed."""

    rows: Iterator[Row]
    is_guessed: bool


def read_delimited(content: bytes, name: str, *, known: Known) -> Sheet:
    """Read delimited text as one sheet; the header's names, `known`, prove the delimiter.

    Raises:
        Unreadable: it is no text, or its quoting is broken.
    """
    read = stream_delimited(content, known=known)
    return Sheet(name=name, rows=list(read.rows), is_guessed=read.is_guessed)


def stream_delimited(content: bytes, *, known: Known) -> Delimited:
    """Read delimited text row by row, as `read_delimited` does; the text is never whole in memory.

    Raises:
        Unreadable: it is no text. That its quoting is broken is found when the row is reached.
    """
    encoding, is_guessed = encoding_of(content)
    delimiter = delimiter_of(_text_of(content, encoding).read(FIRST_CHARACTERS), known)
    return Delimited(rows=_rows(_text_of(content, encoding), delimiter), is_guessed=is_guessed)


def _text_of(content: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")


def decode(content: bytes) -> tuple[str, bool]:
    """Return the text, and whether its encoding had to be guessed.

    Raises:
        Unreadable: it is no text, or broken.
    """
    encoding, is_guessed = encoding_of(content)
    return content.decode(encoding), is_guessed


def encoding_of(content: bytes) -> tuple[str, bool]:
    """Return the encoding of a text, and whether it had to be guessed.

    Raises:
        Unreadable: it is no text, or broken.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        if not _is_text(content, "utf-16"):
            raise Unreadable("encoding", _("The text is broken UTF-16. Save it as UTF-8."))
        return "utf-16", False
    if any(block.translate(None, BINARY) != block for block in _blocks(content)):
        raise Unreadable("binary", _("This is no text file. Send CSV, XLSX or JSON."))
    if _is_text(content, "utf-8-sig"):
        return "utf-8-sig", False
    return ("cp1252" if _is_text(content, "cp1252") else "latin-1"), True


def _is_text(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in _blocks(content):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _blocks(content: bytes) -> Iterator[bytes]:
    return (content[place : place + BLOCK] for place in range(0, len(content), BLOCK))


def delimiter_of(text: str, known: Known) -> str:
    """Return the delimiter under which one of the first rows names most of the known columns."""
    first = "\n".join(text.splitlines()[:FIRST_ROWS])

    def score(delimiter: str) -> tuple[int, int]:
        rows = list(csv.reader(io.StringIO(first), delimiter=delimiter))
        named = max((known(row) for row in rows), default=0)
        return named, sum(len(row) for row in rows)

    return max(DELIMITERS, key=score)


def _rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, [clean(cell) for cell in cells]
    except csv.Error as error:
        raise Unreadable(
            "broken_csv",
            _("Line %(line)s cannot be read: %(error)s. Look for a quotation mark too many.")
            % {"line": reader.line_num, "error": error},
        ) from None
