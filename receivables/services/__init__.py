"""What can be done with what is owed."""

from receivables.services.cash import OverApplied, ReversedAlready, apply_cash, reverse_application
from receivables.services.credits import NothingToApply, apply_credit, post_credit
from receivables.services.disputes import close_dispute, investigate_dispute, open_dispute
from receivables.services.items import open_items, settle_paid_orders
from receivables.services.ledger import post
from receivables.services.reviews import flag_due_soon, remind, work_review

__all__ = [
    "NothingToApply",
    "OverApplied",
    "ReversedAlready",
    "apply_cash",
    "apply_credit",
    "close_dispute",
    "flag_due_soon",
    "investigate_dispute",
    "open_dispute",
    "open_items",
    "post",
    "post_credit",
    "remind",
    "reverse_application",
    "settle_paid_orders",
    "work_review",
]
