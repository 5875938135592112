"""Which transition a pick list allows in which state: the whole table."""

import pytest
from django_fsm import can_proceed

from fulfillment.models import PickList

TABLE = {
    "draft": {"release", "cancel"},
    "released": {"start", "finish", "cancel"},
    "picking": {"finish", "cancel"},
    "picked": {"pack", "cancel"},
    "packed": {"hand_over"},
    "handed_over": set(),
    "cancelled": set(),
}
TRANSITIONS = ("release", "start", "finish", "pack", "hand_over", "cancel")


@pytest.mark.parametrize("state", PickList.State.values)
def test_state_allows_exactly_these_transitions(state):
    pick_list = PickList(state=state)

    allowed = {name for name in TRANSITIONS if can_proceed(getattr(pick_list, name))}

    assert allowed == TABLE[state]
