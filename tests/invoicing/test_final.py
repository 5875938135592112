"""An issued invoice: it says the same for ever, and the database holds it to that."""

import hashlib
import json

import pytest
from django.db import IntegrityError, connection, transaction

from customers.models import Address
from invoicing import services
from invoicing.models import Invoice, InvoiceLine, InvoiceTax
from o2c.kernel.invariants import check_all
from o2c.kernel.models import Company

pytestmark = pytest.mark.django_db


def refused(change):
    """Run a change that the database must refuse, and say which words it refuses it with."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        change()
    return str(refusal.value)


def truncate(table):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    "change",
    [
        lambda: Invoice.objects.update(gross_amount=1, net_amount=1, tax_amount=0),
        lambda: Invoice.objects.update(due_on="2027-12-18"),
        lambda: Invoice.objects.update(bill_to="Somebody else"),
        lambda: Invoice.objects.update(content="{}"),
        lambda: Invoice.objects.update(number=None),
        lambda: Invoice.objects.all()._raw_delete("default"),
        lambda: truncate("invoicing_invoice"),
    ],
)
def test_refuses_every_change_of_an_issued_invoice(invoice, change):
    assert "issued invoices are never changed or deleted" in refused(change)

    invoice.refresh_from_db()
    assert (str(invoice.gross_amount), str(invoice.due_on)) == ("154.700", "2026-12-18")


@pytest.mark.parametrize(
    "change",
    [
        lambda: InvoiceLine.objects.update(quantity=1),
        lambda: InvoiceLine.objects.all()._raw_delete("default"),
        lambda: InvoiceTax.objects.update(tax_amount=0),
        lambda: InvoiceTax.objects.all()._raw_delete("default"),
        lambda: InvoiceTax.objects.create(
            invoice=Invoice.objects.get(), category="Z", rate=0, base_amount=1, tax_amount=0
        ),
    ],
)
def test_refuses_every_change_of_its_lines_and_taxes(invoice, change):
    assert "lines and taxes of issued invoices" in refused(change)

    assert (invoice.lines.count(), invoice.taxes.count()) == (2, 1)


def test_lets_state_and_pdf_follow(invoice):
    Invoice.objects.update(state=Invoice.State.REPLACED)

    assert Invoice.objects.get().state == Invoice.State.REPLACED


def test_lets_a_draft_change_and_go(shipment, customer, now, actor):
    customer.addresses.filter(kind=Address.Kind.BILL_TO).delete()
    services.bill_shipment(shipment.pk, at=now, actor=actor)

    InvoiceLine.objects.filter(position=1).update(description="Valve")
    Invoice.objects.all().delete()

    assert not Invoice.objects.exists()


def test_seals_everything_that_is_printed(invoice):
    says = json.loads(invoice.content)

    assert invoice.content_hash == hashlib.sha256(invoice.content.encode()).hexdigest()
    assert (says["number"], says["due_on"], says["gross_amount"]) == (
        "INV-00001",
        "2026-12-18",
        "154.7",
    )
    assert says["seller"]["bank_account"] == "DE02120300000000202051"
    assert [line["net_amount"] for line in says["lines"]] == ["100", "30"]
    assert says["taxes"] == [
        {"category": "S", "rate": "0.19", "base_amount": "130", "tax_amount": "24.7"}
    ]


def test_says_the_same_when_company_and_customer_have_moved(invoice, customer):
    Company.objects.update(street="New Street 1", bank_account="DE99")
    customer.addresses.update(street="New Quay 2")

    invoice.refresh_from_db()
    assert "New" not in invoice.content
    assert check_all() == []


def test_check_books_finds_a_changed_document(invoice):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        Invoice.objects.update(content=invoice.content.replace("154.7", "154.8"))
        cursor.execute("SET session_replication_role = DEFAULT")

    broken = [finding.name for finding in check_all()]

    assert broken == ["invoicing.issued_invoices_say_what_they_said"]
