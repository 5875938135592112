"""Turn HTML pages of ours into PDF. A page brings all it needs with it: no address is opened."""

import threading
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from io import BytesIO
from typing import Any

from django.contrib.staticfiles import finders

# Fonts and parsed style sheets are shared by all documents; drawing two at once is not safe.
DRAWING = threading.Lock()


def render(page: str, *, style: str) -> bytes:
    """Return the PDF of an HTML page with a style sheet of ours, such as `o2c/document.css`.

    Takes about a fifth of a second of CPU: never call it while rows are locked.
    """
    with DRAWING:
        fonts, sheet = _style(style)
        document = _maker().HTML(string=page, url_fetcher=nothing_but_data())
        pdf: bytes = document.write_pdf(stylesheets=[sheet], font_config=fonts)
    return pdf


def joined(documents: Iterable[tuple[str, bytes]]) -> bytes:
    """Return one PDF with the pages of these, one after the other: each its bookmark and itself."""
    writer = import_module("pypdf").PdfWriter()
    for bookmark, content in documents:
        writer.append(BytesIO(content), outline_item=bookmark)
    writer.compress_identical_objects()
    joined = BytesIO()
    writer.write(joined)
    return joined.getvalue()


@cache
def _maker() -> Any:
    """Load the PDF maker when the first page is drawn: it takes longer than all the rest."""
    return import_module("weasyprint")


@cache
def nothing_but_data() -> Any:
    """Return what fetches the page's resources: data in the page itself, and nothing else."""
    return import_module("weasyprint.urls").URLFetcher(allowed_protocols=["data"])


@cache
def _style(name: str) -> tuple[Any, Any]:
    path = finders.find(name)
    assert isinstance(path, str), f"{name} is a part of this program"
    fonts = import_module("weasyprint.text.fonts").FontConfiguration()
    sheet = _maker().CSS(filename=path, font_config=fonts, url_fetcher=nothing_but_data())
    return fonts, sheet
