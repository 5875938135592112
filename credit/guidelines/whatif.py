"""What another table would have said about what was decided before."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from credit.guidelines.rules import Facts, Rule, decide
from o2c.kernel.money import ZERO

# Flips that a report lists by itself; the file of all has every one.
MOST_LISTED = 200


@dataclass(frozen=True, kw_only=True)
class Past:
    """A verdict of the past, with the facts that it was found on; `currency` of its limit."""

    application: str
    customer: str
    currency: str
    inputs: Facts
    rule: str
    outcome: str
    limit: Decimal
    valid_days: int


@dataclass(frozen=True, kw_only=True)
class Flip:
    """A case that the new table decides otherwise."""

    past: Past
    rule: str
    outcome: str
    limit: Decimal
    valid_days: int

    def as_json(self) -> dict[str, Any]:
        return {
            "application": self.past.application,
            "customer": self.past.customer,
            "currency": self.past.currency,
            "old": [self.past.rule, self.past.outcome, str(self.past.limit), self.past.valid_days],
            "new": [self.rule, self.outcome, str(self.limit), self.valid_days],
        }


@dataclass(kw_only=True)
class Report:
    """How many cases were tried, how many go from one outcome to another, and which."""

    decisions: int = 0
    flips: int = 0
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    listed: list[Flip] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        moves = [[old, new, count] for (old, new), count in sorted(self.moves.items())]
        return {
            "decisions": self.decisions,
            "flip_count": self.flips,
            "moves": moves,
            "flips": [flip.as_json() for flip in self.listed],
        }


def flips_of(rules: Sequence[Rule], cases: Iterable[Past]) -> Iterator[tuple[Past, Flip | None]]:
    """Try each case with the rules; yield it with what is otherwise, None where nothing is."""
    for past in cases:
        verdict = decide(rules, past.inputs)
        old = (past.outcome, past.limit, past.valid_days)
        if verdict.effect == old:
            yield past, None
            continue
        yield (
            past,
            Flip(
                past=past,
                rule=verdict.rule,
                outcome=verdict.outcome,
                limit=verdict.limit or ZERO,
                valid_days=verdict.valid_days,
            ),
        )


def try_on(rules: Sequence[Rule], cases: Iterable[Past]) -> Report:
    """Run a table over past cases, one at a time; memory does not grow with their number."""
    report = Report()
    for past, flip in flips_of(rules, cases):
        report.decisions += 1
        report.moves[past.outcome, flip.outcome if flip else past.outcome] += 1
        if flip is not None:
            report.flips += 1
            if len(report.listed) < MOST_LISTED:
                report.listed.append(flip)
    return report
