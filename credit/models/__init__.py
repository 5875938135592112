"""How much each customer may owe, what they owe now, and who decided it."""

from credit.models.accounts import CreditAccount, CreditDecision, ExposureEntry
from credit.models.applications import CreditApplication, CreditApplicationQuerySet
from credit.models.behaviour import CreditScore, PaymentBehaviour
from credit.models.checks import CreditCheck
from credit.models.groups import BureauReport, CreditGroup, Guarantee
from credit.models.guidelines import GuidelineTable, GuidelineVerdict
from credit.models.holds import Hold, OrderRelease
from credit.models.horizon import FarOrder
from credit.models.policies import CreditPolicy
from credit.models.reviews import CaseComment, CreditDocument, CreditProposal, OrderPrepayment

__all__ = [
    "BureauReport",
    "CaseComment",
    "CreditAccount",
    "CreditApplication",
    "CreditApplicationQuerySet",
    "CreditCheck",
    "CreditDecision",
    "CreditDocument",
    "CreditGroup",
    "CreditPolicy",
    "CreditProposal",
    "CreditScore",
    "ExposureEntry",
    "FarOrder",
    "Guarantee",
    "GuidelineTable",
    "GuidelineVerdict",
    "Hold",
    "OrderPrepayment",
    "OrderRelease",
    "PaymentBehaviour",
]
