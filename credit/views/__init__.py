"""Pages and panels of credit control."""

from credit.views.accounts import account, accounts, place_hold, release_hold, set_limit
from credit.views.backing import (
    guarantee_paper,
    record_guarantee,
    set_group,
    set_maximum,
    withdraw_guarantee,
)
from credit.views.cases import ask_bureau, state_facts
from credit.views.guideline_files import (
    compare_guidelines,
    export_guideline,
    guideline_flips,
    import_guidelines,
)
from credit.views.guidelines import (
    activate_guideline,
    check_guideline,
    create_guideline,
    discard_guideline,
    edit_guideline,
    guideline,
    guidelines,
)
from credit.views.panels import amendment, order_checks, panel
from credit.views.policy import policy
from credit.views.proposals import answer_proposal, proposal, withdraw_proposal
from credit.views.queue import (
    add_documents,
    comment,
    decide,
    document,
    documents_received,
    queue,
)

__all__ = [
    "account",
    "accounts",
    "activate_guideline",
    "add_documents",
    "amendment",
    "answer_proposal",
    "ask_bureau",
    "check_guideline",
    "comment",
    "compare_guidelines",
    "create_guideline",
    "decide",
    "discard_guideline",
    "document",
    "documents_received",
    "edit_guideline",
    "export_guideline",
    "guarantee_paper",
    "guideline",
    "guideline_flips",
    "guidelines",
    "import_guidelines",
    "order_checks",
    "panel",
    "place_hold",
    "policy",
    "proposal",
    "queue",
    "record_guarantee",
    "release_hold",
    "set_group",
    "set_limit",
    "set_maximum",
    "state_facts",
    "withdraw_guarantee",
    "withdraw_proposal",
]
