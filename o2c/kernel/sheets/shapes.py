"""What a table file is once it has been read: sheets of numbered rows of text."""

import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

# The row's number as the sheet shows it, and its cells as somebody would have typed them.
Row = tuple[int, list[str]]
# As much of a cell as anybody can use; longer text is cut.
CELL_LENGTH = 500


class Unreadable(Exception):
    """The file as a whole cannot be read; `rule` is its code, the message fit for people."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


@dataclass(kw_only=True)
class Sheet:
    """Rows as they came, blank ones too. `is_guessed`: the text's encoding had to be guessed."""

    name: str
    rows: list[Row]
    is_guessed: bool = False


def clean(text: str) -> str:
    """Return a cell's text without control characters, and no longer than is of use."""
    if not text.isprintable():
        kept = (c if unicodedata.category(c)[0] not in "CZ" else " " for c in text)
        text = " ".join("".join(kept).split())
    return text.strip()[:CELL_LENGTH]


def check_size(size: int) -> None:
    """Refuse a file of `size` bytes before it is read.

    Raises:
        Unreadable: it is larger than we take.
    """
    most = settings.INTAKE_MAX_BYTES
    if size > most:
        message = _("The file has %(size)s MB; at most %(most)s MB are taken.")
        sizes = {"size": -(-size // 2**20), "most": most // 2**20}
        raise Unreadable("too_big", message % sizes)
