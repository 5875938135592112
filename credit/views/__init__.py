"""Pages and panels of credit control."""

from credit.views.accounts import account, accounts, place_hold, release_hold, set_limit
from credit.views.cases import ask_bureau, state_facts
from credit.views.panels import amendment, guidelines, order_checks, panel
from credit.views.queue import decide, documents_received, queue

__all__ = [
    "account",
    "accounts",
    "amendment",
    "ask_bureau",
    "decide",
    "documents_received",
    "guidelines",
    "order_checks",
    "panel",
    "place_hold",
    "queue",
    "release_hold",
    "set_limit",
    "state_facts",
]
