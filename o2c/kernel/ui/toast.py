"""A toast on an htmx answer: what was done, and how to undo it."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event


def toast(response: HttpResponse, text: str, *, undo: str = "") -> HttpResponse:
    """Show `text` when the answer arrives; `undo` is an address that is posted to within 8 s."""
    detail = {"text": text, "undo": undo, "undoLabel": _("Undo")}
    return trigger_client_event(response, "toast", detail)
