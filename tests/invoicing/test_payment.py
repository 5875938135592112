"""What an invoice asks for: its due date, its instalments, and what paying early takes off."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collection import services as collection
from invoicing import pdf, services
from o2c.kernel.invariants import check_all
from orders.models import Order
from receivables.models import JournalEntry, OpenItem
from tests.factories import PaymentTermsFactory
from tests.invoicing.shipped import ship
from tests.invoicing.test_pdf import pages_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill(customer, now, actor):
    """Bill 154.70 EUR under the terms: `bill(net_days=10)`."""

    def make(**terms):
        shipment = ship(customer, ("2", "50.00"), ("3", "10.00"))
        Order.objects.update(
            payment_terms=PaymentTermsFactory.create(
                code="T", name="As agreed", **{"net_days": 30, **terms}
            )
        )
        [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)
        invoice.refresh_from_db()
        return invoice

    return make


HALVES = {
    "instalment_days": [14, 45],
    "instalment_shares": [Decimal("0.3"), Decimal("0.7")],
    "net_days": 45,
}


def test_is_due_by_the_terms_of_its_order(bill):
    invoice = bill(basis="end_of_month", net_days=14)

    assert (str(invoice.due_on), invoice.schedule, invoice.discounts) == ("2026-12-14", [], [])
    assert OpenItem.objects.get().due_on == invoice.due_on


def test_is_due_on_a_working_day_where_agreed(bill):
    invoice = bill(net_days=37, moves_to_working_day=True)

    assert str(invoice.due_on) == "2026-12-28"


def test_opens_one_item_for_each_instalment_and_posts_once(bill):
    invoice = bill(**HALVES)

    items = OpenItem.objects.order_by("instalment")
    assert [(item.name, str(item.due_on), item.amount) for item in items] == [
        ("INV-00001 (1/2)", "2026-12-02", Decimal("46.410")),
        ("INV-00001 (2/2)", "2027-01-02", Decimal("108.290")),
    ]
    assert str(invoice.due_on) == "2027-01-02"
    assert JournalEntry.objects.filter(source=invoice.label).count() == 1
    assert check_all() == []


def test_costs_no_more_statements_with_more_instalments(customer, now, actor):
    def statements(**terms):
        shipment = ship(customer, ("2", "50.00"))
        Order.objects.filter(pk__in=shipment.lines.values("order_id")).update(
            payment_terms=PaymentTermsFactory.create(code=f"T{len(terms)}", **terms)
        )
        with CaptureQueriesContext(connection) as captured:
            services.bill_shipment(shipment.pk, at=now, actor=actor)
        return len(captured)

    statements(net_days=30)  # the first invoice opens the number series
    one = statements(net_days=30, days_before=0)

    assert statements(**HALVES) == one


def test_prints_instalments_and_the_early_payment_discount(bill):
    invoice = bill(**HALVES, discount_days=[10], discount_rates=[Decimal("0.025")])

    [text] = pages_of(pdf.draw(invoice))

    text = " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
    for expected in (
        "Last due 2 Jan 2027",
        "1. 46.41 EUR by 2 Dec 2026; 2. 108.29 EUR by 2 Jan 2027",
        "Pay by 28 Nov 2026 and take off 2.5 % early-payment discount (3.87 EUR): "
        "150.83 EUR to pay.",
    ):
        assert expected in text


def test_shows_them_on_its_page_and_in_the_panel_of_what_is_owed(bill, clerk):
    invoice = bill(**HALVES, discount_days=[10], discount_rates=[Decimal("0.025")])

    page = clerk.get(f"/invoices/{invoice.number}/").content.decode()
    panel = clerk.get(f"/receivables/panels/invoice/{invoice.pk}/").content.decode()

    assert "Instalment 2" in page
    assert "early-payment discount" in page
    assert "INV-00001 (1/2)" in panel
    assert "Open 154.70" in panel


def test_settles_the_order_when_the_last_instalment_is_paid(bill, now, actor):

    invoice = bill(**HALVES)
    first, second = OpenItem.objects.order_by("instalment")

    def pay(item, reference):
        collection.record_receipt(
            customer_id=item.customer_id,
            method="transfer",
            currency="EUR",
            amount=item.amount,
            received_on=now.date(),
            reference=reference,
            apply_to={item.pk: item.amount},
            at=now,
            actor=actor,
        )

    pay(first, "R1")
    assert Order.objects.get(pk=invoice.order_id).state == Order.State.INVOICED

    pay(second, "R2")
    assert Order.objects.get(pk=invoice.order_id).state == Order.State.CLOSED
    assert check_all() == []
