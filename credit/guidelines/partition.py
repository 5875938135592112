"""The values of a fact, cut into the few parts that the rules of one table can tell apart.

Between two constants of a table every value is treated alike, so one value stands for the part.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.utils.translation import gettext as _

from credit.guidelines.catalogue import BY_NAME, Fact
from credit.guidelines.rules import Rule
from o2c.kernel.ui.figures import quantity

ONE = Decimal(1)
# Codes that stand for every one that the table does not name.
ANY_OTHER = {
    "country": ("DE", "FR", "US", "GB", "NL", "BE", "AT", "CH", "SE", "NO", "DK", "PT", "ZZ"),
    "currency": ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "JPY", "XXX"),
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a fact's values: `value` stands for all of it, None where it is unknown.

    `low` and `high` are the ends of a part of numbers, both inclusive; None: no end.
    """

    value: Any
    low: Decimal | None = None
    high: Decimal | None = None
    is_other: bool = False


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One fact with its parts; the last is the unknown one, where there is such."""

    fact: Fact
    parts: Sequence[Part]

    @property
    def whole(self) -> int:
        return (1 << len(self.parts)) - 1


def axes_of(rules: Iterable[Rule]) -> list[Axis]:
    """Return the facts that the rules look at, each cut at the constants they name."""
    constants: dict[str, set[Any]] = {}
    for rule in rules:
        for condition in rule.conditions:
            named = constants.setdefault(condition.fact, set())
            value = condition.value
            named |= value if isinstance(value, frozenset) else {value}
    return [_axis(BY_NAME[name], constants[name]) for name in sorted(constants)]


def _axis(fact: Fact, constants: set[Any]) -> Axis:
    parts = _numbers(fact, sorted(constants)) if fact.is_number else _texts(fact, constants)
    unknown = [Part(value=None)] if fact.may_be_unknown else []
    return Axis(fact=fact, parts=[*parts, *unknown])


def _texts(fact: Fact, constants: set[str]) -> list[Part]:
    if fact.choices:
        return [Part(value=value) for value, _label in fact.choices]
    named = [Part(value=value) for value in sorted(constants)]
    return [*named, Part(value=_unnamed(fact, constants), is_other=True)]


def _unnamed(fact: Fact, constants: set[str]) -> str:
    """Return a code that the table does not name."""
    usual = next((code for code in ANY_OTHER[fact.name] if code not in constants), None)
    if usual is not None:
        return usual
    width = len(ANY_OTHER[fact.name][0])
    letters = [chr(65 + n) for n in range(26)]
    codes = ("".join((a, b, "X"))[:width] for a in letters for b in letters)
    return next(code for code in codes if code not in constants)


def _numbers(fact: Fact, constants: Sequence[Decimal]) -> list[Part]:
    """Return, from the lowest: what is below the first constant, it, what is between, and so on."""
    step = fact.step
    parts = []
    low = fact.minimum
    for constant in constants:
        parts.append(_between(low, _below(constant, step), fact))
        parts.append(_between(*_point(constant, step), fact))
        low = _above(constant, step)
    parts.append(_between(low, fact.maximum, fact))
    return [part for part in parts if part is not None]


def _point(constant: Decimal, step: Decimal) -> tuple[Decimal, Decimal]:
    """Return the constant as a part, which is empty when the fact never has such a value."""
    return _round(constant, step, ROUND_CEILING), _round(constant, step, ROUND_FLOOR)


def _below(constant: Decimal, step: Decimal) -> Decimal:
    floor = _round(constant, step, ROUND_FLOOR)
    return floor - step if floor == constant else floor


def _above(constant: Decimal, step: Decimal) -> Decimal:
    ceiling = _round(constant, step, ROUND_CEILING)
    return ceiling + step if ceiling == constant else ceiling


def _round(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    return (value / step).quantize(ONE, rounding) * step


def _between(low: Decimal | None, high: Decimal | None, fact: Fact) -> Part | None:
    """Return the part from `low` to `high` within what the fact can be, if it has any value."""
    if fact.minimum is not None and (low is None or low < fact.minimum):
        low = fact.minimum
    if fact.maximum is not None and (high is None or high > fact.maximum):
        high = fact.maximum
    if low is not None and high is not None and low > high:
        return None
    usual = Decimal(0) if high is None else min(high, Decimal(0))
    return Part(value=usual if low is None else low, low=low, high=high)


def words_of(axis: Axis, mask: int) -> str:
    """Say which of a fact's values the mask holds: `Requested amount above 2,000 or unknown`."""
    chosen = [part for n, part in enumerate(axis.parts) if mask >> n & 1]
    known = [part for part in chosen if part.value is not None]
    texts = _ranges(known, axis.fact) if axis.fact.is_number else _names(known, axis.fact)
    if len(chosen) > len(known):
        texts.append(_("unknown"))
    words = {"fact": axis.fact.label, "values": _(" or ").join(texts)}
    return _("%(fact)s %(values)s") % words


def _names(parts: Sequence[Part], fact: Fact) -> list[str]:
    labels = dict(fact.choices)
    return [
        _("any other") if part.is_other else str(labels.get(part.value, part.value))
        for part in parts
    ]


def _ranges(parts: Sequence[Part], fact: Fact) -> list[str]:
    """Return the parts in words, neighbours joined."""
    joined: list[tuple[Decimal | None, Decimal | None]] = []
    for part in parts:
        if joined and joined[-1][1] is not None and part.low == joined[-1][1] + fact.step:
            joined[-1] = (joined[-1][0], part.high)
        else:
            joined.append((part.low, part.high))
    return [_range(low, high) for low, high in joined]


def _range(low: Decimal | None, high: Decimal | None) -> str:
    ends = {"low": quantity(low), "high": quantity(high)}
    if low is None:
        return _("up to %(high)s") % ends if high is not None else _("any")
    if high is None:
        return _("from %(low)s") % ends
    return ends["low"] if low == high else _("%(low)s to %(high)s") % ends
