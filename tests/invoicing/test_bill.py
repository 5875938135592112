"""Billing a shipment: it makes one right invoice per order, and never a second."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit.models import CreditAccount, ExposureEntry
from customers.models import Address, Customer
from invoicing import services
from invoicing.models import Invoice, InvoiceLine
from o2c.kernel.invariants import check_all
from o2c.kernel.models import AuditEntry, NumberSeries
from orders.models import Order
from shipping import services as shipping
from tests.factories import AddressFactory, TaxRuleFactory
from tests.invoicing.shipped import ACTOR, customer_with_credit, ship

pytestmark = pytest.mark.django_db


def test_bills_each_line_at_the_agreed_price_and_issues_at_once(shipment, now, actor):
    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    invoice.refresh_from_db()
    assert (invoice.state, invoice.number) == (Invoice.State.ISSUED, "INV-00001")
    assert [str(day) for day in (invoice.issued_on, invoice.due_on)] == ["2026-11-18", "2026-12-18"]
    assert (invoice.net_amount, invoice.tax_amount, invoice.gross_amount) == (
        Decimal("130.000"),
        Decimal("24.700"),
        Decimal("154.700"),
    )
    assert [(line.position, line.quantity) for line in invoice.lines.order_by("position")] == [
        (1, Decimal(2)),
        (2, Decimal(3)),
    ]
    assert Order.objects.get().state == Order.State.INVOICED


@pytest.mark.parametrize(
    ("quantity", "price", "rate", "net", "tax"),
    [
        ("37", "9.99", "0.21", "369.63", "77.62"),
        ("7", "0.15", "0.19", "1.05", "0.20"),
        ("3", "0.3333", "0.19", "1.00", "0.19"),
    ],
)
def test_taxes_the_document_per_rate_and_not_each_piece(
    customer, now, actor, quantity, price, rate, net, tax
):
    TaxRuleFactory.create(rate=Decimal(rate))
    shipment = ship(customer, (quantity, price))

    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    assert (invoice.net_amount, invoice.tax_amount) == (Decimal(net), Decimal(tax))
    [line] = invoice.taxes.all()
    assert (line.base_amount, line.tax_amount) == (Decimal(net), Decimal(tax))


def test_rounds_the_tax_of_seven_lines_once(customer, now, actor):
    shipment = ship(customer, *[("1", "0.15")] * 7)

    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    assert invoice.tax_amount == Decimal("0.20")  # line by line it would be 0.21


def test_bills_nothing_a_second_time(invoice, shipment, now, actor):
    again = services.bill_shipment(shipment.pk, at=now, actor=actor)

    assert again == []
    assert Invoice.objects.count() == 1
    assert NumberSeries.objects.get().last_number == 1


def test_moves_the_exposure_from_shipped_to_owed(invoice, customer):
    entries = ExposureEntry.objects.filter(source=f"invoice:{invoice.pk}").order_by("kind")

    assert [(entry.kind, entry.amount) for entry in entries] == [
        ("open_item", Decimal("154.700")),
        ("shipped_unbilled", Decimal("-154.700")),
    ]
    assert CreditAccount.objects.get(customer=customer).exposure == Decimal("154.700")


def test_leaves_the_books_right(invoice):
    assert check_all() == []


def test_waits_for_the_delivery_where_that_is_agreed(company, now, actor):
    customer = customer_with_credit(billing_trigger=Customer.BillingTrigger.DELIVERY)
    shipment = ship(customer, ("2", "50.00"))

    before = services.bill_shipment(shipment.pk, at=now, actor=actor)
    shipping.deliver_shipment(shipment.pk, received_by="Jonas", at=now, actor=actor)
    after = services.bill_shipment(shipment.pk, at=now, actor=actor)

    assert before == []
    assert [invoice.gross_amount for invoice in after] == [Decimal("119.00")]


def test_keeps_a_draft_with_its_reason_when_there_is_no_address(shipment, customer, now, actor):
    customer.addresses.filter(kind=Address.Kind.BILL_TO).delete()

    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    assert (invoice.state, invoice.number) == (Invoice.State.DRAFT, None)
    assert [finding["rule"] for finding in invoice.findings] == ["bill_to"]
    assert not NumberSeries.objects.exists()
    assert Order.objects.get().state == Order.State.SHIPPED
    assert not ExposureEntry.objects.filter(kind="open_item").exists()


def test_issues_a_draft_once_it_is_mended(shipment, customer, now, actor):
    customer.addresses.filter(kind=Address.Kind.BILL_TO).delete()
    [draft] = services.bill_shipment(shipment.pk, at=now, actor=actor)
    with pytest.raises(services.HasFindings, match="no bill-to address"):
        services.issue_invoice(draft.pk, at=now, actor=actor)
    AddressFactory.create(customer=customer, kind=Address.Kind.BILL_TO, street="Mill Race 7")

    invoice = services.issue_invoice(draft.pk, at=now, actor=actor)

    invoice.refresh_from_db()
    assert (invoice.state, invoice.number, invoice.findings) == ("issued", "INV-00001", [])
    assert "Mill Race 7" in invoice.bill_to
    assert Order.objects.get().state == Order.State.INVOICED
    assert check_all() == []


def test_asks_for_the_po_number_where_the_customer_wants_it(shipment, customer, now, actor):
    Customer.objects.update(requires_po_number=True)

    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    assert [finding["rule"] for finding in invoice.findings] == ["po_number"]


def test_finds_a_standard_line_without_tax(customer, now, actor):
    shipment = ship(customer, ("2", "50.00"))
    Order.objects.get().lines.update(tax_rate=0)

    [invoice] = services.bill_shipment(shipment.pk, at=now, actor=actor)

    assert [finding["rule"] for finding in invoice.findings] == ["tax"]


def test_bills_a_mended_order_again_and_frees_the_lines_of_the_old_draft(customer, now, actor):
    shipment = ship(customer, ("2", "50.00"))
    Order.objects.get().lines.update(tax_rate=0)
    [draft] = services.bill_shipment(shipment.pk, at=now, actor=actor)
    Order.objects.get().lines.update(tax_rate=Decimal("0.19"))

    [invoice] = services.redraft_invoice(draft.pk, reason="Rate added", at=now, actor=actor)

    draft.refresh_from_db()
    assert (draft.state, draft.lines.count()) == (Invoice.State.DISCARDED, 0)
    assert (invoice.state, invoice.gross_amount) == (Invoice.State.ISSUED, Decimal("119.00"))
    assert check_all() == []


def test_names_a_price_that_differs_from_the_order(shipment, customer, now, actor):
    customer.addresses.filter(kind=Address.Kind.BILL_TO).delete()
    [draft] = services.bill_shipment(shipment.pk, at=now, actor=actor)
    AddressFactory.create(customer=customer, kind=Address.Kind.BILL_TO)
    InvoiceLine.objects.filter(position=1).update(unit_price=Decimal("60.00"))

    with pytest.raises(services.HasFindings, match=r"Line 1: the price is 60.0000"):
        services.issue_invoice(draft.pk, at=now, actor=actor)


def test_tells_the_trail_what_was_issued_without_repeating_the_document(invoice):
    entry = AuditEntry.objects.get(subject=invoice.label, action="to issued")

    assert entry.changes["number"] == [None, "INV-00001"]
    assert "content" not in entry.changes
    assert entry.objects_touched[1:] == [
        f"order:{invoice.order_id}",
        f"shipment:{invoice.shipment_id}",
        f"customer:{invoice.customer_id}",
    ]


def test_needs_as_many_statements_for_fifty_lines_as_for_five(customer, now):
    few = ship(customer, *[("1", "10.00")] * 5)
    many = ship(customer, *[("1", "10.00")] * 50)
    services.bill_shipment(
        ship(customer, ("1", "1.00")).pk, at=now, actor=ACTOR
    )  # opens the series

    counted = []
    for shipment in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as statements:
            services.bill_shipment(shipment.pk, at=now, actor=ACTOR)
        counted.append(len(statements))

    assert counted == [counted[0], counted[0]]
    assert counted[0] == 20
