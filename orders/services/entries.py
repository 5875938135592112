"""What is typed on the entry screen, kept before it is handed in; and who else has it open."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from o2c.kernel.models import IdempotencyKey
from o2c.kernel.transactions import service
from orders.models import EntryDraft, Order

# A screen that has not been heard of for so long is closed.
OPEN_FOR = timedelta(seconds=30)
OFFERED_FOR = timedelta(days=30)
MOST_OFFERED = 5
# Nothing typed leaves what was kept as it is; a screen opened anew begins anew.
KEEP = """
    INSERT INTO orders_entrydraft AS e
           (user_id, screen, order_id, content, opened_at, seen_at, saved_at)
    VALUES (%(user)s, %(screen)s, %(order)s, %(content)s, %(at)s, %(at)s, %(saved)s)
    ON CONFLICT (user_id, screen) DO UPDATE
       SET opened_at = CASE WHEN e.seen_at < %(gone)s THEN EXCLUDED.opened_at ELSE e.opened_at END,
           seen_at = EXCLUDED.seen_at,
           content = CASE WHEN %(typed)s THEN EXCLUDED.content ELSE e.content END,
           saved_at = CASE WHEN %(typed)s THEN EXCLUDED.saved_at ELSE e.saved_at END,
           discarded_at = CASE WHEN %(typed)s THEN NULL ELSE e.discarded_at END
"""


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A screen: `order` None is a new one; `content` empty: it was only opened."""

    screen: str
    order: Order | None
    content: Mapping[str, str]


def screen_of(order: Order) -> str:
    """Name the screen of a stored draft."""
    return f"order-{order.pk}"


@service
def keep_entry(user_id: int, *, typed: Typed, at: datetime) -> bool:
    """Keep a screen as it is; False: there is nothing to keep, or it was handed in meanwhile."""
    if typed.order is None and (not typed.content or _is_done(user_id, typed.screen)):
        return False
    values: dict[str, Any] = {
        "user": user_id,
        "screen": typed.screen,
        "order": typed.order.pk if typed.order else None,
        "content": json.dumps(dict(typed.content)),
        "at": at,
        "saved": at if typed.content else None,
        "gone": at - OPEN_FOR,
        "typed": bool(typed.content),
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)
    return bool(typed.content)


@service
def drop_entry(user_id: int, *, screen: str) -> None:
    """Forget what was typed: it is stored as an order now."""
    EntryDraft.objects.filter(user=user_id, screen=screen).delete()


@service
def discard_entry(user_id: int, *, screen: str, at: datetime) -> bool:
    """Put away what was typed; `restore_entry` takes that back. False: there is nothing."""
    entries = EntryDraft.objects.filter(user=user_id, screen=screen).exclude(content={})
    return bool(entries.update(discarded_at=at))


@service
def restore_entry(user_id: int, *, screen: str) -> bool:
    """Take back that something typed was put away. False: there is nothing."""
    entries = EntryDraft.objects.filter(user=user_id, screen=screen)
    return bool(entries.update(discarded_at=None))


@service
def forget_entries(*, before: datetime) -> int:
    """Delete what nobody has looked at since."""
    deleted, _by_model = EntryDraft.objects.filter(seen_at__lt=before).delete()
    return deleted


def kept_entry(user_id: int, screen: str) -> EntryDraft | None:
    """Return what somebody has typed on a screen and not put away."""
    entries = EntryDraft.objects.filter(user=user_id, screen=screen, discarded_at=None)
    return entries.exclude(content={}).first()


def unfinished_entries(user_id: int, *, now: datetime) -> QuerySet[EntryDraft]:
    """Return the new orders that somebody has begun and not handed in, latest first."""
    entries = EntryDraft.objects.filter(
        user=user_id, order=None, discarded_at=None, saved_at__gt=now - OFFERED_FOR
    )
    return entries.exclude(content={}).order_by("-saved_at", "pk")[:MOST_OFFERED]


def others_at(order: Order, user_id: int, *, now: datetime) -> list[EntryDraft]:
    """Return who else has an order open, and since when."""
    entries = EntryDraft.objects.filter(order=order, seen_at__gt=now - OPEN_FOR)
    return list(entries.exclude(user=user_id).select_related("user").order_by("opened_at", "pk"))


def _is_done(user_id: int, screen: str) -> bool:
    keys = IdempotencyKey.objects.filter(owner=f"form:{user_id}", key__startswith=f"{screen} ")
    return keys.exists()
