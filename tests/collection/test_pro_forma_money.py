"""Money that names a pro forma is kept for its order at once, before anything else gets it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collection import selectors, services
from collection.models import Receipt
from credit import services as credit
from credit.models import OrderPrepayment
from invoicing import services as invoicing
from invoicing.models import ProForma
from o2c.kernel import outbox
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.invariants import check_all
from orders.models import Order
from receivables.models import Application, OpenItem
from tests.invoicing.freighted import tariff
from tests.invoicing.shipped import leave, pack, ready
from tests.invoicing.shipped import place as place_stocked

ANALYST = Actor(kind="user", id="-7", name="Tomás Rey")


@pytest.fixture
def poor(debtor, owe, now):
    """A customer who owes 500.00 against a limit of 10.00."""
    customer = debtor("Poor Mill")
    owe(customer, "500.00", due_on=now.date() + timedelta(days=20))
    credit.set_limit(
        customer.pk,
        limit=Decimal(10),
        valid_until=now.date() + timedelta(days=90),
        reason="Pays badly",
        at=now,
        actor=ANALYST,
    )
    return customer


@pytest.fixture
def declined(poor, now):
    order = place_stocked(poor, ("1", "100.00"))
    credit.decline_order(order.pk, reason="Too risky", at=now, actor=ANALYST)
    order.refresh_from_db()
    return order


@pytest.fixture
def asked(declined, now, actor):
    """The pro forma of 100.00 for the declined order."""
    return invoicing.ask_for_prepayment(declined.pk, at=now, actor=actor)


def read_again(*rows):
    for row in rows:
        row.refresh_from_db()


@pytest.mark.parametrize("text", ["{}", "payment of {} thank you", "pf {digits}", "PF{digits}"])
def test_money_that_names_it_lets_the_order_go(declined, asked, pay, text):
    digits = asked.number.removeprefix("PF-")

    receipt = pay(declined.customer, "100.00", text.format(asked.number, digits=digits))

    read_again(declined, asked, receipt)
    assert (receipt.reserved_for, receipt.reserved, receipt.free) == (declined, 100, 0)
    assert (declined.state, asked.state) == ("released", "paid")
    assert not Application.objects.exists()
    assert check_all() == []


def test_half_of_it_is_kept_and_the_rest_is_waited_for(declined, asked, pay):
    half = pay(declined.customer, "60.00", asked.number)
    read_again(declined, asked)
    after_half = (declined.state, asked.state)

    rest = pay(declined.customer, "55.00", f"{asked} rest")

    read_again(declined, asked, half, rest)
    assert after_half == ("declined", "issued")
    assert (half.reserved, rest.reserved, rest.free) == (60, 40, 15)
    assert (declined.state, asked.state) == ("released", "paid")
    assert check_all() == []


def test_its_invoice_is_paid_by_the_money_that_was_kept(declined, asked, pay, now, actor):
    receipt = pay(declined.customer, "100.00", asked.number)
    ready()
    shipment = leave(pack(declined, at=now), at=now)
    invoicing.bill_shipment(shipment.pk, at=now, actor=actor)
    for _round in range(2):
        outbox.deliver_due(limit=100)

    read_again(receipt, asked)
    assert (receipt.state, receipt.applied, receipt.reserved) == ("applied", 100, 0)
    assert declined.invoices.get().open_items.get().state == "settled"
    assert asked.state == "paid"
    assert check_all() == []


def test_an_unknown_payers_money_is_kept_once_we_know_who_it_was(
    declined, asked, pay, now, clerk_actor
):
    receipt = pay(None, "100.00", asked.number)
    assert OrderPrepayment.objects.count() == 0

    services.identify_receipt(
        receipt.pk, customer_id=declined.customer_id, at=now, actor=clerk_actor
    )

    read_again(declined, asked, receipt)
    assert (declined.state, asked.state, receipt.reserved) == ("released", "paid", 100)
    assert check_all() == []


def test_another_customers_number_keeps_nothing(asked, debtor, pay):
    receipt = pay(debtor("Other"), "100.00", asked.number)

    read_again(asked, receipt)
    assert (receipt.reserved, receipt.reserved_for, asked.state) == (0, None, "issued")
    assert not OrderPrepayment.objects.exists()


def test_digits_alone_keep_nothing(declined, asked, pay):
    receipt = pay(declined.customer, "100.00", asked.number.removeprefix("PF-"))

    read_again(asked, receipt)
    assert (receipt.reserved, asked.state) == (0, "issued")


def test_what_the_clerk_applies_goes_first(declined, asked, pay):
    item = OpenItem.objects.get()

    receipt = pay(declined.customer, "100.00", asked.number, {item.pk: "30.00"})

    read_again(receipt, declined, asked)
    assert (receipt.applied, receipt.reserved, receipt.free) == (30, 70, 0)
    assert (declined.state, asked.state) == ("declined", "issued")
    assert check_all() == []


def test_freight_was_not_paid_in_advance_and_is_owed_by_the_usual_terms(
    declined, asked, pay, now, actor
):
    tariff("20")
    Order.objects.filter(pk=declined.pk).update(freight_terms="charged")
    pay(declined.customer, "100.00", asked.number)
    shipment = leave(pack(declined, at=now), at=now)
    [invoice] = invoicing.bill_shipment(shipment.pk, at=now, actor=actor)
    for _round in range(2):
        outbox.deliver_due(limit=100)
    item = OpenItem.objects.get(invoice=invoice)
    left = (invoice.freight_amount, item.balance, item.due_on)
    books = check_all()

    pay(declined.customer, "20.00", "REF-9", {item.pk: "20.00"})

    read_again(declined, item)
    assert left == (20, 20, invoice.due_on)
    assert (item.state, declined.state) == ("settled", "closed")
    assert (books, check_all()) == ([], [])


def test_what_is_refused_leaves_nothing_behind(declined, asked, pay):
    item = OpenItem.objects.get()

    with pytest.raises(InvalidInput):
        pay(declined.customer, "100.00", asked.number, {item.pk: "300.00"})

    read_again(asked)
    assert asked.state == "issued"
    assert not Receipt.objects.exists()
    assert not OrderPrepayment.objects.exists()


def test_money_of_a_withdrawn_one_is_suggested_only(declined, asked, pay, now, actor):
    invoicing.withdraw_pro_forma(asked.pk, reason="Mistake", at=now, actor=actor)
    other = place_stocked(declined.customer, ("1", "20.00"))

    receipt = pay(declined.customer, "100.00", asked.number)

    read_again(receipt)
    listed = selectors.orders_to_pay(receipt)
    assert receipt.reserved == 0
    assert [(one.order, one.is_named) for one in listed] == [(declined, True), (other, False)]


def test_an_order_placed_anew_leaves_the_money_to_a_person(poor, pay, now, actor):
    order = place_stocked(poor, ("1", "100.00"), customer_po="4711")
    credit.decline_order(order.pk, reason="Too risky", at=now, actor=ANALYST)
    asked = invoicing.ask_for_prepayment(order.pk, at=now, actor=actor)
    place_stocked(poor, ("1", "100.00"), customer_po="4711")

    receipt = pay(poor, "100.00", asked.number)

    read_again(receipt, asked, order)
    assert (receipt.reserved, asked.state, order.state) == (0, "issued", "declined")


def test_the_form_shows_what_is_kept_and_suggests_no_item_for_it(clerk, declined, asked):
    entries = {
        "customer": declined.customer_id,
        "amount": "130.00",
        "reference": "SEPA 1",
        "payer_text": asked.number,
    }

    page = clerk.get("/collections/receipts/new/", entries)

    totals = page.context["totals"]
    assert (totals.kept, totals.applied, totals.left) == (100, 30, 0)
    assert f"Kept for {declined}" in page.content.decode()


def test_ordinary_money_costs_no_statement_more(customer, owe, pay, now):
    owe(customer, "119.00", due_on=now.date())

    with CaptureQueriesContext(connection) as caught:
        pay(customer, "119.00")

    assert [query for query in caught if "proforma" in query["sql"]] == []
    assert not ProForma.objects.exists()
