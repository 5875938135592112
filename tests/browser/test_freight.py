"""A customer pays the freight: from the agreement to the invoice, with a tariff and without."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from customers.models import Customer
from invoicing import services as invoicing
from invoicing.models import Invoice
from o2c.kernel import roles
from tests.factories import NOW
from tests.invoicing.freighted import tariff
from tests.invoicing.shipped import ACTOR, customer_with_credit, ship

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer(company, nine_o_clock):
    return customer_with_credit(name="Old Mill Packaging")


def agree(page, customer):
    """Let sales agree with a customer that they pay the freight."""
    page.goto(reverse("customers:edit", args=[customer.number]))
    page.get_by_label("Freight").select_option("charged")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("freight charged as the tariff says")).to_be_visible()


def bill(customer):
    shipment = ship(Customer.objects.get(pk=customer.pk), ("5", "50"))
    [invoice] = invoicing.bill_shipment(shipment.pk, at=NOW, actor=ACTOR)
    return invoice


def test_who_agrees_to_pay_freight_finds_it_on_the_invoice(
    page, customer, sign_in, person, shot, accessibility_faults
):
    tariff("24.90")
    sign_in(person(roles.SALES_REP))
    agree(page, customer)
    shot("freight-customer")
    invoice = bill(customer)

    page.goto(reverse("invoicing:detail", args=[invoice.reference]))

    lines = page.get_by_role("table", name="Invoice lines")
    expect(lines.get_by_role("row", name="Freight")).to_contain_text("24.90")
    expect(lines.get_by_role("row", name="Total").last).to_contain_text("327.13")
    shot("freight-invoice")
    assert accessibility_faults() == []


def test_without_a_tariff_a_clerk_enters_it_and_issues(
    page, customer, sign_in, person, shot, accessibility_faults
):
    Customer.objects.update(freight_terms="charged")
    draft = bill(customer)
    sign_in(person(roles.AR_CLERK))

    page.goto(reverse("invoicing:detail", args=[draft.reference]))
    expect(page.get_by_text("no tariff says how much. Enter it here.")).to_be_visible()
    shot("freight-draft")
    faults = accessibility_faults()
    page.get_by_role("textbox", name="Freight").fill("0")
    page.get_by_role("button", name="Set freight").click()
    expect(page.get_by_text("Say why no freight is charged.").first).to_be_visible()
    shot("freight-refused")
    faults += accessibility_faults()
    page.get_by_role("textbox", name="Freight").fill("18.50")
    page.get_by_label("Reason").fill("As the carrier said")
    page.get_by_role("button", name="Set freight").click()
    expect(page.get_by_text("The freight is set.")).to_be_visible()
    shot("freight-entered")
    page.get_by_role("button", name="Issue").click()
    expect(page.get_by_role("heading", name="INV-00001")).to_be_visible()

    assert Invoice.objects.get().freight_amount == 18.5
    shot("freight-issued")
    assert faults + accessibility_faults() == []
