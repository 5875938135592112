"""Freight where people read it: the invoice's page, its PDF, the API; and where they enter it."""

from decimal import Decimal

import pytest

from invoicing import pdf, services
from invoicing.models import Invoice
from o2c.kernel import roles
from orders.documents import acknowledgement
from orders.models import Order
from tests.api.conftest import api, at_noon, document, key_of
from tests.invoicing.freighted import charged_customer, ship_taxed, tariff
from tests.invoicing.shipped import customer_with_credit, ship
from tests.invoicing.test_pdf import pages_of

__all__ = ["api", "at_noon", "document", "key_of"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(company):
    return charged_customer(name="Delta Crane")


@pytest.fixture
def invoice(customer, now, actor):
    """2 × 50.00 and 20.00 of freight: 142.80 EUR with tax."""
    tariff("20")
    [invoice] = services.bill_shipment(ship(customer, ("2", "50.00")).pk, at=now, actor=actor)
    return invoice


@pytest.fixture
def waiting(customer, now, actor):
    """A draft over 119.00 EUR that waits for its freight."""
    [draft] = services.bill_shipment(ship(customer, ("2", "50.00")).pk, at=now, actor=actor)
    return draft


def text_of(response):
    return " ".join(response.content.decode().split())


def test_the_page_shows_freight_between_the_lines_and_the_tax(clerk, invoice):
    page = text_of(clerk.get("/invoices/INV-00001/"))

    assert '<td class="m1" colspan="5">Lines</td><td class="n m2">100.00</td>' in page
    assert '<td class="m1" colspan="5">Freight</td><td class="n m2">20.00</td>' in page
    assert "as the tariff says" in page
    assert "Set freight" not in page


def test_the_page_of_who_pays_none_says_nothing_of_it(clerk, company, now, actor):
    shipment = ship(customer_with_credit(), ("2", "50.00"))
    services.bill_shipment(shipment.pk, at=now, actor=actor)

    assert "Freight" not in text_of(clerk.get("/invoices/INV-00001/"))


def test_the_pdf_prints_goods_freight_and_tax(invoice):
    [text] = pages_of(pdf.draw(invoice))

    words = text.replace("\N{NO-BREAK SPACE}", " ")
    for expected in ("Goods", "100.00", "Freight", "20.00", "Tax 19 % on 120.00", "142.80"):
        assert expected in words


def test_the_pdf_prints_freight_by_its_taxes(customer, now, actor):
    tariff("10")
    shipment = ship_taxed(customer, ("100.00", "S"), ("50.00", "Z"))
    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    words = " ".join(pages_of(pdf.draw(invoice))[0].replace("\N{NO-BREAK SPACE}", " ").split())

    assert "Freight, taxed at 19 % 6.67" in words
    assert "Freight, taxed at 0 % 3.33" in words


def test_the_confirmation_says_that_freight_is_charged(invoice, company):
    order = Order.objects.select_related("customer", "ship_to", "payment_terms").get()
    lines = list(order.lines.all())

    said = acknowledgement.said_of(order, lines, company, bill_to=None)
    page = acknowledgement.html(said, serial=1, made_on=order.requested_on)
    order.freight_terms = "borne"
    without = acknowledgement.said_of(order, lines, company, bill_to=None)

    assert "charged with the invoice" in page
    assert set(said.values) - set(without.values) == {"charges_freight"}


def test_the_order_says_that_freight_is_charged(sales_rep, invoice):
    assert "freight charged" in text_of(sales_rep.get(f"/orders/{invoice.order.number}/"))


def test_the_api_shows_what_is_charged_besides_goods(api, invoice):
    shown = api.get(f"invoices/{invoice.public_id}").json()

    assert shown["charges"] == [
        {
            "kind": "freight",
            "description": "Freight",
            "net": {"amount": "20.00", "currency": "EUR"},
            "tax_category": "S",
            "tax_rate": "0.19",
        }
    ]
    assert (shown["net"]["amount"], shown["gross"]["amount"]) == ("120.00", "142.80")
    assert api.get(f"orders/{invoice.order.public_id}").json()["freight_terms"] == "charged"


def test_a_clerk_enters_it_on_the_draft(clerk, waiting):
    path = f"/invoices/{waiting.public_id}/"
    before = text_of(clerk.get(path))

    answer = clerk.post(f"{path}freight/", {"amount": "12.50", "reason": ""}, follow=True)

    assert "no tariff says how much. Enter it here." in before
    after = text_of(answer)
    assert "The freight is set." in after
    assert "It waits: something must be mended first." in before
    assert "It waits: something must be mended first." not in after
    waiting.refresh_from_db()
    assert (waiting.freight_amount, waiting.gross_amount) == (Decimal("12.50"), Decimal("133.88"))


@pytest.mark.parametrize(
    ("amount", "reason", "status", "words"),
    [
        ("-1", "Because", 422, "zero or more"),
        ("1.005", "Because", 422, "no amount as small as that"),
        ("0", "", 422, "Say why no freight is charged."),
        ("much", "", 422, "Enter a number"),
        ("", "", 422, "required"),
    ],
)
def test_says_at_the_field_what_is_wrong(clerk, waiting, amount, reason, status, words):
    answer = clerk.post(
        f"/invoices/{waiting.public_id}/freight/", {"amount": amount, "reason": reason}
    )

    assert answer.status_code == status
    assert words in text_of(answer)
    waiting.refresh_from_db()
    assert (waiting.freight_amount, waiting.freight_is_entered) == (0, False)


def test_says_that_an_issued_invoice_stays(clerk, invoice):
    answer = clerk.post("/invoices/INV-00001/freight/", {"amount": "5", "reason": ""})

    assert answer.status_code == 409
    assert "no draft any more: its freight stays as it is" in text_of(answer)
    assert Invoice.objects.get().freight_amount == 20


@pytest.mark.parametrize("role", [roles.COLLECTOR, roles.AUDITOR, roles.SALES_REP])
def test_who_may_not_issue_neither_sees_the_field_nor_sets_it(browser_of, waiting, role):
    browser = browser_of(role)

    assert "Set freight" not in text_of(browser.get(f"/invoices/{waiting.public_id}/"))
    answer = browser.post(f"/invoices/{waiting.public_id}/freight/", {"amount": "5"})

    assert answer.status_code == 403
    waiting.refresh_from_db()
    assert (waiting.freight_amount, waiting.findings[0]["rule"]) == (0, "freight")
