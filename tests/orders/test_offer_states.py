"""The machines of quotes and blanket orders, pinned."""

import pytest
from django_fsm import can_proceed

from orders.models import BlanketOrder, Quote

ALLOWED = {
    Quote: {
        "send": {"draft"},
        "accept": {"sent"},
        "reject": {"draft", "sent"},
        "expire": {"sent"},
        "replace": {"sent", "rejected", "expired"},
    },
    BlanketOrder: {
        "activate": {"draft"},
        "fulfil": {"active"},
        "reopen": {"fulfilled"},
        "end": {"draft", "active", "fulfilled"},
    },
}
CASES = [(model, name) for model, table in ALLOWED.items() for name in table]


@pytest.mark.parametrize(("model", "name"), CASES)
def test_allows_a_transition_from_these_states_only(model, name):
    states = model.State.values

    allowed = {state for state in states if can_proceed(getattr(model(state=state), name))}

    assert allowed == ALLOWED[model][name]


@pytest.mark.parametrize("model", ALLOWED)
def test_has_no_transition_that_the_table_forgets(model):
    transitions = {transition.name for transition in model().get_all_state_transitions()}

    assert transitions == set(ALLOWED[model])
