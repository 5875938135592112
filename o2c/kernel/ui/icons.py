"""Icons by our own names, drawn by lucide."""

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

ICONS = {
    "alert": "triangle-alert",
    "arrow": "arrow-right",
    "bank": "landmark",
    "bell": "bell",
    "box": "package",
    "card": "credit-card",
    "chart": "chart-column",
    "check": "check",
    "clock": "clock",
    "down": "chevron-down",
    "download": "download",
    "edit": "pencil",
    "ext": "external-link",
    "filter": "list-filter",
    "flag": "flag",
    "flow": "workflow",
    "gauge": "gauge",
    "hand": "handshake",
    "help": "circle-question-mark",
    "info": "info",
    "invoice": "receipt-text",
    "key": "key-round",
    "left": "chevron-left",
    "link": "link-2",
    "lock": "lock",
    "mail": "mail",
    "menu": "menu",
    "more": "ellipsis",
    "note": "message-square",
    "order": "clipboard-list",
    "phone": "phone",
    "pin": "map-pin",
    "plus": "plus",
    "print": "printer",
    "refresh": "refresh-cw",
    "repeat": "repeat",
    "right": "chevron-right",
    "scan": "scan-barcode",
    "search": "search",
    "shield": "shield-check",
    "split": "split",
    "sun": "sun",
    "tag": "tag",
    "today": "calendar-check",
    "truck": "truck",
    "undo": "undo-2",
    "up": "chevron-up",
    "upload": "upload",
    "users": "users",
    "x": "x",
}


@lru_cache(maxsize=256)
def icon(name: str, extra_class: str = "") -> SafeString:
    """Draw one of our icons; it is decoration, so say in text what it means.

    Raises:
        KeyError: no such icon.
    """
    classes = f"i {extra_class}".strip()
    drawing = lucide(ICONS[name], size=16, aria_hidden="true", **{"class": classes})
    return mark_safe(" ".join(drawing.split()))  # noqa: S308 - a packaged drawing, no user text
