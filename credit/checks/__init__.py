"""What credit asks about an order before it goes on: facts, and pure rules about them."""

from credit.checks.evaluating import RULES, Finding, evaluate
from credit.checks.facts import (
    ApplicationFacts,
    BehaviourFacts,
    CheckFacts,
    GroupFacts,
    HoldFacts,
    Outcome,
    Reason,
    ReleaseFacts,
)
from credit.checks.rules import check_group_limit, check_holds, check_limit, check_standing
from credit.checks.settings import check_settings

__all__ = [
    "RULES",
    "ApplicationFacts",
    "BehaviourFacts",
    "CheckFacts",
    "Finding",
    "GroupFacts",
    "HoldFacts",
    "Outcome",
    "Reason",
    "ReleaseFacts",
    "check_group_limit",
    "check_holds",
    "check_limit",
    "check_settings",
    "check_standing",
    "evaluate",
]
