"""Everything that changes an order."""

from orders.amendments import AmendmentChanges, LineChange
from orders.services.acknowledging import (
    NotConfirmed,
    acknowledgement_of,
    acknowledgement_pdf,
    announce_moved_promises,
    note_acknowledged,
)
from orders.services.amending import (
    NotAmendable,
    OrderChanged,
    amend_order,
    apply_amendment,
    check_amendment,
    draft_amendment,
    withdraw_amendment,
)
from orders.services.cancelling import AlreadyPicked, cancel_order, cancel_quantities
from orders.services.decisions import (
    decline_order,
    hold_order,
    refer_order,
    release_order,
    suspend_order,
)
from orders.services.drafts import (
    DraftChanged,
    NotDraft,
    change_draft,
    discard_draft,
    replace_lines,
)
from orders.services.entry import create_order, order_again, place_order, submit_order
from orders.services.facts import Entered, NewLine
from orders.services.locking import lines_of, lock_order
from orders.services.progressing import (
    record_progress,
    settle_order,
    settle_orders,
    unsettle_order,
)
from orders.validation import OrderInvalid

__all__ = [
    "AlreadyPicked",
    "AmendmentChanges",
    "DraftChanged",
    "Entered",
    "LineChange",
    "NewLine",
    "NotAmendable",
    "NotConfirmed",
    "NotDraft",
    "OrderChanged",
    "OrderInvalid",
    "acknowledgement_of",
    "acknowledgement_pdf",
    "amend_order",
    "announce_moved_promises",
    "apply_amendment",
    "cancel_order",
    "cancel_quantities",
    "change_draft",
    "check_amendment",
    "create_order",
    "decline_order",
    "discard_draft",
    "draft_amendment",
    "hold_order",
    "lines_of",
    "lock_order",
    "note_acknowledged",
    "order_again",
    "place_order",
    "record_progress",
    "refer_order",
    "release_order",
    "replace_lines",
    "settle_order",
    "settle_orders",
    "submit_order",
    "suspend_order",
    "unsettle_order",
    "withdraw_amendment",
]
