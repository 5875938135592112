"""The amendment's machine, pinned: which transition is allowed from which state."""

import pytest
from django_fsm import can_proceed

from orders.models import Amendment

ALLOWED = {
    "check_off": {"draft"},
    "apply": {"checked"},
    "withdraw": {"draft", "checked", "asked"},
    "ask": {"draft"},
    "grant": {"asked"},
    "refuse": {"asked"},
}


@pytest.mark.parametrize("name", ALLOWED)
def test_allows_a_transition_from_these_states_only(name):
    states = Amendment.State.values
    allowed = {state for state in states if can_proceed(getattr(Amendment(state=state), name))}

    assert allowed == ALLOWED[name]


def test_has_no_transition_that_the_table_forgets():
    transitions = {transition.name for transition in Amendment().get_all_state_transitions()}

    assert transitions == set(ALLOWED)
