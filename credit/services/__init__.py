"""What may be done with credit. Every call is one business step, or joins the running one."""

from credit.services.amendments import AmendmentOverCredit, follow_amendment
from credit.services.behaviour import Behaviour, record_behaviour
from credit.services.bulk_holds import place_holds
from credit.services.comments import comment_on
from credit.services.deadlines import warn_of_late_cases
from credit.services.decisions import (
    ask_for_documents,
    decide_application,
    receive_documents,
    withdraw_unneeded,
)
from credit.services.documents import NoDocumentsAsked, add_documents, hand_in
from credit.services.exposure import count_order, follow_order, record_exposure
from credit.services.groups import (
    GroupAlready,
    NoGroup,
    SeveralCurrencies,
    ensure_one_currency,
    remove_group_limit,
    set_group_limit,
)
from credit.services.guarantees import (
    Paper,
    RecordedAlready,
    WithdrawnAlready,
    record_guarantee,
    withdraw_guarantee,
)
from credit.services.guidelines import (
    ChangedMeanwhile,
    NotADraft,
    NotProved,
    NotTested,
    OwnDraft,
    activate,
    create_draft,
    discard_draft,
    edit_draft,
    test_draft,
)
from credit.services.holds import OnHold, ensure_not_held, place_hold, release_hold
from credit.services.horizon import NotCounted, announce_near, count_in, ensure_counted
from credit.services.judgements import (
    NotAsked,
    Statement,
    ask_bureau_again,
    complete_application,
    correct_application,
    record_bureau_answer,
)
from credit.services.limits import ApplicationWaits, set_limit
from credit.services.maxima import set_order_maximum
from credit.services.order_holds import end_order_holds, hold_suspended
from credit.services.policies import PolicyChanged, adopt_policy
from credit.services.prepayments import missing_of, prepaid_of, record_prepayment, total_of
from credit.services.proposals import ProposalWaits
from credit.services.releases import NotReleased, decline_order, release_order, release_part
from credit.services.reviews import (
    read_accounts,
    recheck_after,
    recheck_waiting,
    review_order,
)
from credit.services.room import look_again, recheck_group
from credit.services.scores import score_accounts
from credit.services.scruples import OwnOrder
from credit.services.signatures import (
    OwnProposal,
    ProposalOver,
    answer_proposal,
    lapse_past,
    lapse_proposals,
    withdraw_proposal,
)

__all__ = [
    "AmendmentOverCredit",
    "ApplicationWaits",
    "Behaviour",
    "ChangedMeanwhile",
    "GroupAlready",
    "NoDocumentsAsked",
    "NoGroup",
    "NotADraft",
    "NotAsked",
    "NotCounted",
    "NotProved",
    "NotReleased",
    "NotTested",
    "OnHold",
    "OwnDraft",
    "OwnOrder",
    "OwnProposal",
    "Paper",
    "PolicyChanged",
    "ProposalOver",
    "ProposalWaits",
    "RecordedAlready",
    "SeveralCurrencies",
    "Statement",
    "WithdrawnAlready",
    "activate",
    "add_documents",
    "adopt_policy",
    "announce_near",
    "answer_proposal",
    "ask_bureau_again",
    "ask_for_documents",
    "comment_on",
    "complete_application",
    "correct_application",
    "count_in",
    "count_order",
    "create_draft",
    "decide_application",
    "decline_order",
    "discard_draft",
    "edit_draft",
    "end_order_holds",
    "ensure_counted",
    "ensure_not_held",
    "ensure_one_currency",
    "follow_amendment",
    "follow_order",
    "hand_in",
    "hold_suspended",
    "lapse_past",
    "lapse_proposals",
    "look_again",
    "missing_of",
    "place_hold",
    "place_holds",
    "prepaid_of",
    "read_accounts",
    "receive_documents",
    "recheck_after",
    "recheck_group",
    "recheck_waiting",
    "record_behaviour",
    "record_bureau_answer",
    "record_exposure",
    "record_guarantee",
    "record_prepayment",
    "release_hold",
    "release_order",
    "release_part",
    "remove_group_limit",
    "review_order",
    "score_accounts",
    "set_group_limit",
    "set_limit",
    "set_order_maximum",
    "test_draft",
    "total_of",
    "warn_of_late_cases",
    "withdraw_guarantee",
    "withdraw_proposal",
    "withdraw_unneeded",
]
