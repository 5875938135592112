"""Freight is charged to who agreed to it: once, shared by value, taxed as the goods are."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from credit.models import CreditAccount, ExposureEntry
from invoicing import content, services
from invoicing.drafting import draft
from invoicing.freight import Carried, share_of, split
from invoicing.models import Invoice, InvoiceCharge
from o2c.kernel.invariants import check_all
from orders.models import Order, OrderLine
from receivables.models import JournalLine, OpenItem
from shipping.models import Shipment, ShipmentLine
from tests.invoicing.freighted import (
    bring_back,
    charged_customer,
    ship_taxed,
    ship_together,
    tariff,
)
from tests.invoicing.shipped import customer_with_credit, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def payer(company):
    return charged_customer(name="Delta Crane")


@pytest.fixture
def bill(now, actor):
    def bill(shipment):
        return services.bill_shipment(shipment.pk, at=now, actor=actor)

    return bill


def charges_of(invoice):
    columns = ("net_amount", "goods_amount", "tax_category", "tax_rate")
    return list(invoice.charges.order_by("position").values_list(*columns))


def posted(kind):
    lines = JournalLine.objects.filter(entry__kind=kind)
    return {line.account: line.debit - line.credit for line in lines}


def test_charges_what_the_tariff_says_and_taxes_it_as_the_goods(payer, bill):
    tariff("20")

    [invoice] = bill(ship(payer, ("2", "50.00"), ("3", "10.00")))

    invoice.refresh_from_db()
    assert (invoice.state, invoice.freight_amount, invoice.goods_amount) == ("issued", 20, 130)
    assert (invoice.net_amount, invoice.tax_amount, invoice.gross_amount) == (
        Decimal(150),
        Decimal("28.50"),
        Decimal("178.50"),
    )
    assert charges_of(invoice) == [(20, 130, "S", Decimal("0.19"))]
    assert invoice.taxes.get().base_amount == 150
    assert OpenItem.objects.get().amount == Decimal("178.50")
    assert check_all() == []


def test_posts_freight_to_its_own_account(payer, bill):
    tariff("20")

    bill(ship(payer, ("2", "50.00"), ("3", "10.00")))

    assert posted("invoice") == {
        "1200": Decimal("178.50"),
        "4000": -130,
        "4100": -20,
        "2200": Decimal("-28.50"),
    }


def test_moves_the_goods_out_of_what_is_shipped_and_owes_the_freight_besides(payer, bill):
    tariff("20")
    shipment = ship(payer, ("2", "50.00"), ("3", "10.00"))
    before = CreditAccount.objects.get().exposure

    [invoice] = bill(shipment)

    moved = ExposureEntry.objects.filter(source=invoice.label).order_by("kind")
    assert [(entry.kind, entry.amount) for entry in moved] == [
        ("open_item", Decimal("178.50")),
        ("shipped_unbilled", Decimal("-154.70")),
    ]
    exposure = CreditAccount.objects.get().exposure
    assert (before, exposure) == (Decimal("154.70"), Decimal("178.50"))


def test_who_did_not_agree_to_it_pays_none_and_is_told_nothing(company, bill):
    tariff("20")

    [invoice] = bill(ship(customer_with_credit(), ("2", "50.00"), ("3", "10.00")))

    says = content.read(invoice)
    assert (invoice.gross_amount, invoice.freight_amount) == (Decimal("154.70"), 0)
    assert not InvoiceCharge.objects.exists()
    assert "charges" not in says
    assert set(says) == {
        *("version", "kind", "number", "issued_on", "due_on", "language", "currency", "seller"),
        *("customer", "customer_vat_number", "bill_to", "ship_to", "customer_po", "order"),
        *("shipment", "terms", "schedule", "discounts", "lines", "taxes"),
        *("net_amount", "tax_amount", "gross_amount"),
    }
    assert posted("invoice") == {
        "1200": Decimal("154.70"),
        "4000": -130,
        "2200": Decimal("-24.70"),
    }


def test_the_document_says_what_is_charged(payer, bill):
    tariff("20")

    [invoice] = bill(ship(payer, ("2", "50.00")))

    assert content.read(invoice)["charges"] == [
        {
            "kind": "freight",
            "description": "Freight",
            "net_amount": "20",
            "tax_category": "S",
            "tax_rate": "0.19",
        }
    ]


def test_orders_that_go_together_share_it_by_their_value(payer, bill):
    tariff("20")

    invoices = bill(ship_together(payer, "10.00", "20.00"))

    assert [(row.freight_amount, row.net_amount, row.gross_amount) for row in invoices] == [
        (Decimal("6.67"), Decimal("16.67"), Decimal("19.84")),
        (Decimal("13.33"), Decimal("33.33"), Decimal("39.66")),
    ]
    assert check_all() == []


def test_what_falls_on_an_order_that_we_pay_for_is_charged_to_nobody(payer, bill):
    tariff("20")

    invoices = bill(ship_together(payer, "10.00", "20.00", terms=["borne", "charged"]))

    assert [(row.freight_amount, row.gross_amount) for row in invoices] == [
        (0, Decimal("11.90")),
        (Decimal("13.33"), Decimal("39.66")),
    ]
    assert check_all() == []


def test_goods_of_two_taxes_are_charged_in_two_rows(payer, bill):
    tariff("10")

    [invoice] = bill(ship_taxed(payer, ("100.00", "S"), ("50.00", "Z")))

    assert charges_of(invoice) == [
        (Decimal("6.67"), 100, "S", Decimal("0.19")),
        (Decimal("3.33"), 50, "Z", 0),
    ]
    assert (invoice.net_amount, invoice.tax_amount) == (160, Decimal("20.27"))
    assert check_all() == []


def test_the_agreement_of_the_order_counts_and_not_that_of_today(payer, bill):
    tariff("20")
    shipment = ship(payer, ("2", "50.00"))
    type(payer).objects.update(freight_terms="borne")

    [invoice] = bill(shipment)

    assert invoice.freight_amount == 20


def test_what_the_carrier_bills_later_changes_nothing(payer, bill):
    tariff("20")
    shipment = ship(payer, ("2", "50.00"))
    Shipment.objects.update(charged_cost=35)

    [invoice] = bill(shipment)

    assert invoice.freight_amount == 20


def test_a_tariff_of_nothing_charges_nothing_and_waits_for_nobody(payer, bill):
    tariff("0")

    [invoice] = bill(ship(payer, ("2", "50.00")))

    assert (invoice.state, invoice.freight_amount) == ("issued", 0)
    assert check_all() == []


def test_the_database_holds_that_it_is_charged_once(payer, bill, now):
    tariff("20")
    [invoice] = bill(ship(payer, ("2", "50.00")))
    named = ("company", "customer", "order", "shipment", "bill_to", "ship_to", "terms", "currency")
    second = Invoice.objects.create(
        public_id="inv_second",
        net_amount=0,
        tax_amount=0,
        gross_amount=0,
        created_at=now,
        **{name: getattr(invoice, name) for name in named},
    )
    charge = invoice.charges.get()
    charge.pk, charge.invoice = None, second

    with (
        pytest.raises(IntegrityError, match="invoicing_invoicecharge_billed_once"),
        transaction.atomic(),
    ):
        charge.save(force_insert=True)


def test_issued_charges_are_never_changed(payer, bill):
    tariff("20")
    bill(ship(payer, ("2", "50.00")))

    for change in (
        lambda: InvoiceCharge.objects.update(net_amount=1),
        lambda: InvoiceCharge.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="issued invoices"), transaction.atomic():
            change()

    assert InvoiceCharge.objects.get().net_amount == 20


def test_check_books_finds_freight_that_nobody_agreed_to(payer, bill):
    tariff("20")
    bill(ship(payer, ("2", "50.00")))
    Order.objects.update(freight_terms="borne")

    broken = [finding.name for finding in check_all()]

    assert broken == ["invoicing.freight_is_charged_where_it_was_agreed_or_entered"]


def test_what_we_spoilt_before_it_was_billed_takes_its_freight_along(company, bill, now, actor):
    tariff("20")
    shipment = ship(charged_customer(billing_trigger="delivery"), ("4", "50.00"))
    row = bring_back(shipment, ("1", "damaged"))
    services.credit_return(row.pk, at=now, actor=actor)
    Shipment.objects.update(delivered_at=now)

    [invoice] = bill(shipment)

    assert (invoice.goods_amount, invoice.freight_amount) == (150, 15)


def test_what_was_not_wanted_before_it_was_billed_leaves_the_freight(company, bill, now, actor):
    tariff("20")
    shipment = ship(charged_customer(billing_trigger="delivery"), ("4", "50.00"))
    row = bring_back(shipment, ("1", "unwanted"))
    services.credit_return(row.pk, at=now, actor=actor)
    Shipment.objects.update(delivered_at=now)

    [invoice] = bill(shipment)

    assert (invoice.goods_amount, invoice.freight_amount) == (150, 20)


def test_takes_two_statements_more_whatever_the_lines(payer, company, bill):
    tariff("20")
    bill(ship(payer, ("1", "1.00")))  # opens the series
    counted = []
    for customer, lines in ((customer_with_credit(), 5), (payer, 5), (payer, 30)):
        shipment = ship(customer, *[("1", "10.00")] * lines)
        with CaptureQueriesContext(connection) as asked:
            bill(shipment)
        counted.append(len(asked))

    assert counted == [20, 22, 22]


@pytest.mark.parametrize(
    ("amount", "currency", "shares"),
    [
        ("10.00", "EUR", ["3.33", "3.34", "3.33"]),
        ("100", "JPY", ["33", "34", "33"]),
        ("1.000", "KWD", ["0.333", "0.334", "0.333"]),
        ("0.01", "EUR", ["0.00", "0.01", "0.00"]),
    ],
)
def test_shares_make_the_amount_exactly(amount, currency, shares):
    parts = split(Decimal(amount), {1: Decimal(7), 2: Decimal(7), 3: Decimal(7)}, currency)

    assert list(parts.values()) == [Decimal(share) for share in shares]
    assert sum(parts.values()) == Decimal(amount)


def test_goods_without_a_value_share_alike():
    free = {1: Carried(amount=Decimal(0)), 2: Carried(amount=Decimal(0))}

    assert share_of(1, Decimal(5), free, "EUR") == Decimal("2.50")


@pytest.mark.parametrize(
    ("currency", "freight", "amounts", "net", "tax"),
    [
        ("EUR", "10.00", ["3.33", "6.67"], "160.00", "24.00"),
        ("JPY", "10", ["3", "7"], "160", "24"),
        ("KWD", "10.000", ["3.333", "6.667"], "160.000", "24.000"),
    ],
)
def test_two_rates_share_it_in_the_places_of_the_currency(
    payer, currency, freight, amounts, net, tax
):
    lines = {
        key: OrderLine(pk=key, unit_price=price, tax_category="S", tax_rate=Decimal(rate))
        for key, price, rate in ((1, Decimal(100), "0.19"), (2, Decimal(50), "0.07"))
    }
    parts = [ShipmentLine(order_line_id=key, quantity=Decimal(1)) for key in lines]
    for part in parts:
        part.left = part.quantity

    made = draft(Invoice(currency=currency, customer=payer), parts, lines, freight=Decimal(freight))

    assert [row.net_amount for row in made.charges] == [Decimal(part) for part in amounts]
    assert (made.invoice.net_amount, made.invoice.tax_amount) == (Decimal(net), Decimal(tax))
