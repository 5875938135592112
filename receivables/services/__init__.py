"""What can be done with what is owed."""

from receivables.services.cash import OverApplied, ReversedAlready, apply_cash, reverse_application
from receivables.services.disputes import close_dispute, investigate_dispute, open_dispute
from receivables.services.items import open_items, settle_paid_orders
from receivables.services.ledger import post
from receivables.services.reviews import flag_due_soon, remind, work_review

__all__ = [
    "OverApplied",
    "ReversedAlready",
    "apply_cash",
    "close_dispute",
    "flag_due_soon",
    "investigate_dispute",
    "open_dispute",
    "open_items",
    "post",
    "remind",
    "reverse_application",
    "settle_paid_orders",
    "work_review",
]
