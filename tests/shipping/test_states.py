"""Which transition a shipment allows in which state: the whole table."""

import pytest
from django_fsm import can_proceed

from shipping.models import Return, Shipment, ShippingAudit

TABLE = {
    "planned": {"attach_label", "cancel"},
    "labelled": {"dispatch", "take_off_label", "cancel"},
    "dispatched": {"move", "deliver", "fail", "lose", "come_back"},
    "in_transit": {"move", "deliver", "fail", "lose", "come_back"},
    "delivered": {"fail"},
    "exception": {"move", "deliver", "fail", "lose", "come_back"},
    "returned": set(),
    "lost": set(),
    "cancelled": set(),
}
TRANSITIONS = ("attach_label", "take_off_label", "dispatch", "move", "deliver", "fail", "lose")
TRANSITIONS += ("come_back", "cancel")


@pytest.mark.parametrize("state", Shipment.State.values)
def test_state_allows_exactly_these_transitions(state):
    shipment = Shipment(state=state)

    allowed = {name for name in TRANSITIONS if can_proceed(getattr(shipment, name))}

    assert allowed == TABLE[state]


RETURNS = {
    "announced": {"receive", "refuse"},
    "received": {"inspect"},
    "inspected": {"settle", "refuse"},
    "settled": set(),
    "refused": set(),
}


@pytest.mark.parametrize("state", Return.State.values)
def test_state_of_a_return_allows_exactly_these_transitions(state):
    row = Return(state=state)

    names = ("receive", "inspect", "settle", "refuse")
    assert {name for name in names if can_proceed(getattr(row, name))} == RETURNS[state]


@pytest.mark.parametrize(("state", "may_be_signed"), [("open", True), ("signed", False)])
def test_an_audit_is_signed_once(state, may_be_signed):
    assert can_proceed(ShippingAudit(state=state).sign) == may_be_signed
