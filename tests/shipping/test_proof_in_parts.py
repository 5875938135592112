"""A carrier names an order line once, in however many parts it left."""

from datetime import timedelta

import pytest
from django.test import Client

from o2c.kernel import clock
from orders.models import OrderLine
from shipping.models import ProofLine, ProofOfDelivery
from shipping.reports.feeds import renew_token
from tests.factories import NOW
from tests.invoicing import shipped


@pytest.fixture
def sent(customer, company):
    """A shipment with two parts, of 6 and 4 pieces, of one order line."""
    return shipped.in_parts(customer)


@pytest.fixture
def refuse(sent):
    """Prove the delivery and refuse so much of its order line, by entries of a request."""
    token = renew_token(sent.carrier_id, at=NOW, actor=shipped.ACTOR)
    line = sent.lines.first()

    def refuse(*entries):
        usual = {"order": line.order.number, "position": 1, "quantity": "1", "reason": "Wet"}
        body = {
            "tracking_number": sent.tracking_number,
            "received_by": "Jo",
            "received_at": (NOW + timedelta(hours=20)).isoformat(),
            "refused": [usual | entry for entry in entries],
        }
        with clock.travel(NOW + timedelta(hours=30)):
            return Client().post(
                "/api/v1/tracking/proofs",
                body,
                content_type="application/json",
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k1"},
            )

    return refuse


@pytest.mark.usefixtures("divisible")
@pytest.mark.parametrize(
    ("quantity", "shares"), [("0", [0, 0]), ("1", [1, 0]), ("7.5", [6, 1.5]), ("10", [6, 4])]
)
def test_what_is_refused_is_shared_out_the_first_part_first(quantity, shares, refuse, books):
    response = refuse({"quantity": quantity})

    lines = ProofLine.objects.order_by("shipment_line")
    assert response.status_code == 200
    assert [line.refused for line in lines] == shares
    assert OrderLine.objects.get().delivered == 10 - sum(shares)
    assert books() == []


@pytest.mark.parametrize(
    ("entries", "pointer"),
    [
        ([{"quantity": "10.5"}], "/refused/0/quantity"),
        ([{"quantity": "-1"}], "/refused/0/quantity"),
        ([{"reason": "  "}], "/refused/0/reason"),
        ([{}, {}], "/refused/1"),
        ([{}, {"position": 2}], "/refused/1"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(entries, pointer, refuse):
    response = refuse(*entries)

    assert response.status_code in {400, 422}
    assert response.json()["errors"][0]["pointer"] == pointer
    assert not ProofOfDelivery.objects.exists()
    assert OrderLine.objects.get().delivered == 0
