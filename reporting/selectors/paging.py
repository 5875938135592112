"""Pages by keyset: an opaque cursor says where the last page ended, and no row is counted over."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Page(Generic[M]):
    """Some rows of a list, and the cursor of the next ones (empty: there are no more)."""

    rows: list[M]
    after: str


def page_of(rows: "QuerySet[M]", *, sort: str, after: str, size: int) -> Page[M]:
    """Return the rows after the cursor by `sort` (`-total`: descending), then by key.

    A cursor that is not one of ours, or no longer fits, starts again at the top.
    """
    name, sign = sort.removeprefix("-"), "-" if sort.startswith("-") else ""
    ranked = rows.order_by(f"{sign}{name}", f"{sign}pk")
    try:
        found = list(_after(ranked, name, sign, after)[: size + 1])
    except (ValidationError, ValueError):
        found = list(ranked[: size + 1])
    more = cursor_of(found[size - 1], name) if len(found) > size else ""
    return Page(rows=found[:size], after=more)


def cursor_of(row: Model, name: str) -> str:
    value: Any = row
    for part in name.split("__"):
        value = getattr(value, part)
    return urlsafe_b64encode(json.dumps([str(value), row.pk]).encode()).decode().rstrip("=")


def _after(rows: "QuerySet[M]", name: str, sign: str, after: str) -> "QuerySet[M]":
    if not after:
        return rows
    value, pk = _read(after)
    beyond = "lt" if sign else "gt"
    return rows.filter(Q(**{f"{name}__{beyond}": value}) | Q(**{name: value, f"pk__{beyond}": pk}))


def _read(cursor: str) -> tuple[str, int]:
    try:
        value, pk = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return str(value), int(pk)
    except (binascii.Error, TypeError, UnicodeDecodeError) as error:
        raise ValueError(cursor) from error
