"""How much each customer may owe, what they owe now, and who decided it."""

from credit.models.accounts import CreditAccount, CreditDecision, ExposureEntry
from credit.models.applications import CreditApplication, CreditApplicationQuerySet
from credit.models.checks import CreditCheck
from credit.models.guidelines import GuidelineTable
from credit.models.holds import Hold, OrderRelease

__all__ = [
    "CreditAccount",
    "CreditApplication",
    "CreditApplicationQuerySet",
    "CreditCheck",
    "CreditDecision",
    "ExposureEntry",
    "GuidelineTable",
    "Hold",
    "OrderRelease",
]
