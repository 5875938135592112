"""The credit policy: what is asked besides the limit, as data that people change.

Reading it is pure; `services.policies` adopts a version, and the account's statement brings the
active one along, so that a check sees what is in force at its own moment.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from o2c.kernel.errors import InvalidInput
from o2c.kernel.ui.figures import Text

CLASSES = ("A", "B", "C", "D", "E")
KEYS = {"rule", "classes", "threshold", "action"}
# More rules than this nobody can oversee.
MOST_RULES = 60


class Action(StrEnum):
    """What happens to an order that a rule speaks against."""

    WARN = "warn"
    REFER = "refer"
    HOLD = "hold"


ACTIONS: dict[str, Text] = {
    Action.WARN: gettext_lazy("let it go on, and say so"),
    Action.REFER: gettext_lazy("let credit control decide"),
    Action.HOLD: gettext_lazy("let it wait"),
}


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What a rule measures: its name for people, the unit, and which thresholds make sense."""

    label: Text
    unit: Text
    least: Decimal
    most: Decimal
    places: int = 0


MEASURES: dict[str, Measure] = {
    "order_maximum": Measure(
        label=gettext_lazy("One order comes to more than"),
        unit=gettext_lazy("in the company's currency; 0: only where the account has a maximum"),
        least=Decimal(0),
        most=Decimal("999999999999.999"),
        places=3,
    ),
    "oldest_overdue_days": Measure(
        label=gettext_lazy("The oldest open invoice is overdue for more than"),
        unit=gettext_lazy("days"),
        least=Decimal(0),
        most=Decimal(3650),
    ),
    "share_overdue": Measure(
        label=gettext_lazy("Of what is open, more is overdue than"),
        unit=gettext_lazy("as a share: 0.5 is half"),
        least=Decimal(0),
        most=Decimal(1),
        places=4,
    ),
    "dunning_level": Measure(
        label=gettext_lazy("The customer has been reminded up to level"),
        unit=gettext_lazy("or higher"),
        least=Decimal(1),
        most=Decimal(9),
    ),
    "broken_promises": Measure(
        label=gettext_lazy("Promises to pay were broken"),
        unit=gettext_lazy("times or more"),
        least=Decimal(1),
        most=Decimal(1000),
    ),
    "days_without_payment": Measure(
        label=gettext_lazy("Invoices are open and nothing was paid for more than"),
        unit=gettext_lazy("days"),
        least=Decimal(1),
        most=Decimal(3650),
    ),
}


class InvalidPolicy(InvalidInput):
    """The policy cannot be applied as it is written; `findings` has each (code, field, message)."""

    code = "invalid_policy"

    def __init__(self, findings: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(" ".join(found[2] for found in findings), field=findings[0][1])
        self.findings = findings


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One rule as the policy sets it; no class at all means every account."""

    rule: str
    threshold: Decimal
    action: Action
    classes: frozenset[str] = frozenset()

    def is_for(self, risk_class: str) -> bool:
        return not self.classes or risk_class in self.classes

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "classes": sorted(self.classes),
            "threshold": f"{self.threshold:f}",
            "action": self.action.value,
        }


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A version of the policy as the rules use it; amounts are in the company's currency."""

    version: int = 0
    settings: tuple[Setting, ...] = ()
    horizon_days: int | None = None
    second_signature_from: Decimal | None = None
    answer_within_hours: int = 4
    warn_before_minutes: int = 60
    asks_bureau: bool = False

    def settings_for(self, rule: str, risk_class: str) -> list[Setting]:
        return [
            setting
            for setting in self.settings
            if setting.rule == rule and setting.is_for(risk_class)
        ]


NO_POLICY = Policy()


COLUMNS = """policy.version, policy.rules::text, policy.horizon_days, policy.second_signature_from,
    policy.answer_within_hours, policy.warn_before_minutes, policy.asks_bureau"""
ACTIVE = f"SELECT {COLUMNS} FROM credit_creditpolicy AS policy WHERE policy.status = 'active'"  # noqa: S608


def active_policy() -> Policy:
    """Return the policy in force: one statement for one row, parsed once a process and version.

    A step that has read an account has it already: `account.policy`.
    """
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE)
        found = cursor.fetchone()
    return NO_POLICY if found is None else read_policy(*found)


