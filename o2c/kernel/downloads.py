"""Documents of ours as answers: shown in the browser, or sent to a customer's system."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer

from o2c.kernel import files
from o2c.kernel.models import StoredFile


class PdfRenderer(JSONRenderer):
    """Lets a caller ask for `application/pdf`; a refusal is written as JSON all the same."""

    media_type = "application/pdf"
    format = "pdf"

    def get_indent(self, accepted_media_type: str, renderer_context: Mapping[str, Any]) -> None:
        return None


def shown(document: StoredFile) -> HttpResponse:
    """Answer with a document that the browser shows."""
    return _answer(files.read(document), document.name, document.media_type, "inline")


def shown_once(content: bytes, *, name: str) -> HttpResponse:
    """Answer with a PDF that is made for this answer and kept nowhere."""
    return _answer(content, name, PdfRenderer.media_type, "inline")


def sent(document: StoredFile) -> HttpResponse:
    """Answer a system with a document that it keeps."""
    return _answer(files.read(document), document.name, document.media_type, "attachment")


def _answer(content: bytes, name: str, media_type: str, how: str) -> HttpResponse:
    headers = {
        "Content-Disposition": f'{how}; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=media_type, headers=headers)
