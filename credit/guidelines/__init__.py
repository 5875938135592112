"""The credit guidelines: a decision table kept as data, read, applied and proved. All pure."""

from credit.guidelines.catalogue import BY_NAME, FACTS, NUMBERS, TEXTS, Fact
from credit.guidelines.reading import InvalidGuidelines, Problem, examine, fingerprint, parse
from credit.guidelines.rules import (
    APPROVE,
    DECLINE,
    REFER,
    Condition,
    Facts,
    Limit,
    Rule,
    Verdict,
    decide,
)

__all__ = [
    "APPROVE",
    "BY_NAME",
    "DECLINE",
    "FACTS",
    "NUMBERS",
    "REFER",
    "TEXTS",
    "Condition",
    "Fact",
    "Facts",
    "InvalidGuidelines",
    "Limit",
    "Problem",
    "Rule",
    "Verdict",
    "decide",
    "examine",
    "fingerprint",
    "parse",
]
