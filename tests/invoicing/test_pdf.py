"""The printed invoice: what it shows, and what it never opens."""

import io

import pytest
from pypdf import PdfReader

from catalog.models import TaxExemption
from customers.models import Customer
from invoicing import content, pdf, services
from invoicing.models import Invoice
from o2c.kernel import files
from o2c.kernel.models import StoredFile
from tests.factories import TaxExemptionFactory
from tests.invoicing.shipped import customer_with_credit, ship

pytestmark = pytest.mark.django_db


def pages_of(document: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(document)).pages]


def test_prints_parties_lines_tax_and_total(invoice, shipment):
    [text] = pages_of(pdf.draw(invoice))

    for expected in (
        "INV-00001",
        "Kestrel Flow Supply",
        "Delta Crane",
        "Quay Street 1",
        "18 Nov 2026",
        "18 Dec 2026",
        "30 days net",
        shipment.number,
        "Tax 19 % on 130.00",
        "24.70",
        "pcs",
        "Total to pay, EUR",
        "154.70",
        "DE02120300000000202051",
        "Page 1 of 1",
    ):
        assert expected in text.replace("\N{NO-BREAK SPACE}", " ")


def test_prints_the_certificate_that_exempts_from_tax_and_keeps_it(customer, now, actor):
    TaxExemptionFactory.create(customer=customer, country="DE", certificate="EX-4711")
    shipment = ship(customer, ("2", "50.00"))
    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)
    TaxExemption.objects.all().delete()

    text = " ".join(pages_of(pdf.draw(invoice))[0].split())

    assert "Exempt from tax by certificate EX-4711" in text
    assert content.read(invoice)["tax_certificate"] == "EX-4711"
    assert (invoice.tax_amount, invoice.taxes.get().category) == (0, "E")


def test_an_invoice_of_taxed_goods_names_no_certificate(invoice):
    assert "tax_certificate" not in content.read(invoice)


def test_repeats_the_head_of_the_table_on_every_page(customer, now, actor):
    shipment = ship(customer, *[("1", "10.00")] * 40)
    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    pages = pages_of(pdf.draw(invoice))

    with_lines = [page for page in pages if "SKU-" in page]
    assert len(with_lines) > 1  # how many depends on the fonts of the machine
    assert all("Amount, EUR" in page for page in with_lines)
    assert all(f"Page {n} of {len(pages)}" in page for n, page in enumerate(pages, start=1))


def test_prints_markup_in_a_name_as_text(company, now, actor):
    name = '<img src="file:///etc/passwd"><b>Bold & Co</b>'
    shipment = ship(customer_with_credit(name=name), ("1", "10.00"))
    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    page = pdf.html(invoice)
    [text] = pages_of(pdf.draw(invoice))

    assert "&lt;img src=&quot;file:///etc/passwd&quot;&gt;" in page
    assert "<img" not in page
    assert "<b>Bold & Co</b>" in text.replace("\n", "")


def test_draws_the_same_document_again(invoice):
    assert pdf.draw(invoice) == pdf.draw(invoice)


def test_is_drawn_once_and_kept(invoice, monkeypatch):
    first = services.pdf_of(invoice)
    monkeypatch.setattr(pdf, "draw", None)  # whoever draws again fails

    again = services.pdf_of(Invoice.objects.get())

    assert again == first
    assert (first.name, first.media_type) == ("INV-00001.pdf", "application/pdf")
    assert files.read(first).startswith(b"%PDF-")


def test_keeps_its_look_when_the_customer_is_renamed(invoice):
    before = pdf.draw(invoice)
    Customer.objects.update(name="Renamed")

    assert pdf.draw(Invoice.objects.get()) == before


def test_a_draft_has_no_document(shipment, customer, now, actor):
    customer.addresses.filter(kind="bill_to").delete()
    [draft] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    with pytest.raises(services.NotIssued):
        services.pdf_of(draft)

    assert not StoredFile.objects.filter(media_type="application/pdf").exists()
