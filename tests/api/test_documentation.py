"""The OpenAPI document and its page."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

OF_OUR_HOUSE = ("/api/v1/expected-receipts", "/api/v1/stock", "/api/v1/pick-")


def test_describes_the_api_without_warnings(capsys):
    call_command("spectacular", validate=True, fail_on_warn=True, api_version="v1")

    assert "openapi: 3.1.0" in capsys.readouterr().out


def test_every_operation_says_who_may_call_it_and_how_it_fails(document):
    operations = {
        (method, path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }

    assert sorted(operations) == [
        ("get", "/api/v1/expected-receipts"),
        ("get", "/api/v1/invoices"),
        ("get", "/api/v1/invoices/{invoice_id}"),
        ("get", "/api/v1/invoices/{invoice_id}/pdf"),
        ("get", "/api/v1/orders"),
        ("get", "/api/v1/orders/{order_id}"),
        ("get", "/api/v1/orders/{order_id}/acknowledgement"),
        ("get", "/api/v1/orders/{order_id}/payment-plan"),
        ("get", "/api/v1/orders/{order_id}/revisions"),
        ("get", "/api/v1/pick-batches"),
        ("get", "/api/v1/pick-batches/{number}"),
        ("get", "/api/v1/pick-lists"),
        ("get", "/api/v1/pick-lists/{number}"),
        ("get", "/api/v1/pro-formas"),
        ("get", "/api/v1/pro-formas/{pro_forma_id}"),
        ("get", "/api/v1/pro-formas/{pro_forma_id}/pdf"),
        ("get", "/api/v1/products"),
        ("get", "/api/v1/products/{sku}"),
        ("get", "/api/v1/quotes"),
        ("get", "/api/v1/quotes/{quote_id}"),
        ("get", "/api/v1/quotes/{quote_id}/pdf"),
        ("get", "/api/v1/returns"),
        ("get", "/api/v1/returns/{return_id}"),
        ("get", "/api/v1/shipments"),
        ("get", "/api/v1/shipments/{shipment_id}"),
        ("get", "/api/v1/shipments/{shipment_id}/documents"),
        ("get", "/api/v1/shipments/{shipment_id}/documents/{kind}"),
        ("get", "/api/v1/shipments/{shipment_id}/proof"),
        ("get", "/api/v1/stock"),
        ("post", "/api/v1/expected-receipts"),
        ("post", "/api/v1/expected-receipts/{expected_id}/closing"),
        ("post", "/api/v1/orders"),
        ("post", "/api/v1/orders/{order_id}/amendments"),
        ("post", "/api/v1/orders/{order_id}/cancellations"),
        ("post", "/api/v1/pick-batches"),
        ("post", "/api/v1/pick-batches/{number}/scans"),
        ("post", "/api/v1/pick-batches/{number}/splitting"),
        ("post", "/api/v1/pick-batches/{number}/start"),
        ("post", "/api/v1/pick-lists/{number}/confirmation"),
        ("post", "/api/v1/pick-lists/{number}/counts"),
        ("post", "/api/v1/pick-lists/{number}/packages"),
        ("post", "/api/v1/pick-lists/{number}/packing"),
        ("post", "/api/v1/pick-lists/{number}/scans"),
        ("post", "/api/v1/pick-lists/{number}/start"),
        ("post", "/api/v1/pick-lists/{number}/unpacking"),
        ("post", "/api/v1/quotes/{quote_id}/acceptance"),
        ("post", "/api/v1/quotes/{quote_id}/rejection"),
        ("post", "/api/v1/returns"),
        ("post", "/api/v1/tracking"),
        ("post", "/api/v1/tracking/proofs"),
    ]
    for (method, path), operation in operations.items():
        key = "systemKey" if path.startswith(OF_OUR_HOUSE) else "apiKey"
        key = "carrierToken" if path.startswith("/api/v1/tracking") else key
        assert operation["security"] == [{key: []}]
        assert {"400", "401", "403", "404", "429"} <= set(operation["responses"])
        names = [parameter["name"] for parameter in operation.get("parameters", [])]
        assert ("Idempotency-Key" in names) == (method == "post")


def test_says_that_nothing_else_is_taken(document):
    taken = {
        name: schema.get("additionalProperties")
        for name, schema in document["components"]["schemas"].items()
        if name.endswith("In")
    }

    assert set(taken) == {
        *("AcceptanceIn", "AcceptedLineIn", "AmendmentIn", "ChangedLineIn"),
        *("CancellationIn", "CancelledLineIn", "NewLineIn", "NewOrderIn"),
        *("NewReturnIn", "ReturnedLineIn"),
        *("ScanIn", "CountIn", "BatchIn", "FoundIn", "ConfirmationIn", "BoxIn", "PackingIn"),
        "UnpackingIn",
        *("RejectionIn", "ExpectedIn", "ExpectedListIn", "ClosingIn"),
        *("TrackingEventIn", "TrackingIn", "ProofIn", "PaperIn", "RefusedLineIn"),
    }
    assert set(taken.values()) == {False}


@pytest.mark.django_db
def test_anybody_may_read_the_document(client):
    response = client.get("/api/v1/openapi.json")

    assert response.json()["openapi"] == "3.1.0"


@pytest.mark.django_db
def test_shows_a_page_of_our_own_files_without_inline_code(client):
    page = client.get("/api/v1/docs/")
    script = client.get("/api/v1/docs/?script=")

    text = page.content.decode()
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert not re.search(r"<style|style=|<script>|\son\w+=", text)
    for address in re.findall(r'(?:src|href)="/static/([^"]+)"', text):
        assert finders.find(address), address
    assert script.headers["Content-Type"].startswith("application/javascript")
    assert "/api/v1/openapi.json" in script.content.decode()
