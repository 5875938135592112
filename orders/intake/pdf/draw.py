"""A process of its own: draw one page of the PDF on standard input as a PNG.

Under the same limits as reading it: a page may say that it is a kilometre wide.
"""

import io
import sys

import pypdfium2

from orders.intake.pdf.limits import limit

# Pixels of the picture's longer side.
LONG_SIDE = 1600
MAX_SCALE = 3.0
USAGE = 2


def picture(content: bytes, number: int) -> bytes:
    """Return the page's picture; pages count from 0.

    Raises:
        ValueError: there is no such page, or it has no size.
    """
    document = pypdfium2.PdfDocument(content)
    if not 0 <= number < len(document):
        raise ValueError("no such page")
    page = document[number]
    longer = max(page.get_size())
    if longer <= 0:
        raise ValueError("a page without size")
    drawn = page.render(scale=min(LONG_SIDE / longer, MAX_SCALE), may_draw_forms=False)
    kept = io.BytesIO()
    drawn.to_pil().save(kept, format="PNG")
    return kept.getvalue()


def main() -> int:
    limit()
    content = sys.stdin.buffer.read()
    try:
        drawn = picture(content, int(sys.argv[1]))
    except Exception:  # noqa: BLE001  whatever a damaged file does to the library
        return USAGE
    sys.stdout.buffer.write(drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main())
