"""What the collection stage knows: who is late, what a receipt may pay, what was written."""

from collection.selectors.overdue import (
    items_to_dun,
    overdue_items,
    overdue_without_hold,
    payables_address,
    still_open,
)
from collection.selectors.receipts import (
    Suggestion,
    applications_of,
    open_items_of,
    receipts_to_work,
    suggest_items,
)
from collection.selectors.worklist import (
    Bucket,
    LateAccount,
    account_in_arrears,
    aging,
    late_accounts,
)

__all__ = [
    "Bucket",
    "LateAccount",
    "Suggestion",
    "account_in_arrears",
    "aging",
    "applications_of",
    "items_to_dun",
    "late_accounts",
    "open_items_of",
    "overdue_items",
    "overdue_without_hold",
    "payables_address",
    "receipts_to_work",
    "still_open",
    "suggest_items",
]
