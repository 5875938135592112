"""What automatic decisions would be if they were made again, on what was kept with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from credit import guidelines
from credit.guidelines import InvalidGuidelines, Rule, Verdict
from credit.models import CreditDecision, GuidelineTable, GuidelineVerdict
from o2c.kernel.company import local_date, the_company

AT_A_TIME = 2_000
WORDS = {"approve": "approved", "decline": "declined"}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A decision that would not be the same: what is kept, and what comes out now."""

    kind: str
    key: int
    guideline: int
    kept: dict[str, Any]
    replayed: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        names = {"kind": self.kind, "id": self.key, "guideline": self.guideline}
        return {**names, "kept": self.kept, "replayed": self.replayed}


@dataclass
class Replay:
    """Makes the automatic decisions of a time again; `count` says how many it has made."""

    since: datetime | None = None
    until: datetime | None = None
    count: int = 0

    def differences(self) -> Iterator[Difference]:
        """Yield each verdict and each decision that differs in anything, oldest first."""
        tables = {table.pk: table for table in GuidelineTable.objects.all()}
        rules = {pk: _rules(table) for pk, table in tables.items()}
        for verdict in self._verdicts().iterator(AT_A_TIME):
            said = _decide(rules[verdict.guideline_id], verdict.inputs)
            yield from self._compared(verdict, _kept_verdict(verdict), said, tables)
        company = the_company()
        for decision in self._decisions().iterator(AT_A_TIME):
            assert decision.guideline_id is not None
            said = _decide(rules[decision.guideline_id], decision.inputs)
            day = local_date(decision.decided_at, company)
            if isinstance(said, Verdict):
                said = _as_decided(said, day)
            yield from self._compared(decision, _kept_decision(decision), said, tables)

    def _verdicts(self) -> "QuerySet[GuidelineVerdict]":
        found = GuidelineVerdict.objects.order_by("pk")
        found = found.filter(at__gte=self.since) if self.since else found
        return found.filter(at__lt=self.until) if self.until else found

    def _decisions(self) -> "QuerySet[CreditDecision]":
        found = CreditDecision.objects.filter(guideline__isnull=False).order_by("pk")
        found = found.filter(decided_at__gte=self.since) if self.since else found
        return found.filter(decided_at__lt=self.until) if self.until else found

    def _compared(
        self,
        row: GuidelineVerdict | CreditDecision,
        kept: dict[str, Any],
        said: Verdict | dict[str, Any],
        tables: dict[int, GuidelineTable],
    ) -> Iterator[Difference]:
        self.count += 1
        replayed = _as_json(said) if isinstance(said, Verdict) else said
        if not replayed.get("rule"):
            # Words of ours, in the language of whoever ordered then.
            replayed = {**replayed, "reason": kept["reason"]}
        if replayed != kept:
            yield Difference(
                kind=str(row._meta.model_name),
                key=row.pk,
                guideline=tables[row.guideline_id or 0].version,
                kept=kept,
                replayed=replayed,
            )


def _rules(table: GuidelineTable) -> list[Rule] | InvalidGuidelines:
    try:
        return guidelines.parse(table.rules)
    except InvalidGuidelines as problem:
        return problem


def _decide(
    rules: list[Rule] | InvalidGuidelines, inputs: dict[str, Any]
) -> Verdict | dict[str, Any]:
    if isinstance(rules, InvalidGuidelines):
        return {"problem": str(rules), "rule": "?"}
    return guidelines.decide(rules, inputs)


def _as_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "rule": verdict.rule,
        "outcome": verdict.outcome,
        "limit": _plain(verdict.limit),
        "valid_days": verdict.valid_days,
        "reason": verdict.reason,
    }


def _kept_verdict(verdict: GuidelineVerdict) -> dict[str, Any]:
    return {
        "rule": verdict.rule,
        "outcome": verdict.outcome,
        "limit": _plain(verdict.limit),
        "valid_days": verdict.valid_days,
        "reason": verdict.reason,
    }


def _as_decided(verdict: Verdict, day: Any) -> dict[str, Any]:
    is_approved = verdict.outcome == guidelines.APPROVE
    until = day + timedelta(days=verdict.valid_days) if is_approved else None
    return {
        "rule": verdict.rule,
        "outcome": WORDS.get(verdict.outcome, verdict.outcome),
        "limit": _plain(verdict.limit),
        "valid_until": until and until.isoformat(),
        "reason": verdict.reason,
    }


def _kept_decision(decision: CreditDecision) -> dict[str, Any]:
    until = decision.valid_until
    return {
        "rule": decision.rule,
        "outcome": decision.outcome,
        "limit": _plain(decision.limit),
        "valid_until": until and until.isoformat(),
        "reason": decision.reason,
    }


def _plain(amount: Decimal) -> str:
    """Return the amount as it would be kept."""
    return f"{amount:.3f}"
