"""A customer's score, from how they pay: points that add up, each with its words.

Pure: the same facts always give the same score. 100 is best; from 70 on nothing speaks against
a customer, below 40 much does.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from o2c.kernel.money import ZERO

START = 65
BEST = 100
# The lowest score of each class; whoever is below all of them is in the last.
CLASSES = ((85, "A"), (70, "B"), (55, "C"), (40, "D"))
LAST_CLASS = "E"


@dataclass(frozen=True, kw_only=True)
class ScoreFacts:
    """What the score sees of one account on one day; amounts in its currency, tax included."""

    years: int = 0
    items_paid: int = 0
    average_days_late: Decimal | None = None
    share_paid_late: Decimal | None = None
    days_overdue: int = 0
    broken_promises: int = 0
    disputes: int = 0
    dunning_level: int = 0
    exposure: Decimal = ZERO
    limit: Decimal = ZERO

    @property
    def says_something(self) -> bool:
        """Return whether there is anything to judge by: nobody is scored for being new."""
        told = (self.items_paid, self.days_overdue, self.dunning_level, self.broken_promises)
        return any(told)

    def as_json(self) -> dict[str, Any]:
        """Return the facts as JSON types; from them the score follows again."""
        told = asdict(self).items()
        return {name: str(v) if isinstance(v, Decimal) else v for name, v in told}


@dataclass(frozen=True, kw_only=True)
class Points:
    """One part of a score: which rule, how many points, and why."""

    rule: str
    points: int
    message: str


@dataclass(frozen=True, kw_only=True)
class Score:
    """0 (worst) to 100; the points of its parts add up to it."""

    score: int
    risk_class: str
    parts: Sequence[Points]


def score(facts: ScoreFacts) -> Score:
    """Return the score of an account, with everything that led to it."""
    parts = [part for rule in RULES for part in rule(facts)]
    total = sum(part.points for part in parts)
    kept = min(max(total, 0), BEST)
    if kept != total:
        message = _("A score is between 0 and 100")
        parts.append(Points(rule="bounds", points=kept - total, message=message))
    return Score(score=kept, risk_class=class_of(kept), parts=parts)


def class_of(points: int) -> str:
    """Return the risk class of a score: A is best, E worst."""
    return next((name for least, name in CLASSES if points >= least), LAST_CLASS)


def _start(facts: ScoreFacts) -> Iterator[Points]:
    if facts.years < 1:
        yield Points(rule="start", points=START, message=_("Starting point, new account"))
        return
    message = ngettext(
        "Starting point, %(years)s year account",
        "Starting point, %(years)s year account",
        facts.years,
    )
    points = START + min(facts.years, 10)
    yield Points(rule="start", points=points, message=message % {"years": facts.years})


def _days_late(facts: ScoreFacts) -> Iterator[Points]:
    if facts.average_days_late is None:
        return
    days = _whole(facts.average_days_late)
    if days == 0:
        message = _("Pays on time")
        yield Points(rule="average_days_late", points=8, message=message)
        return
    message = ngettext("Pays %(days)s day late", "Pays %(days)s days late", days)
    points = -min(_whole(facts.average_days_late * Decimal("0.6")) or 1, 25)
    yield Points(rule="average_days_late", points=points, message=message % {"days": days})


def _share_late(facts: ScoreFacts) -> Iterator[Points]:
    share = facts.share_paid_late or ZERO
    points = -_whole(share * 10)
    if points:
        message = _("%(share)s %% paid late") % {"share": _whole(share * 100)}
        yield Points(rule="share_paid_late", points=points, message=message)


def _overdue(facts: ScoreFacts) -> Iterator[Points]:
    days = facts.days_overdue
    if days > 0:
        message = ngettext(
            "Oldest invoice %(days)s day overdue", "Oldest invoice %(days)s days overdue", days
        )
        points = -min(-(-days // 3), 20)
        yield Points(rule="days_overdue", points=points, message=message % {"days": days})


def _exposure(facts: ScoreFacts) -> Iterator[Points]:
    if facts.limit <= 0:
        return
    share = _whole(max(facts.exposure, ZERO) * 100 / facts.limit)
    points = next(
        points for least, points in ((100, -12), (80, -6), (50, 0), (0, 4)) if share >= least
    )
    if points:
        message = _("Exposure is %(share)s %% of the limit") % {"share": share}
        yield Points(rule="exposure", points=points, message=message)


def _promises(facts: ScoreFacts) -> Iterator[Points]:
    count = facts.broken_promises
    if count:
        message = ngettext("%(count)s promise broken", "%(count)s promises broken", count)
        points = -min(5 * count, 20)
        yield Points(rule="broken_promises", points=points, message=message % {"count": count})


def _disputes(facts: ScoreFacts) -> Iterator[Points]:
    count = facts.disputes
    if count:
        message = ngettext("%(count)s open dispute", "%(count)s open disputes", count)
        points = -min(2 * count, 8)
        yield Points(rule="disputes", points=points, message=message % {"count": count})


def _dunning(facts: ScoreFacts) -> Iterator[Points]:
    level = facts.dunning_level
    if level:
        message = _("Reminded up to level %(level)s") % {"level": level}
        yield Points(rule="dunning_level", points=-min(4 * level, 16), message=message)


def _proven(facts: ScoreFacts) -> Iterator[Points]:
    count = facts.items_paid
    if count >= 12 and not facts.dunning_level:  # noqa: PLR2004  one a month
        message = _("%(count)s invoices paid within a year") % {"count": count}
        yield Points(rule="items_paid", points=10, message=message)


# In the order in which people read them.
RULES: tuple[Callable[[ScoreFacts], Iterator[Points]], ...] = (
    _start,
    _days_late,
    _share_late,
    _overdue,
    _exposure,
    _promises,
    _disputes,
    _dunning,
    _proven,
)


def _whole(number: Decimal) -> int:
    return int(number.quantize(Decimal(1), rounding=ROUND_HALF_UP))
