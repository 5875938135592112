"""Pages and panels of credit control."""

from credit.views.accounts import account, accounts, place_hold, release_hold, set_limit
from credit.views.cases import ask_bureau, state_facts
from credit.views.panels import amendment, guidelines, order_checks, panel
from credit.views.proposals import answer_proposal, proposal, withdraw_proposal
from credit.views.queue import comment, decide, document, documents_received, queue

__all__ = [
    "account",
    "accounts",
    "amendment",
    "answer_proposal",
    "ask_bureau",
    "comment",
    "decide",
    "document",
    "documents_received",
    "guidelines",
    "order_checks",
    "panel",
    "place_hold",
    "proposal",
    "queue",
    "release_hold",
    "set_limit",
    "state_facts",
    "withdraw_proposal",
]