@lru_cache(maxsize=64)
def read_policy(
    version: int | None,
    rules: str,
    horizon_days: int | None,
    second_signature_from: Decimal | None,
    answer_within_hours: int,
    warn_before_minutes: int,
    asks_bureau: bool,  # noqa: FBT001  a column
) -> Policy:
    """Return the policy of a row's `COLUMNS`; all null: none is in force."""
    if version is None:
        return NO_POLICY
    return Policy(
        version=version,
        settings=parse(json.loads(rules)),
        horizon_days=horizon_days,
        second_signature_from=second_signature_from,
        answer_within_hours=answer_within_hours,
        warn_before_minutes=warn_before_minutes,
        asks_bureau=asks_bureau,
    )


def parse(rules: Any) -> tuple[Setting, ...]:
    """Read the rules of a policy as they are written down.

    Raises:
        InvalidPolicy: with all that is wrong, each with its field, such as `rules.2.threshold`.
    """
    if not isinstance(rules, list) or len(rules) > MOST_RULES:
        message = _("The rules are a list of %(most)s at most.") % {"most": MOST_RULES}
        raise InvalidPolicy([("rules", "rules", message)])
    read: list[Setting] = []
    findings: list[tuple[str, str, str]] = []
    for number, raw in enumerate(rules):
        try:
            read.append(_setting(raw, f"rules.{number}"))
        except InvalidPolicy as wrong:
            findings += wrong.findings
    findings += _repeated(read) if not findings else []
    if findings:
        raise InvalidPolicy(findings)
    return tuple(read)


def _setting(raw: Any, field: str) -> Setting:
    if not isinstance(raw, Mapping) or set(raw) != KEYS:
        message = _("A rule has these parts: rule, classes, threshold, action.")
        raise InvalidPolicy([("rule", field, message)])
    if not isinstance(raw["rule"], str) or raw["rule"] not in MEASURES:
        message = _("There is no rule called “%(rule)s”; there are %(known)s.")
        names = {"rule": raw["rule"], "known": ", ".join(MEASURES)}
        raise InvalidPolicy([("rule", f"{field}.rule", message % names)])
    found = list(_wrong(raw, field))
    if found:
        raise InvalidPolicy(found)
    return Setting(
        rule=raw["rule"],
        threshold=_number(raw["threshold"]) or Decimal(0),
        action=Action(raw["action"]),
        classes=frozenset(raw["classes"]),
    )


def _wrong(raw: Mapping[str, Any], field: str) -> Iterable[tuple[str, str, str]]:
    measure = MEASURES[raw["rule"]]
    threshold = _number(raw["threshold"])
    if threshold is None or not measure.least <= threshold <= measure.most:
        message = _("“%(rule)s” takes a number from %(least)s to %(most)s.")
        names = {"rule": raw["rule"], "least": measure.least, "most": measure.most}
        yield "threshold", f"{field}.threshold", message % names
    elif threshold != round(threshold, measure.places):
        message = _("“%(rule)s” takes a number of %(places)s decimals at most.")
        names = {"rule": raw["rule"], "places": measure.places}
        yield "threshold", f"{field}.threshold", message % names
    if raw["action"] not in list(Action):
        message = _("Choose what happens: warn, refer or hold.")
        yield "action", f"{field}.action", message
    classes = raw["classes"]
    if not isinstance(classes, list) or any(name not in CLASSES for name in classes):
        message = _("Risk classes are A to E; none means every account.")
        yield "classes", f"{field}.classes", message


def _repeated(settings: Sequence[Setting]) -> Iterable[tuple[str, str, str]]:
    """Name rules of which one says the same as another, so that one of them is never heard."""
    for number, setting in enumerate(settings):
        for earlier in settings[:number]:
            same = (earlier.rule, earlier.action, earlier.classes)
            if same == (setting.rule, setting.action, setting.classes):
                message = _("Rule %(number)s repeats “%(rule)s” for the same classes.")
                names = {"number": number + 1, "rule": setting.rule}
                yield "repeated", f"rules.{number}.rule", message % names


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
