"""A customer's system asks when an order will have to be paid, and reads it on the invoice."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import PaymentTerms
from invoicing.services import bill_shipment
from orders import services
from orders.models import Order
from orders.services import NewLine
from tests.factories import NOW, ProductFactory, StockLevelFactory
from tests.invoicing.shipped import ACTOR, ship

EUR = {"currency": "EUR"}


@pytest.fixture
def place(customer):
    """Place an order of so many products, 10 of each at 50.00 EUR before 19 % tax."""

    def place(count=1, on=date(2026, 12, 1)):
        products = ProductFactory.create_batch(count)
        for product in products:
            StockLevelFactory.create(product=product)
        return services.place_order(
            customer_id=customer.pk,
            lines=[NewLine(product.pk, Decimal(10)) for product in products],
            channel="api",
            requested_on=on,
            at=NOW,
            actor=ACTOR,
        )

    return place


@pytest.fixture
def thirds(customer):
    """The customer pays a third each after 30 and 60 days, the rest after 90; 2 % off in 10."""
    PaymentTerms.objects.filter(pk=customer.payment_terms_id).update(
        instalment_days=[30, 60, 90],
        instalment_shares=[Decimal("0.33333"), Decimal("0.33333"), Decimal("0.33334")],
        discount_days=[10],
        discount_rates=[Decimal("0.02")],
    )


def plan(api, order):
    return api.get(f"orders/{order.public_id}/payment-plan").json()


def test_an_order_says_what_will_be_due_when_in_instalments(api, thirds, place):
    order = place()
    Order.objects.get().lines.update(expected_on=date(2026, 12, 3))

    shown = plan(api, order)

    assert shown == {
        "billed_on": "2026-12-03",
        "instalments": [
            {"number": 1, "due_on": "2027-01-02", "amount": {"amount": "198.33"} | EUR},
            {"number": 2, "due_on": "2027-02-01", "amount": {"amount": "198.33"} | EUR},
            {"number": 3, "due_on": "2027-03-03", "amount": {"amount": "198.34"} | EUR},
        ],
        "discounts": [{"until": "2026-12-13", "rate": "0.02", "amount": {"amount": "11.90"} | EUR}],
    }


def test_what_is_cancelled_or_billed_is_left_out(api, thirds, place):
    order = place()
    line = order.lines.get()
    services.cancel_quantities(
        order.pk, quantities={line.pk: Decimal(4)}, reason="customer", at=NOW, actor=ACTOR
    )
    rest = sum(Decimal(part["amount"]["amount"]) for part in plan(api, order)["instalments"])
    services.cancel_order(order.pk, reason="customer", at=NOW, actor=ACTOR)

    nothing = plan(api, order)

    assert rest == Decimal("357.00")
    assert (nothing["instalments"], nothing["discounts"]) == ([], [])


def test_who_pays_before_goods_leave_is_billed_today(api, customer, place):
    order = place()
    type(customer).objects.filter(pk=customer.pk).update(billing_trigger="order")

    assert plan(api, order)["billed_on"] == NOW.date().isoformat()


def test_an_invoice_says_its_instalments_and_discounts(api, thirds, customer):
    shipment = ship(customer, ("3", "33.33"))
    bill_shipment(shipment.pk, at=NOW, actor=ACTOR)
    invoice = shipment.invoices.get()

    shown = api.get(f"invoices/{invoice.public_id}").json()

    assert [(part["number"], part["due_on"]) for part in shown["instalments"]] == [
        (number, due_on.isoformat())
        for number, (due_on, _amount) in enumerate(invoice.instalments, start=1)
    ]
    amounts = [Decimal(part["amount"]["amount"]) for part in shown["instalments"]]
    assert len(amounts) == 3
    assert sum(amounts) == invoice.gross_amount
    assert [(offer["until"], offer["rate"]) for offer in shown["discounts"]] == [
        (invoice.discounts[0]["until"], "0.02")
    ]


def test_a_stranger_sees_no_plan(strangers_api, place):
    order = place()

    assert strangers_api.get(f"orders/{order.public_id}/payment-plan").status_code == 404


def test_asks_as_much_for_twenty_lines_as_for_one(api, place):
    def statements(order):
        path = f"orders/{order.public_id}/payment-plan"
        api.get(path)
        with CaptureQueriesContext(connection) as counted:
            assert api.get(path).status_code == 200
        return len(counted)

    short, long = place(), place(20)

    assert statements(long) == statements(short)
