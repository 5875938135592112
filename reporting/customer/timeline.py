"""The timeline of a customer: everything that happened, newest first, a page at a time."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.models import Customer
from o2c.kernel.ui.figures import money_in
from o2c.kernel.ui.status import word_and_tone
from reporting.customer.sources import BY_KEY, SOURCES, Source
from reporting.links import May, link, page_of

PAGE_SIZE = 25
# No key is larger.
MOST = 2**62
TOP: dict[str, Any] = {"until": None, "kind": "", "id": 0}
# Each source is sorted and cut by itself, so that only a page's worth of each meets the others.
PART = """
(SELECT '{key}' AS kind, at, id, number, text, state, amount, currency, who FROM ({sql}) AS s
  WHERE (%(until)s::timestamptz IS NULL OR (at, '{key}'::text, id)
        < (%(until)s, %(kind)s::text, %(id)s::bigint))
  ORDER BY at DESC, id DESC LIMIT %(limit)s)
"""
TIMELINE = """
SELECT * FROM ({parts}) AS event ORDER BY at DESC, kind DESC, id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One entry, as the page shows it."""

    icon: str
    tone: str
    title: str
    text: str
    at: datetime
    href: str
    facts: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """A page of events; `after` asks for the next one, if there is more."""

    events: Sequence[Event]
    after: str


def timeline_of(
    customer: Customer, *, only: str = "", after: str = "", may: May, size: int = PAGE_SIZE
) -> Timeline:
    """Return what happened with a customer, in one statement, as far as the reader may see it.

    `only` keeps one kind of event; `after` is what the last page gave, anything else starts at
    the top.
    """
    sources = [s for s in SOURCES if may(s.view) and only in {"", s.key}]
    if not sources:
        return Timeline(events=[], after="")
    rows = _rows(sources, {"customer": customer.pk, "limit": size + 1, **_position(after)})
    page = rows[:size]
    return Timeline(
        events=[_event(row, customer, may) for row in page],
        after=_cursor(page[-1]) if len(rows) > size else "",
    )


def _rows(sources: Sequence[Source], values: dict[str, Any]) -> list[dict[str, Any]]:
    parts = "UNION ALL".join(
        PART.replace("{key}", source.key).replace("{sql}", source.sql) for source in sources
    )
    with connection.cursor() as cursor:
        cursor.execute(TIMELINE.replace("{parts}", parts), values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def _event(row: dict[str, Any], customer: Customer, may: May) -> Event:
    source = BY_KEY[row["kind"]]
    facts = [_amount(row), _state(row), row["who"]]
    return Event(
        icon=source.icon,
        tone="ok" if row["state"] == "done" else source.tone,
        title=str(source.title) % {"number": row["number"]},
        text=row["text"],
        at=row["at"],
        href=_href(row, source, customer, may),
        facts=[str(fact) for fact in facts if fact],
    )


def _amount(row: dict[str, Any]) -> str:
    return money_in(row["amount"], row["currency"]) if row["amount"] is not None else ""


def _state(row: dict[str, Any]) -> str:
    """Say how it stands: of a task when it is due, of a document its state in people's words."""
    state = row["state"]
    if row["kind"] == "task":
        if state == "done":
            return _("done")
        return _("due %(day)s") % {"day": date_format(date.fromisoformat(state), "j M Y")}
    return str(word_and_tone(row["kind"], state)[0]) if state else ""


def _href(row: dict[str, Any], source: Source, customer: Customer, may: May) -> str:
    if source.page == "activity":
        allowed = may("customers.add_activity")
        return link("customers:activity", customer.number, row["id"]) if allowed else ""
    return page_of(source.page, row["number"], may=may) if source.page else ""


def _cursor(row: dict[str, Any]) -> str:
    text = json.dumps([row["at"].isoformat(), row["kind"], row["id"]])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _position(after: str) -> dict[str, Any]:
    """Read where the last page ended; what cannot be read begins at the top."""
    try:
        at, kind, key = json.loads(urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        position = {"until": datetime.fromisoformat(at), "kind": str(kind), "id": int(key)}
    except (binascii.Error, TypeError, ValueError):
        return TOP
    return position if abs(int(key)) < MOST else TOP
