"""Who has a document in review open, so that nobody corrects it beside somebody else unawares."""

from datetime import datetime
from typing import Any

from django.db import connection

from o2c.kernel.transactions import service
from orders.models import EntryDraft, IntakeDocument
from orders.services.entries import KEEP, OPEN_FOR


@service
def note_open(user_id: int, *, document: IntakeDocument, at: datetime) -> None:
    """Note that somebody has a document's review open at this moment; one statement."""
    values: dict[str, Any] = {
        "user": user_id,
        "screen": screen_of(document),
        "order": None,
        "content": "{}",
        "at": at,
        "saved": None,
        "gone": at - OPEN_FOR,
        "typed": False,
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)


def others_at(document: IntakeDocument, user_id: int, *, now: datetime) -> list[EntryDraft]:
    """Return who else has a document's review open, and since when."""
    open_now = EntryDraft.objects.filter(
        screen=screen_of(document), content={}, seen_at__gt=now - OPEN_FOR
    )
    others = open_now.exclude(user=user_id).select_related("user")
    return list(others.order_by("opened_at", "pk"))


def screen_of(document: IntakeDocument) -> str:
    """Name the review of a document among the screens that people have open."""
    return f"intake-{document.pk}"
