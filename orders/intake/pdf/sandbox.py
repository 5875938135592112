"""Start the processes that touch a stranger's PDF, and say in our words how they fared."""

import json
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from orders.intake.findings import Unreadable

READ = "orders.intake.pdf.extract"
DRAW = "orders.intake.pdf.draw"
SECONDS = 40


class NoPicture(Exception):
    """The page cannot be drawn."""


def read_pages(content: bytes) -> list[dict[str, Any]]:
    """Return the pages' words and ruled tables.

    Raises:
        Unreadable: it has a password, too many pages, is damaged, or takes too much.
    """
    answer = _run(READ, content)
    if not answer:
        raise refused("too_complex")
    said = json.loads(answer)
    if "refused" in said:
        raise refused(said["refused"])
    pages: list[dict[str, Any]] = said["pages"]
    return pages


def draw_page(content: bytes, number: int) -> bytes:
    """Return a page as PNG; pages count from 0.

    Raises:
        NoPicture: there is no such page, or it cannot be drawn within the limits.
    """
    picture = _run(DRAW, content, str(number))
    if not picture:
        raise NoPicture
    return picture


def refused(rule: str) -> Unreadable:
    """Return the refusal of a file as a whole."""
    messages = {
        "encrypted": _("The PDF has a password. Ask for one without."),
        "broken_pdf": _("The PDF is damaged. Ask for it again."),
        "too_many_pages": _("The PDF has more than 30 pages. Is it an order?"),
        "too_complex": _("The PDF takes too much time or memory to read. Ask for a plainer one."),
        "no_text": _("The PDF holds pictures, no text. Scans are not read: enter it by hand."),
    }
    return Unreadable(rule, messages[rule])


def _run(module: str, content: bytes, *arguments: str) -> bytes:
    """Return what the process wrote, or nothing when it broke off."""
    try:
        done = subprocess.run(  # noqa: S603  our own program, and no argument of a stranger's
            [sys.executable, "-m", module, *arguments],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            cwd=settings.BASE_DIR,
            env={"PATH": "", "LC_ALL": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""
