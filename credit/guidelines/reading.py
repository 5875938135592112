"""Reading a table of rules as it is kept or sent: strict, and every problem with its place."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from credit.guidelines.catalogue import BY_NAME, Fact
from credit.guidelines.rules import (
    APPROVE,
    FOR_NUMBERS,
    FOR_TEXTS,
    LARGEST_LIMIT,
    OUTCOMES,
    Condition,
    Limit,
    Rule,
)
from o2c.kernel.errors import DomainError
from o2c.kernel.money import ZERO

KEYS = {"name", "when", "then", "limit", "valid_days", "reason"}
REQUESTED = re.compile(r"requested(?:\*(\d{1,4}(?:\.\d{1,4})?))?")
CODES = {"country": re.compile(r"[A-Z]{2}"), "currency": re.compile(r"[A-Z]{3}")}
MOST_RULES = 200
MOST_CONDITIONS = 30
LONGEST_NAME = 60
LONGEST_REASON = 300
# An approval is looked at again after three years at the latest.
MOST_DAYS = 3 * 365
# What can be compared without loss; more digits than any amount of ours has.
LARGEST_NUMBER = Decimal("1e15")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong at a place such as `rules.2.limit` or `rules.2.when.0.value`, from 0."""

    place: str
    message: str
    rule: str = ""

    def __str__(self) -> str:
        if not self.rule:
            return self.message
        text = _("Rule %(name)s: %(problem)s.")
        return text % {"name": self.rule, "problem": self.message}


class InvalidGuidelines(DomainError):
    """The table cannot be applied as it is written; `problems` says why, place by place."""

    code = "invalid_guidelines"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(map(str, problems)), field=problems[0].place)
        self.problems = problems


@dataclass
class Reader:
    """Reads one rule; what is wrong with it is gathered with its place."""

    name: str
    place: str
    problems: list[Problem] = field(default_factory=list)

    def complain(self, where: str, message: str) -> None:
        place = f"{self.place}.{where}" if where else self.place
        self.problems.append(Problem(place=place, message=message, rule=self.name))


def parse(table: Any) -> list[Rule]:
    """Read a table of rules.

    Raises:
        InvalidGuidelines: something in it has no meaning; the message names the rules.
    """
    rules, problems = examine(table)
    if problems:
        raise InvalidGuidelines(problems)
    return rules


def examine(table: Any) -> tuple[list[Rule], list[Problem]]:
    """Read a table as far as it goes; return the rules and all that is wrong with it."""
    if not isinstance(table, list) or not table:
        message = _("The guidelines must be a list with at least one rule.")
        return [], [Problem(place="rules", message=message)]
    if len(table) > MOST_RULES:
        message = _("A table has at most %(count)s rules.") % {"count": MOST_RULES}
        return [], [Problem(place="rules", message=message)]
    found = [_rule(number, entry) for number, entry in enumerate(table)]
    rules = [rule for rule, _problems in found if rule is not None]
    problems = [problem for _rule_read, some in found for problem in some]
    return rules, [*problems, *_named_twice(table)]


def fingerprint(table: Any) -> str:
    """Return what tells this table from every other: a hash of its rules as they are kept."""
    return hashlib.sha256(json.dumps(table, sort_keys=True).encode()).hexdigest()


