"""What can be proved about a table before it is used: gaps, overlaps, rules that never speak.

Exact, over the parts of the facts that the table's constants tell apart: every rule is a box
(for each fact, a set of parts), and what no rule covers is what is left when all are cut out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from credit.guidelines.partition import Axis, axes_of, words_of
from credit.guidelines.rules import Rule
from o2c.kernel.errors import DomainError

# Parts of each fact as a bit mask, in the order of the axes.
Box = tuple[int, ...]
# Cuts of a box: a second's work or so. Tables for people need a few thousand.
MOST_CUTS = 400_000
# What a page can show; the count says how many there are.
MOST_SHOWN = 20


class TooLarge(DomainError):
    """The table has too many cases to prove anything about it in good time."""

    code = "guidelines_too_large"


@dataclass(frozen=True, kw_only=True)
class Region:
    """Cases of which something is true: in words, and one example of the facts."""

    words: str
    facts: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Two rules that can both speak, with different results: the first wins."""

    first: str
    second: str
    example: Region

    @property
    def name(self) -> str:
        return f"{self.first} / {self.second}"


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What was found. `gaps` and `overlaps` show at most some of the counted."""

    gaps: Sequence[Region]
    gap_count: int
    overlaps: Sequence[Overlap]
    unreachable: Sequence[str]
    contradictions: Sequence[str]

    @property
    def stops(self) -> bool:
        """Say whether the table may not be put in force, whatever anybody accepts."""
        return bool(self.gap_count or self.unreachable or self.contradictions)


class _Work:
    """Counts cuts, and refuses to make more than can be made in good time."""

    def __init__(self) -> None:
        self.cuts = 0

    def cut(self) -> None:
        self.cuts += 1
        if self.cuts > MOST_CUTS:
            raise TooLarge(
                _(
                    "The table has too many cases to be proved. Use fewer facts together, or "
                    "fewer values of each."
                )
            )


def prove(rules: Sequence[Rule]) -> Proof:
    """Find gaps, overlaps, unreachable rules and contradictions of a table.

    A last rule without conditions is the table's "otherwise": it overlaps nothing.

    Raises:
        TooLarge: there are too many cases.
    """
    axes, work = axes_of(rules), _Work()
    boxes = [_box(rule, axes) for rule in rules]
    left = [tuple(axis.whole for axis in axes)]
    reached: list[list[Box]] = []
    for box in boxes:
        reached.append(list(_shared(left, box, work)))
        left = [piece for part in left for piece in _without(part, box, work)]
    return Proof(
        gaps=[_region(box, axes) for box in left[:MOST_SHOWN]],
        gap_count=len(left),
        overlaps=list(_overlaps(rules, boxes, reached, axes, work)),
        unreachable=[
            rule.name
            for rule, box, speaks in zip(rules, boxes, reached, strict=True)
            if not speaks and all(box)
        ],
        contradictions=[r.name for r, box in zip(rules, boxes, strict=True) if not all(box)],
    )


def _box(rule: Rule, axes: Sequence[Axis]) -> Box:
    """Return the parts of each fact in which all conditions of the rule hold."""
    masks = {axis.fact.name: axis.whole for axis in axes}
    by_name = {axis.fact.name: axis for axis in axes}
    for condition in rule.conditions:
        parts = by_name[condition.fact].parts
        masks[condition.fact] &= sum(
            1 << n for n, part in enumerate(parts) if condition.holds({condition.fact: part.value})
        )
    return tuple(masks[axis.fact.name] for axis in axes)


def _shared(boxes: Sequence[Box], other: Box, work: _Work) -> Iterator[Box]:
    for box in boxes:
        work.cut()
        both = tuple(map(int.__and__, box, other))
        if all(both):
            yield both


def _without(box: Box, other: Box, work: _Work) -> Iterator[Box]:
    """Yield boxes that together are `box` without `other`, none sharing a case with another."""
    work.cut()
    both = tuple(map(int.__and__, box, other))
    if not all(both):
        yield box
        return
    for n, mask in enumerate(box):
        rest = mask & ~other[n]
        if rest:
            work.cut()
            yield (*both[:n], rest, *box[n + 1 :])


def _overlaps(
    rules: Sequence[Rule],
    boxes: Sequence[Box],
    reached: Sequence[Sequence[Box]],
    axes: Sequence[Axis],
    work: _Work,
) -> Iterator[Overlap]:
    for first, rule in enumerate(rules):
        for second in range(first + 1, len(rules)):
            other = rules[second]
            is_otherwise = second == len(rules) - 1 and not other.conditions
            if is_otherwise or other.result == rule.result:
                continue
            both = next(_shared(reached[first], boxes[second], work), None)
            if both is not None:
                example = _region(both, axes)
                yield Overlap(first=rule.name, second=other.name, example=example)


def _region(box: Box, axes: Sequence[Axis]) -> Region:
    facts, words = {}, []
    for axis, mask in zip(axes, box, strict=True):
        lowest = (mask & -mask).bit_length() - 1
        value = axis.parts[lowest].value
        facts[axis.fact.name] = value if value is None or isinstance(value, str) else str(value)
        if mask != axis.whole:
            words.append(words_of(axis, mask))
    return Region(words=" · ".join(words) or _("every case"), facts=facts)
