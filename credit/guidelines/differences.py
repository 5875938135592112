"""What differs between two tables, rule by rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

ADDED, REMOVED, CHANGED, MOVED, SAME = "added", "removed", "changed", "moved", "same"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One rule in two tables: `old` or `new` is None where it has none."""

    name: str
    kind: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None


def differences(old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]]) -> list[Difference]:
    """Return every rule of both, in the new table's order; what is gone comes last.

    A rule has moved when another rule that both tables have was before it and is not any more.
    """
    before, after = _by_name(old), _by_name(new)
    kept = [name for name in after if name in before]
    place = {name: n for n, name in enumerate(name for name in before if name in after)}
    moved = {name for n, name in enumerate(kept) if place[name] != n}
    found = [
        Difference(name=name, kind=_kind(name, before, after, moved), old=before.get(name), new=new)
        for name, new in after.items()
    ]
    gone = [name for name in before if name not in after]
    return found + [
        Difference(name=name, kind=REMOVED, old=before[name], new=None) for name in gone
    ]


def _by_name(rules: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {rule["name"]: rule for rule in rules}


def _kind(name: str, before: dict[str, Any], after: dict[str, Any], moved: set[str]) -> str:
    if name not in before:
        return ADDED
    if before[name] != after[name]:
        return CHANGED
    return MOVED if name in moved else SAME
