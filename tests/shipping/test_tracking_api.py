"""REST for carriers: their own token, one shipment a request, told what became of each event."""

from datetime import timedelta

import pytest
from django.test import Client

from o2c.kernel import clock
from shipping import services
from shipping.models import Carrier, CarrierSecrets, Shipment, StrayEvent, TrackingEvent
from shipping.reports.feeds import renew_token
from tests.factories import CarrierFactory


@pytest.fixture
def on_its_way(shipment, now, actor):
    services.label_shipment(shipment.pk, at=now, actor=actor)
    return services.dispatch_shipment(shipment.pk, at=now, actor=actor)


@pytest.fixture
def token(on_its_way, now, actor):
    return renew_token(on_its_way.carrier_id, at=now, actor=actor)


@pytest.fixture
def post(token, now):
    def post(body, *, key="k1", token=token):
        with clock.travel(now + timedelta(hours=30)):
            return Client().post(
                "/api/v1/tracking",
                body,
                content_type="application/json",
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
            )

    return post


def body(number, *codes, at="2026-11-18T12:00:00Z"):
    events = [{"event_id": code, "code": code, "at": at} for code in codes]
    return {"tracking_number": number, "events": events}


def test_says_what_became_of_each_event(post, on_its_way):
    number = on_its_way.tracking_number
    late = {"event_id": "f", "code": "late", "at": "2026-12-24T12:00:00Z"}
    sent = body(number, "in_transit")
    sent["events"].append(late)

    response = post(sent)

    assert response.status_code == 200
    assert response.json() == {
        "tracking_number": number,
        "events": [
            {"event_id": "in_transit", "result": "recorded", "reason": ""},
            {"event_id": "f", "result": "waiting", "reason": "the time lies in the future"},
        ],
    }
    assert Shipment.objects.get().state == "in_transit"


def test_an_event_told_again_is_known(post, on_its_way):
    post(body(on_its_way.tracking_number, "in_transit"))

    response = post(body(on_its_way.tracking_number, "in_transit"), key="k2")

    assert response.json()["events"][0]["result"] == "known"
    assert TrackingEvent.objects.count() == 1


def test_the_same_request_again_is_answered_the_same(post, on_its_way):
    first = post(body(on_its_way.tracking_number, "in_transit"))
    again = post(body(on_its_way.tracking_number, "in_transit"))

    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"


def test_another_carriers_shipment_is_unknown_to_it(post, on_its_way, now, actor):
    other = CarrierFactory.create(code="BRI", name="Brightline")
    token = renew_token(other.pk, at=now, actor=actor)

    response = post(body(on_its_way.tracking_number, "delivered"), token=token)

    assert response.json()["events"][0]["reason"] == "no shipment has this number"
    assert Shipment.objects.get().state == "dispatched"
    assert StrayEvent.objects.get().carrier == other


@pytest.mark.parametrize("token", ["", "o2ct_guessed", "o2c_x"])
def test_others_are_not_let_in(token, post, on_its_way):
    response = post(body(on_its_way.tracking_number, "delivered"), token=token)

    assert response.status_code in {401, 403}
    assert Shipment.objects.get().state == "dispatched"


def test_a_new_token_ends_the_old_one(post, on_its_way, now, actor):
    renew_token(on_its_way.carrier_id, at=now, actor=actor)

    assert post(body(on_its_way.tracking_number, "delivered")).status_code == 401


def test_a_carrier_out_of_use_is_let_in_until_its_goods_have_arrived(post, on_its_way):
    Carrier.objects.update(is_active=False)

    first = post(body(on_its_way.tracking_number, "delivered"))
    second = post(body(on_its_way.tracking_number, "damaged"), key="k2")

    assert (first.status_code, second.status_code) == (200, 401)
    assert (Shipment.objects.get().state, TrackingEvent.objects.count()) == ("delivered", 1)


def test_only_the_hash_of_a_token_is_stored(token):
    assert token not in str(CarrierSecrets.objects.values())


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"events": []}, "/events"),
        ({"events": [{"event_id": "1", "code": "x", "at": "soon"}]}, "/events/0/at"),
        ({"tracking_number": "x" * 61}, "/tracking_number"),
        ({"colour": "blue"}, "/colour"),
    ],
)
def test_a_body_that_cannot_be_is_refused_at_its_place(change, pointer, post, on_its_way):
    response = post(body(on_its_way.tracking_number, "delivered") | change)

    assert response.status_code in {400, 422}
    assert pointer in {error["pointer"] for error in response.json()["errors"]}
    assert not TrackingEvent.objects.exists()


def test_twenty_events_take_as_many_statements_as_one(post, on_its_way, statements):
    number = on_its_way.tracking_number
    post(body(number, "first"))
    one = statements(lambda: post(body(number, "one"), key="k2"))

    twenty = body(number, *[f"code-{place}" for place in range(20)])

    assert statements(lambda: post(twenty, key="k3")) == one
