"""The papers of a shipment, for the customer's system."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from shipping.models import ShipmentPaper
from tests.api.conftest import ship_and_bill
from tests.invoicing.shipped import pack, place, ready


def test_a_shipment_that_left_has_its_papers(api, customer):
    shipment, _invoice = ship_and_bill(customer, ("2", "50.00"))

    listed = api.get(f"shipments/{shipment.public_id}/documents").json()
    path = listed[0]["url"].partition("/api/v1/")[2]
    first, second = api.get(path), api.get(path)

    assert [row["kind"] for row in listed] == ["delivery_note", "bill_of_lading"]
    assert listed[0]["name"] == f"{shipment.number}-delivery-note.pdf"
    assert path == f"shipments/{shipment.public_id}/documents/delivery_note"
    assert first.headers["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF")
    assert second.content == first.content
    assert ShipmentPaper.objects.count() == 1


def test_a_shipment_that_is_here_has_none_and_other_kinds_do_not_exist(api, customer):
    ready()
    shipment = pack(place(customer, ("2", "50.00")))
    gone, _invoice = ship_and_bill(customer, ("2", "50.00"))

    listed = api.get(f"shipments/{shipment.public_id}/documents")
    refused = api.get(f"shipments/{shipment.public_id}/documents/delivery_note")
    unknown = api.get(f"shipments/{gone.public_id}/documents/poem")

    assert (listed.status_code, listed.json()) == (200, [])
    assert (refused.status_code, unknown.status_code) == (404, 404)
    assert ShipmentPaper.objects.count() == 0


def test_asking_takes_as_many_statements_for_20_lines_as_for_one(api, customer):
    api.get("shipments")  # the key notes its first use
    counts = []
    for lines in (1, 20):
        shipment, _invoice = ship_and_bill(customer, *[("1", "50.00")] * lines)
        path = f"shipments/{shipment.public_id}/documents/bill_of_lading"
        with CaptureQueriesContext(connection) as captured:
            api.get(path)
        counts.append(len(captured))

    assert counts[0] == counts[1]
