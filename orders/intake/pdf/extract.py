"""A process of its own: read a PDF on standard input, write its words as JSON.

A stranger's file may take all the time and memory there is, or crash its reader; here it takes
only what this process was given. It knows neither Django nor the database. Scripts, embedded
files, forms and links are never looked at.
"""

import io
import json
import sys
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect

from orders.intake.pdf.limits import limit

MAX_PAGES = 30
MAX_WORDS = 20_000
# A drawing with more edges than this is a picture, no table.
MAX_EDGES = 4_000
# Letters further apart than this, in points, are two words.
WORD_GAP = 2


class Refused(Exception):
    """The file is not read; the text is the rule's name."""


def pages_of(content: bytes) -> list[dict[str, Any]]:
    """Return each page's size, words (text, left, top, right, bottom) and ruled tables.

    Raises:
        Refused: it has a password, too many pages or too many words, or is damaged.
    """
    try:
        with pdfplumber.open(io.BytesIO(content), pages=[*range(1, MAX_PAGES + 2)]) as document:
            return _pages(document)
    except (Refused, MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001  whatever a damaged file does to the library
        inner = error.args[0] if error.args else error
        if isinstance(error, PDFPasswordIncorrect) or isinstance(inner, PDFPasswordIncorrect):
            raise Refused("encrypted") from None
        raise Refused("broken_pdf") from None


def _pages(document: Any) -> list[dict[str, Any]]:
    if len(document.pages) > MAX_PAGES:
        raise Refused("too_many_pages")
    return [_page(page) for page in document.pages]


def _page(page: Any) -> dict[str, Any]:
    plain = page.dedupe_chars(tolerance=1)
    words = plain.extract_words(x_tolerance=WORD_GAP, y_tolerance=2)
    if len(words) > MAX_WORDS:
        raise Refused("too_complex")
    tables = plain.find_tables() if len(plain.edges) <= MAX_EDGES else []
    left, top = float(page.bbox[0]), float(page.bbox[1])
    return {
        "width": float(page.width),
        "height": float(page.height),
        "words": [_written(word, left, top) for word in words if word.get("upright", True)],
        "tables": [[list(row.cells) for row in table.rows] for table in tables],
    }


def _written(word: dict[str, Any], left: float, top: float) -> list[Any]:
    across = [word["x0"] - left, word["top"] - top, word["x1"] - left, word["bottom"] - top]
    return [word["text"], *across]


def main() -> int:
    """Answer with {"pages": …} or {"refused": rule}."""
    limit()
    content = sys.stdin.buffer.read()
    try:
        answer: dict[str, Any] = {"pages": pages_of(content)}
    except Refused as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        answer = {"refused": "too_complex"}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
