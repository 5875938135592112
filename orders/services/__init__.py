"""Everything that changes an order."""

from orders.amendments import AmendmentChanges, LineChange
from orders.services.acknowledging import (
    NotConfirmed,
    acknowledgement_of,
    acknowledgement_pdf,
    acknowledgements_of,
    announce_moved_promises,
    not_confirmed,
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
from orders.services.approving import (
    ApprovalAwaited,
    MayNotApprove,
    NothingAsked,
    refuse_approval,
)
from orders.services.blanket_checks import Agreed, AgreedLine, BlanketInvalid
from orders.services.blankets import (
    BlanketChanged,
    activate_blanket,
    call_off_blanket,
    change_blanket,
    create_blanket,
    end_blanket,
    end_blankets,
)
from orders.services.calling import CallOffRefused, call_off, recount_calls
from orders.services.cancelling import AlreadyPicked, cancel_order, cancel_quantities
from orders.services.change_requests import approve_change, ask_for_change, refuse_change
from orders.services.decisions import (
    OrderedAnew,
    decline_order,
    ensure_not_ordered_anew,
    ensure_waits,
    hold_order,
    refer_order,
    release_order,
    revive_order,
    reword_waits,
    suspend_order,
)
from orders.services.desk import assign_owner, change_requested_date
from orders.services.drafts import (
    DraftChanged,
    NotDraft,
    change_draft,
    discard_draft,
    replace_lines,
)
from orders.services.entry import Head, create_order, order_again, place_order
from orders.services.facts import Entered, NewLine
from orders.services.findings import (
    FindingDecided,
    MayNotWaive,
    NotWaivable,
    resolve_finding,
    waive_finding,
)
from orders.services.locking import lines_of, lock_order, read_lines
from orders.services.many import NewOrder, Placer, placing
from orders.services.offer_approval import OfferNeedsApproval
from orders.services.progressing import (
    move_dates,
    record_allocated,
    record_progress,
    settle_order,
    settle_orders,
    unsettle_order,
)
from orders.services.quote_decisions import (
    QuoteNotOpen,
    accept_quote,
    expire_quotes,
    reject_quote,
)
from orders.services.quote_papers import quote_pdf
from orders.services.quoting import (
    Offered,
    QuoteChanged,
    QuoteInvalid,
    QuoteNotDraft,
    change_quote,
    create_quote,
    send_quote,
)
from orders.services.ranking import NothingToRank, set_priority
from orders.services.resting import NotDivisible, ensure_divisible, order_rest, take_off
from orders.services.revising import revise_quote
from orders.services.shop_news import tell_shop_later
from orders.services.submitting import approve_order, submit_order
from orders.validation import OrderInvalid

__all__ = [
    "Agreed",
    "AgreedLine",
    "AlreadyPicked",
    "AmendmentChanges",
    "ApprovalAwaited",
    "BlanketChanged",
    "BlanketInvalid",
    "CallOffRefused",
    "DraftChanged",
    "Entered",
    "FindingDecided",
    "Head",
    "LineChange",
    "MayNotApprove",
    "MayNotWaive",
    "NewLine",
    "NewOrder",
    "NotAmendable",
    "NotConfirmed",
    "NotDivisible",
    "NotDraft",
    "NotWaivable",
    "NothingAsked",
    "NothingToRank",
    "OfferNeedsApproval",
    "Offered",
    "OrderChanged",
    "OrderInvalid",
    "OrderedAnew",
    "Placer",
    "QuoteChanged",
    "QuoteInvalid",
    "QuoteNotDraft",
    "QuoteNotOpen",
    "accept_quote",
    "acknowledgement_of",
    "acknowledgement_pdf",
    "acknowledgements_of",
    "activate_blanket",
    "amend_order",
    "announce_moved_promises",
    "apply_amendment",
    "approve_change",
    "approve_order",
    "ask_for_change",
    "assign_owner",
    "call_off",
    "call_off_blanket",
    "cancel_order",
    "cancel_quantities",
    "change_blanket",
    "change_draft",
    "change_quote",
    "change_requested_date",
    "check_amendment",
    "create_blanket",
    "create_order",
    "create_quote",
    "decline_order",
    "discard_draft",
    "draft_amendment",
    "end_blanket",
    "end_blankets",
    "ensure_divisible",
    "ensure_not_ordered_anew",
    "ensure_waits",
    "expire_quotes",
    "hold_order",
    "lines_of",
    "lock_order",
    "move_dates",
    "not_confirmed",
    "note_acknowledged",
    "order_again",
    "order_rest",
    "place_order",
    "placing",
    "quote_pdf",
    "read_lines",
    "record_allocated",
    "record_progress",
    "recount_calls",
    "refer_order",
    "refuse_approval",
    "refuse_change",
    "reject_quote",
    "release_order",
    "replace_lines",
    "resolve_finding",
    "revise_quote",
    "revive_order",
    "reword_waits",
    "send_quote",
    "set_priority",
    "settle_order",
    "settle_orders",
    "submit_order",
    "suspend_order",
    "take_off",
    "tell_shop_later",
    "unsettle_order",
    "waive_finding",
    "withdraw_amendment",
]
