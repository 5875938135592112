"""The door for carriers: signed, fresh, not too large; what comes in is taken once."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from o2c.kernel import clock
from o2c.kernel.models import AuditEntry
from o2c.kernel.sealing import unseal
from shipping import services
from shipping.models import Carrier, CarrierSecrets, Shipment, StrayEvent, TrackingEvent
from shipping.reports.feeds import change_feed
from shipping.reports.receiving import signature_of

SECRET = "northway-shares-this"


@pytest.fixture
def on_its_way(shipment, now, actor):
    services.label_shipment(shipment.pk, at=now, actor=actor)
    change_feed(shipment.carrier_id, signing_secret=SECRET, codes={}, at=now, actor=actor)
    return services.dispatch_shipment(shipment.pk, at=now, actor=actor)


@pytest.fixture
def send(on_its_way, now):
    """Send a message as the carrier does, an hour after it left."""
    at = now + timedelta(hours=1)

    def send(body, *, secret=SECRET, age=0, code="NWF", headers=None):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        timestamp = str(int((at - timedelta(seconds=age)).timestamp()))
        signed = {
            "X-Timestamp": timestamp,
            "X-Signature": signature_of(body, timestamp=timestamp, secret=secret),
        }
        with clock.travel(at):
            return Client().post(
                f"/carriers/{code}/webhook",
                body,
                content_type="application/json",
                headers=signed | (headers or {}),
            )

    return send


def event(number, *, event_id="1", code="in_transit", at="2026-11-18T10:30:00+01:00", **more):
    said = {"tracking_number": number, "event_id": event_id, "code": code, "at": at}
    return {"events": [said | more]}


def test_a_signed_message_moves_the_shipment(send, on_its_way):
    response = send(event(on_its_way.tracking_number))

    assert (response.status_code, response.json()) == (
        200,
        {"recorded": 1, "known": 0, "waiting": 0},
    )
    assert Shipment.objects.get().state == "in_transit"
    assert AuditEntry.objects.filter(actor_kind="carrier", action="to in_transit").count() == 1


def test_a_message_sent_again_is_known(send, on_its_way):
    send(event(on_its_way.tracking_number))

    response = send(event(on_its_way.tracking_number))

    assert response.json() == {"recorded": 0, "known": 1, "waiting": 0}
    assert TrackingEvent.objects.count() == 1


def test_what_nobody_knows_is_kept_for_a_person(send):
    response = send(event("ELSE-1"))

    assert response.json() == {"recorded": 0, "known": 0, "waiting": 1}
    assert StrayEvent.objects.get().channel == "webhook"


@pytest.mark.parametrize(
    "how",
    [
        {"secret": "guessed"},
        {"age": 301},
        {"age": -301},
        {"headers": {"X-Timestamp": ""}},
        {"headers": {"X-Timestamp": "9" * 30}},
        {"headers": {"X-Signature": "sha256=ü"}},
    ],
)
def test_a_wrong_or_old_signature_is_counted_and_moves_nothing(how, send, on_its_way, now):
    response = send(event(on_its_way.tracking_number), **how)

    secrets = CarrierSecrets.objects.get()
    assert (response.status_code, response.json()["code"]) == (401, "signature_wrong")
    assert (secrets.refused_count, secrets.last_refused_at) == (1, now + timedelta(hours=1))
    assert not TrackingEvent.objects.exists()


def test_without_a_secret_nobody_is_proven(send, on_its_way):
    CarrierSecrets.objects.update(signing_secret="")

    assert send(event(on_its_way.tracking_number), secret="").status_code == 401


@pytest.mark.parametrize("code", ["XXX", "nwf"])
def test_unknown_carriers_are_not_found(code, send, on_its_way):
    assert send(event(on_its_way.tracking_number), code=code).status_code == 404


def test_a_carrier_out_of_use_reports_until_its_goods_have_arrived(send, on_its_way):
    Carrier.objects.update(is_active=False)

    first = send(event(on_its_way.tracking_number, code="delivered", note="Jo"))
    second = send(event(on_its_way.tracking_number, event_id="2"))

    assert (first.status_code, second.status_code) == (200, 404)
    assert (Shipment.objects.get().state, TrackingEvent.objects.count()) == ("delivered", 1)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a": NaN', "not JSON"),
        ([], "Send an object"),
        ({}, "events: This field is required."),
        ({"events": []}, "may not be empty"),
        (event("N", at="yesterday"), "events/0/at: "),
        (event("N", at="0001-01-01T00:00:00+09:00"), "events/0/at: "),
        (event("N", at="9999-12-31T23:59:59-09:00"), "events/0/at: "),
        (event("N" * 61), "events/0/tracking_number: "),
        (event("N", code="x" * 21), "events/0/code: "),
        (event("N", event_id="a\x00b"), "events/0/event_id: "),
        (event("N", colour="blue"), "events/0/colour: "),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(body, words, send):
    response = send(body)

    assert response.status_code == 422
    assert response.json()["error"].startswith(words) or words in response.json()["error"]
    assert not StrayEvent.objects.exists()


def test_a_message_that_is_too_large_is_refused(send, settings):
    settings.TRACKING_MAX_BYTES = 100

    response = send(event("N", note="x" * 100))

    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


def test_only_post_is_taken(on_its_way):
    assert Client().get("/carriers/NWF/webhook").status_code == 405


def test_the_secret_is_sealed_and_never_in_the_trail(on_its_way):
    secrets = CarrierSecrets.objects.get()

    assert unseal(secrets.signing_secret) == SECRET
    assert SECRET not in secrets.signing_secret
    assert not [
        entry
        for entry in AuditEntry.objects.filter(subject__startswith="carrier:")
        if SECRET in str(entry.changes) + entry.reason
    ]
