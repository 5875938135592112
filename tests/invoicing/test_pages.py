"""Pages about invoices: what people see, and who may do what."""

import uuid

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from invoicing import services
from invoicing.models import Invoice, InvoiceDelivery
from o2c.kernel import roles
from tests.factories import AddressFactory
from tests.invoicing.shipped import ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(shipment, customer, now, actor):
    """An invoice that waits, because the customer has no bill-to address."""
    customer.addresses.filter(kind="bill_to").delete()
    [draft] = services.bill_shipment(shipment.pk, at=now, actor=actor)
    return draft


def test_lists_invoices_with_what_they_are_about(clerk, invoice):
    page = clerk.get("/invoices/")

    assert page.status_code == 200
    for text in ("INV-00001", "Delta Crane", invoice.order.number, "18 Dec", "154.70"):
        assert text in page.content.decode()


@pytest.mark.parametrize("text", ["INV-00001", "inv-0", "delta", "SO-"])
def test_finds_an_invoice_by_number_order_or_customer(clerk, invoice, text):
    assert "INV-00001" in clerk.get("/invoices/", {"q": text}).content.decode()


def test_finds_nothing_for_other_words(clerk, invoice):
    page = clerk.get("/invoices/", {"q": "nobody"}).content.decode()

    assert "INV-00001" not in page
    assert "No invoice fits" in page


def test_queues_drafts_with_their_reason(clerk, draft):
    page = clerk.get("/invoices/?state=draft").content.decode()

    assert "The customer has no bill-to address. Add one, then issue." in page
    assert f"/invoices/{draft.public_id}/" in page


def test_says_which_invoice_has_no_address(clerk, invoice, customer, now, actor):
    InvoiceDelivery.objects.create(invoice=invoice, recipient="", queued_at=now)

    assert "No address" in clerk.get("/invoices/?sent=no").content.decode()


def test_needs_the_same_statements_for_twenty_invoices_as_for_one(
    clerk, customer, invoice, now, actor
):
    clerk.get("/invoices/")
    with CaptureQueriesContext(connection) as one:
        clerk.get("/invoices/")
    for _number in range(19):
        services.bill_shipment(ship(customer, ("1", "5.00")).pk, at=now, actor=actor)

    with CaptureQueriesContext(connection) as twenty:
        clerk.get("/invoices/")

    assert (len(twenty), Invoice.objects.count()) == (len(one), 20)


def test_shows_lines_tax_and_how_it_was_sent(clerk, invoice, now, actor):
    delivery = services.queue_delivery(invoice.pk, at=now, actor=actor)
    services.send_invoice(delivery.pk, at=now, actor=actor)

    page = clerk.get("/invoices/INV-00001/").content.decode()

    for text in ("Delta Crane", "100.00", "24.70", "154.70", delivery.recipient, "Sent"):
        assert text in page


def test_gives_the_pdf(clerk, invoice):
    response = clerk.get("/invoices/INV-00001/pdf/")

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="INV-00001.pdf"'
    assert response.content.startswith(b"%PDF-")


def test_says_that_a_draft_has_no_pdf(clerk, draft):
    response = clerk.get(f"/invoices/{draft.public_id}/pdf/")

    assert response.status_code == 409
    assert "is not issued yet" in response.content.decode()


def test_issues_a_mended_draft(clerk, draft, customer):
    AddressFactory.create(customer=customer, kind="bill_to")

    response = clerk.post(f"/invoices/{draft.public_id}/issue/")

    assert (response.status_code, response["Location"]) == (302, "/invoices/INV-00001/")


def test_says_why_a_draft_is_not_issued(clerk, draft):
    response = clerk.post(f"/invoices/{draft.public_id}/issue/")

    assert response.status_code == 409
    assert "Add one, then issue" in response.content.decode()
    assert Invoice.objects.get().state == Invoice.State.DRAFT


def test_bills_a_draft_again(clerk, draft, customer):
    AddressFactory.create(customer=customer, kind="bill_to")

    response = clerk.post(f"/invoices/{draft.public_id}/redraft/")

    assert response["Location"] == "/invoices/INV-00001/"
    assert Invoice.objects.get(pk=draft.pk).state == Invoice.State.DISCARDED


def test_sends_again_once_however_often_the_form_is_sent(clerk, invoice):
    form = {"recipient": "ap@delta.example", "token": str(uuid.uuid4())}

    for _click in range(2):
        assert clerk.post("/invoices/INV-00001/send/", form).status_code == 302

    assert InvoiceDelivery.objects.filter(recipient="ap@delta.example").count() == 1
    assert mail.outbox == []  # it leaves in the background


def test_shows_what_is_wrong_with_an_address(clerk, invoice):
    response = clerk.post(
        "/invoices/INV-00001/send/", {"recipient": "nobody", "token": str(uuid.uuid4())}
    )

    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()


def test_has_no_page_for_an_unknown_number(clerk, company):
    assert clerk.get("/invoices/INV-99999/").status_code == 404


@pytest.mark.parametrize("path", ["", "INV-00001/", "INV-00001/pdf/", "INV-00001/send/"])
def test_visitor_sees_nothing(visitor, invoice, path):
    assert visitor.get(f"/invoices/{path}").status_code == 403


@pytest.mark.parametrize("act", ["issue", "redraft", "send"])
def test_auditor_looks_and_changes_nothing(auditor, draft, act):
    ref = draft.public_id
    assert auditor.get(f"/invoices/{ref}/").status_code == 200

    response = auditor.post(f"/invoices/{ref}/{act}/", {"recipient": "x@y.example"})

    assert response.status_code == 403
    assert Invoice.objects.get().state == Invoice.State.DRAFT
    assert not InvoiceDelivery.objects.exists()


def test_collector_sends_but_does_not_issue(browser_of, draft):
    response = browser_of(roles.COLLECTOR).post(f"/invoices/{draft.public_id}/issue/")

    assert response.status_code == 403
    assert Invoice.objects.get().state == Invoice.State.DRAFT
