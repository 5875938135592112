"""What comes in whole units is never refused at the door, or sent back, in parts."""

from decimal import Decimal

import pytest

from o2c.kernel.errors import InvalidInput
from shipping import services
from shipping.models import ProofOfDelivery, Return, ReturnLine
from shipping.services import Delivery, Refusal
from tests.factories import UnitFactory

WORDS = r"comes in whole units \(piece\): enter a whole number"


@pytest.fixture
def prove(gone, now, actor):
    def prove(quantity):
        return services.record_proof(
            gone.shipment_id,
            delivery=Delivery(received_by="Jo", received_at=now),
            refused={gone.pk: Refusal(quantity=Decimal(quantity), reason="wet")},
            at=now,
            actor=actor,
        )

    return prove


def test_half_a_piece_is_not_refused_at_the_door(prove, gone):
    with pytest.raises(InvalidInput, match=WORDS) as refused:
        prove("0.5")

    assert refused.value.field == f"lines.{gone.pk}.refused"
    assert not ProofOfDelivery.objects.exists()


def test_half_a_piece_is_not_announced(announce, gone):
    with pytest.raises(InvalidInput, match=WORDS) as refused:
        announce("0.5")

    assert refused.value.field == f"lines.{gone.pk}"
    assert not Return.objects.exists()


def test_half_a_piece_does_not_come_back(announce, receive):
    row = announce("2")

    with pytest.raises(InvalidInput, match=WORDS):
        receive(row, "0.5")

    assert ReturnLine.objects.get().received == 0


def test_half_a_metre_is_refused_announced_and_comes_back(prove, announce, receive, books):
    UnitFactory._meta.model.objects.update(is_divisible=True)

    prove("0.5")
    receive(announce("0.5"), "0.5")

    assert ReturnLine.objects.order_by("-pk")[0].received == Decimal("0.5")
    assert books() == []
