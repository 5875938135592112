"""What the collection stage knows: who is late, what a receipt may pay, what was written."""

from collection.selectors.behaviour import account_keys, behaviour_of
from collection.selectors.notices import dunning_summary, notice_for_page, notices_of
from collection.selectors.overdue import (
    items_to_dun,
    overdue_without_hold,
    still_open,
)
from collection.selectors.prepayments import (
    PAYABLE,
    Payable,
    named_pro_forma,
    open_items_of_order,
    orders_to_pay,
    receipts_kept_for,
)
from collection.selectors.receipts import (
    CashList,
    Suggestion,
    applications_of,
    cash_list,
    open_items_of,
    suggest_items,
    the_one_customer,
)
from collection.selectors.worklist import (
    Arrears,
    Bucket,
    LateAccount,
    Worklist,
    account_in_arrears,
    aging,
    currencies_owed,
    late_accounts,
)
from receivables.unpaid import overdue_items

__all__ = [
    "PAYABLE",
    "Arrears",
    "Bucket",
    "CashList",
    "LateAccount",
    "Payable",
    "Suggestion",
    "Worklist",
    "account_in_arrears",
    "account_keys",
    "aging",
    "applications_of",
    "behaviour_of",
    "cash_list",
    "currencies_owed",
    "dunning_summary",
    "items_to_dun",
    "late_accounts",
    "named_pro_forma",
    "notice_for_page",
    "notices_of",
    "open_items_of",
    "open_items_of_order",
    "orders_to_pay",
    "overdue_items",
    "overdue_without_hold",
    "receipts_kept_for",
    "still_open",
    "suggest_items",
    "the_one_customer",
]
