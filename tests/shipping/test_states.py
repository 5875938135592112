"""Which transition a shipment allows in which state: the whole table."""

import pytest
from django_fsm import can_proceed

from shipping.models import Shipment

TABLE = {
    "planned": {"attach_label", "cancel"},
    "labelled": {"dispatch", "cancel"},
    "dispatched": {"move", "deliver", "fail"},
    "in_transit": {"move", "deliver", "fail"},
    "delivered": {"fail"},
    "exception": {"move", "deliver", "fail"},
    "cancelled": set(),
}
TRANSITIONS = ("attach_label", "dispatch", "move", "deliver", "fail", "cancel")


@pytest.mark.parametrize("state", Shipment.State.values)
def test_state_allows_exactly_these_transitions(state):
    shipment = Shipment(state=state)

    allowed = {name for name in TRANSITIONS if can_proceed(getattr(shipment, name))}

    assert allowed == TABLE[state]
