"""Applying cash: it settles items, closes orders, and can be taken back."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit.models import CreditAccount, ExposureEntry
from invoicing import services as invoicing
from o2c.kernel.errors import InvalidInput
from o2c.kernel.invariants import check_all
from o2c.kernel.models import AuditEntry
from orders import services as orders
from orders.models import Order
from receivables import services
from receivables.models import Application, JournalLine, OpenItem
from tests.factories import NOW, TODAY
from tests.invoicing.shipped import ACTOR, customer_with_credit, ship

pytestmark = pytest.mark.django_db


def apply(customer, amounts, source="receipt:0"):
    return services.apply_cash(
        customer_id=customer.pk,
        source=source,
        amounts={item.pk: Decimal(amount) for item, amount in amounts.items()},
        applied_on=TODAY,
        at=NOW,
        actor=ACTOR,
    )


def test_settles_the_item_and_closes_the_order(owe, pay):
    item = owe()

    pay(item, "119.00")

    item.refresh_from_db()
    assert (item.state, item.balance, str(item.settled_on)) == ("settled", 0, "2026-11-18")
    assert Order.objects.get().state == Order.State.CLOSED
    assert check_all() == []


def test_leaves_the_rest_open(owe, pay):
    item = owe()

    pay(item, "19.00")

    item.refresh_from_db()
    assert (item.state, item.balance) == ("open", Decimal("100.000"))
    assert Order.objects.get().state == Order.State.INVOICED
    assert check_all() == []


def test_posts_the_application_and_lowers_what_is_owed(owe, customer):
    item = owe()

    [application] = apply(customer, {item: "19.00"})

    lines = JournalLine.objects.filter(entry__source=f"application:{application.pk}")
    assert [(line.account, line.debit, line.credit) for line in lines.order_by("account")] == [
        ("1200", Decimal(0), Decimal("19.000")),
        ("1290", Decimal("19.000"), Decimal(0)),
    ]
    entries = ExposureEntry.objects.filter(source=f"application:{application.pk}")
    assert {entry.kind: entry.amount for entry in entries} == {
        "open_item": Decimal("-19.000"),
        "unapplied_cash": Decimal("19.000"),
    }


def test_refuses_more_than_is_owed(owe, customer):
    item = owe()

    with pytest.raises(services.OverApplied, match=r"owes 119.00 EUR: 119.01 is too much"):
        apply(customer, {item: "119.01"})

    item.refresh_from_db()
    assert (item.applied, Application.objects.count()) == (0, 0)


@pytest.mark.parametrize("amount", ["0", "-5.00", "1.001"])
def test_refuses_what_is_no_amount(owe, customer, amount):
    item = owe()

    with pytest.raises(InvalidInput):
        apply(customer, {item: amount})

    assert not Application.objects.exists()


def test_refuses_items_of_another_customer(owe, customer):
    other = owe(customer=customer_with_credit(name="Other"))

    with pytest.raises(OpenItem.DoesNotExist):
        apply(customer, {other: "10.00"})

    assert not Application.objects.exists()


def test_takes_an_application_back(owe, pay, now, actor):
    item = owe()
    pay(item, "119.00")

    counter = services.reverse_application(
        Application.objects.get().pk, reason="Cheque returned", at=now, actor=actor
    )

    item.refresh_from_db()
    assert (counter.amount, item.state, item.balance, item.settled_on) == (
        Decimal("-119.000"),
        "open",
        Decimal("119.000"),
        None,
    )
    assert Order.objects.get().state == Order.State.INVOICED
    assert AuditEntry.objects.get(subject=item.label, action="to open").reason == "Cheque returned"


def test_takes_an_application_back_once(owe, pay, now, actor):
    pay(owe(), "119.00")
    original = Application.objects.get()
    counter = services.reverse_application(original.pk, at=now, actor=actor)

    for application in (original, counter):
        with pytest.raises(services.ReversedAlready):
            services.reverse_application(application.pk, at=now, actor=actor)

    assert Application.objects.count() == 2


def test_taking_back_restores_the_exposure(owe, customer, now, actor):
    item = owe()
    [application] = apply(customer, {item: "119.00"})

    services.reverse_application(application.pk, at=now, actor=actor)

    assert CreditAccount.objects.get(customer=customer).exposure == Decimal("119.000")
    kinds = ExposureEntry.objects.filter(kind="open_item").values_list("amount", flat=True)
    assert sum(kinds) == Decimal("119.000")


def test_notes_every_document_that_a_payment_concerns(owe, customer):
    item = owe()

    apply(customer, {item: "119.00"})

    entry = AuditEntry.objects.get(subject=item.label, action="to settled")
    assert entry.objects_touched == [
        item.label,
        "receipt:0",
        f"invoice:{item.invoice_id}",
        f"order:{item.invoice.order_id}",
        f"customer:{customer.pk}",
    ]


def test_needs_as_many_statements_for_ten_items_as_for_two(owe, customer):
    items = [owe("10.00") for _number in range(12)]

    counted = []
    for paid in (items[:2], items[2:]):
        with CaptureQueriesContext(connection) as statements:
            apply(customer, dict.fromkeys(paid, "1.00"))
        counted.append(len(statements))

    assert counted[0] == counted[1]


def test_closes_a_paid_order_when_its_rest_is_cancelled(customer, pay, now, actor):
    shipment = ship(customer, ("5", "10.00"), in_stock="3")
    invoicing.bill_shipment(shipment.pk, at=now, actor=actor)
    pay(OpenItem.objects.get(), "35.70")
    order = Order.objects.get()
    assert order.state == Order.State.FULFILLING

    orders.cancel_quantities(
        order.pk,
        quantities={order.lines.get().pk: Decimal(2)},
        reason="customer",
        at=now,
        actor=actor,
    )

    order.refresh_from_db()
    assert order.state == Order.State.CLOSED
    assert check_all() == []
