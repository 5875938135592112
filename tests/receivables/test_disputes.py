"""Disputes: opened for a part or the whole, taken by somebody, and decided with a reason."""

from decimal import Decimal

import pytest
from django_fsm import TransitionNotAllowed

from o2c.kernel.errors import InvalidInput
from receivables import services
from receivables.models import Dispute
from receivables.services.disputes import DisputedAlready

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest(now, actor):
    def make(item, amount="19.00", reason="price"):
        return services.open_dispute(
            item.pk, amount=Decimal(amount), reason=reason, note="Too dear", at=now, actor=actor
        )

    return make


def test_opens_for_a_part_of_the_balance(owe, contest):
    dispute = contest(owe(), "19.00")

    assert (dispute.state, dispute.amount) == (Dispute.State.OPEN, Decimal("19.00"))


@pytest.mark.parametrize("amount", ["0", "-1.00", "119.01"])
def test_refuses_an_amount_beyond_the_balance(owe, contest, amount):
    with pytest.raises(InvalidInput, match="up to the balance of 119 EUR"):
        contest(owe(), amount)

    assert not Dispute.objects.exists()


def test_refuses_an_unknown_reason(owe, contest):
    with pytest.raises(InvalidInput, match="Choose a reason"):
        contest(owe(), reason="mood")

    assert not Dispute.objects.exists()


def test_an_item_has_one_open_dispute(owe, contest):
    item = owe()
    contest(item)

    with pytest.raises(DisputedAlready):
        contest(item)

    assert Dispute.objects.count() == 1


def test_goes_from_open_to_investigated_to_rejected(owe, contest, now, actor):
    dispute = contest(owe())

    services.investigate_dispute(dispute.pk, at=now, actor=actor)
    services.close_dispute(
        dispute.pk, outcome="rejected", resolution="Price was agreed", at=now, actor=actor
    )

    dispute.refresh_from_db()
    assert (dispute.state, dispute.resolution) == ("rejected", "Price was agreed")
    assert dispute.closed_at == now


def test_may_be_withdrawn_at_once(owe, contest, now, actor):
    dispute = contest(owe())

    services.close_dispute(
        dispute.pk, outcome="withdrawn", resolution="Mistaken", at=now, actor=actor
    )

    dispute.refresh_from_db()
    assert dispute.state == Dispute.State.WITHDRAWN


@pytest.mark.parametrize(
    ("outcome", "resolution"), [("accepted", "Right"), ("rejected", "  "), ("", "x")]
)
def test_does_not_close_without_outcome_and_reason(owe, contest, now, actor, outcome, resolution):
    dispute = contest(owe())

    with pytest.raises(InvalidInput):
        services.close_dispute(
            dispute.pk, outcome=outcome, resolution=resolution, at=now, actor=actor
        )

    dispute.refresh_from_db()
    assert dispute.state == Dispute.State.OPEN


def test_is_closed_once(owe, contest, now, actor):
    dispute = contest(owe())
    services.close_dispute(dispute.pk, outcome="withdrawn", resolution="x", at=now, actor=actor)

    with pytest.raises(TransitionNotAllowed):
        services.investigate_dispute(dispute.pk, at=now, actor=actor)
