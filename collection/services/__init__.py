"""What changes the collection stage: cash comes in, and what happens when it does not."""

from collection.services.behaviour import tell_all_behaviour, tell_behaviour
from collection.services.dunning import (
    NoRecipient,
    confirm_notice,
    run_dunning,
    send_notice,
    withhold_notice,
)
from collection.services.overdue import follow_cash, hold_overdue
from collection.services.receipt_rules import RecordedAlready, UnknownPayer
from collection.services.receipts import (
    apply_receipt,
    identify_receipt,
    record_receipt,
    take_back,
)
from collection.services.reservations import (
    NotKept,
    apply_reserved,
    free_receipt,
    reserve_receipt,
)

__all__ = [
    "NoRecipient",
    "NotKept",
    "RecordedAlready",
    "UnknownPayer",
    "apply_receipt",
    "apply_reserved",
    "confirm_notice",
    "follow_cash",
    "free_receipt",
    "hold_overdue",
    "identify_receipt",
    "record_receipt",
    "reserve_receipt",
    "run_dunning",
    "send_notice",
    "take_back",
    "tell_all_behaviour",
    "tell_behaviour",
    "withhold_notice",
]
