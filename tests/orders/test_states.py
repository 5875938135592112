"""The order's machine, pinned: which transition is allowed from which state."""

import pytest
from django_fsm import can_proceed

from orders.models import Order

STATES = Order.State.values
CONFIRMED = {"released", "fulfilling", "shipped", "delivered", "invoiced", "closed"}
ALLOWED = {
    "submit": {"draft"},
    "refer": {"submitted", "on_hold"},
    "hold": {"submitted", "in_review"},
    "release": {"submitted", "in_review", "on_hold"},
    "suspend": {"released"},
    "decline": {"submitted", "in_review", "on_hold"},
    "revive": {"declined"},
    "cancel": {"draft", "submitted", "in_review", "on_hold", "released", "fulfilling"},
    "follow_lines": CONFIRMED,
}


@pytest.mark.parametrize("name", ALLOWED)
def test_allows_a_transition_from_these_states_only(name):
    allowed = {state for state in STATES if can_proceed(getattr(Order(state=state), name))}

    assert allowed == ALLOWED[name]


def test_has_no_transition_that_the_table_forgets():
    transitions = {transition.name for transition in Order().get_all_state_transitions()}

    assert transitions == set(ALLOWED)


def test_takes_no_state_that_is_simply_assigned():
    order = Order(state="draft")

    with pytest.raises(AttributeError):
        order.state = "released"