def conditions_of(when: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield (fact, operator, value) of either way to write conditions; None where it is none.

    `{"exposure": ["lt", 5]}` has one condition per fact, `[["exposure", "lt", 5], …]` any number.
    """
    entries = when.items() if isinstance(when, dict) else when
    for entry in entries:
        parts = [entry[0], *_pair(entry[1])] if isinstance(when, dict) else entry
        is_whole = isinstance(parts, list | tuple) and len(parts) == len(("fact", "is", "value"))
        yield tuple(parts) if is_whole else (_first_of(parts), None, None)


def _pair(entry: Any) -> list[Any]:
    return list(entry) if isinstance(entry, list | tuple) else [entry]


def _first_of(parts: Any) -> Any:
    return parts[0] if isinstance(parts, list | tuple) and parts else None


def _named_twice(table: list[Any]) -> Iterator[Problem]:
    names = [entry.get("name") for entry in table if isinstance(entry, dict)]
    counts = Counter(name for name in names if isinstance(name, str) and name)
    for name in (name for name, count in counts.items() if count > 1):
        places = [n for n, e in enumerate(table) if isinstance(e, dict) and e.get("name") == name]
        message = _("Two rules are named %(name)s.") % {"name": name}
        yield Problem(place=f"rules.{places[-1]}.name", message=message)


def _rule(number: int, entry: Any) -> tuple[Rule | None, list[Problem]]:
    place = f"rules.{number}"
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(name, str) or not name.strip():
        message = _("Rule %(number)s has no name.") % {"number": number + 1}
        name, missing = str(number + 1), [Problem(place=f"{place}.name", message=message)]
        if not isinstance(entry, dict):
            return None, missing
    else:
        missing = []
    reader = Reader(name=name, place=place, problems=missing)
    rule = _read(reader, entry)
    return (None if reader.problems else rule), reader.problems


def _read(reader: Reader, entry: dict[str, Any]) -> Rule:
    _check_frame(reader, entry)
    outcome = entry.get("then")
    limit, valid_days = _approval(reader, entry) if outcome == APPROVE else (Limit(), 0)
    return Rule(
        name=reader.name,
        conditions=_conditions(reader, entry.get("when", {})),
        outcome=str(outcome),
        limit=limit,
        valid_days=valid_days,
        reason=str(entry.get("reason")),
    )


def _check_frame(reader: Reader, entry: dict[str, Any]) -> None:
    if len(reader.name) > LONGEST_NAME:
        reader.complain("name", _("the name has more than %s characters") % LONGEST_NAME)
    for key in sorted(set(map(str, entry)) - KEYS):
        reader.complain("", _("%(key)s is not part of a rule") % {"key": key})
    if entry.get("then") not in OUTCOMES:
        words = ", ".join(OUTCOMES)
        reader.complain("then", _("“then” must be one of %(words)s") % {"words": words})
    reason = entry.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        reader.complain("reason", _("it gives no reason"))
    elif len(reason) > LONGEST_REASON:
        reader.complain("reason", _("the reason has more than %s characters") % LONGEST_REASON)


def _approval(reader: Reader, entry: dict[str, Any]) -> tuple[Limit, int]:
    valid_days = entry.get("valid_days")
    if not isinstance(valid_days, int) or isinstance(valid_days, bool) or valid_days < 1:
        reader.complain("valid_days", _("an approval needs “valid_days”, at least 1"))
        valid_days = 0
    if valid_days > MOST_DAYS:
        text = _("an approval is looked at again after %(days)s days at the latest")
        reader.complain("valid_days", text % {"days": MOST_DAYS})
    text = str(entry.get("limit", ""))
    multiple = REQUESTED.fullmatch(text)
    if multiple:
        return Limit(times_requested=Decimal(multiple[1] or 1)), valid_days
    amount = _number(text)
    if amount is None or not 0 <= amount <= LARGEST_LIMIT:
        reader.complain("limit", _("“limit” must be an amount, “requested” or “requested*2”"))
    return Limit(amount=amount or ZERO), valid_days


def _conditions(reader: Reader, when: Any) -> list[Condition]:
    if not isinstance(when, dict | list):
        reader.complain("when", _("“when” must map facts to conditions"))
        return []
    if isinstance(when, list) and not all(isinstance(part, list | tuple) for part in when):
        reader.complain("when", _("“when” must map facts to conditions"))
        return []
    if len(when) > MOST_CONDITIONS:
        text = _("a rule has at most %(count)s conditions")
        reader.complain("when", text % {"count": MOST_CONDITIONS})
        return []
    read = (_condition(reader, n, *parts) for n, parts in enumerate(conditions_of(when)))
    return [condition for condition in read if condition is not None]


def _condition(
    reader: Reader, number: int, name: Any, comparison: Any, value: Any
) -> Condition | None:
    place = f"when.{number}"
    fact = BY_NAME.get(name) if isinstance(name, str) else None
    if fact is None:
        reader.complain(f"{place}.fact", _("there is no fact named %(fact)s") % {"fact": name})
        return None
    if comparison is None:
        text = _("%(fact)s needs an operator and a value")
        reader.complain(f"{place}.operator", text % {"fact": name})
        return None
    allowed = FOR_NUMBERS if fact.is_number else FOR_TEXTS
    if comparison not in allowed:
        words = {"fact": name, "words": ", ".join(sorted(allowed))}
        text = _("%(fact)s can be compared by %(words)s")
        reader.complain(f"{place}.operator", text % words)
        return None
    known = _number(value) if fact.is_number else _text(fact, comparison, value)
    if known is None:
        text = _("%(fact)s cannot be compared with that value")
        reader.complain(f"{place}.value", text % {"fact": name})
        return None
    return Condition(fact=fact.name, comparison=comparison, value=known)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) <= LARGEST_NUMBER else None


def _text(fact: Fact, comparison: str, value: Any) -> Any:
    if comparison not in ("in", "not_in"):
        return value if _is_value_of(fact, value) else None
    is_list = isinstance(value, list) and value and all(_is_value_of(fact, one) for one in value)
    return frozenset(value) if is_list else None


def _is_value_of(fact: Fact, value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if fact.choices:
        return value in {choice for choice, _label in fact.choices}
    return bool(CODES[fact.name].fullmatch(value))
