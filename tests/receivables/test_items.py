"""Open items: an issued invoice is owed from then on, and the journal says so."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from invoicing import services as invoicing
from o2c.kernel.invariants import check_all
from orders.models import Order
from receivables import services
from receivables.models import JournalEntry, JournalLine, OpenItem
from tests.invoicing.shipped import ACTOR, ship

pytestmark = pytest.mark.django_db


def lines_of(source):
    lines = JournalLine.objects.filter(entry__source=source).order_by("account")
    return [(line.account, str(line.debit), str(line.credit)) for line in lines]


def test_opens_the_claim_of_an_issued_invoice(owe):
    item = owe("100.00")

    assert (item.amount, item.balance, item.state) == (
        Decimal("119.000"),
        Decimal("119.000"),
        OpenItem.State.OPEN,
    )
    assert [str(day) for day in (item.issued_on, item.due_on)] == ["2026-11-18", "2026-12-18"]


def test_posts_receivable_against_revenue_and_tax(owe):
    item = owe("100.00")

    assert lines_of(f"invoice:{item.invoice_id}") == [
        ("1200", "119.000", "0.000"),
        ("2200", "0.000", "19.000"),
        ("4000", "0.000", "100.000"),
    ]


def test_settles_an_order_that_costs_nothing(customer, now):
    shipment = ship(customer, ("1", "0.00"))

    invoicing.bill_shipment(shipment.pk, at=now, actor=ACTOR)

    assert not OpenItem.objects.exists()
    assert Order.objects.get().state == Order.State.CLOSED
    assert check_all() == []


def post(company, customer, now, *lines):
    services.post(
        company_id=company.pk,
        customer_id=customer.pk,
        kind="test",
        source="test:1",
        posted_on=now.date(),
        currency="EUR",
        lines=[(account, Decimal(debit), Decimal(credit)) for account, debit, credit in lines],
        at=now,
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([("1200", "10", "0"), ("4000", "0", "9")], id="one cent short"),
        pytest.param([("1200", "10", "0")], id="one side"),
        pytest.param([], id="no lines"),
        pytest.param([("1200", "0", "0"), ("4000", "0", "0")], id="nothing"),
    ],
)
def test_refuses_an_entry_that_does_not_balance(company, customer, now, lines):
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        post(company, customer, now, *lines)

    assert not JournalEntry.objects.exists()


def test_refuses_a_line_that_comes_later(company, customer, now):
    post(company, customer, now, ("1200", "10", "0"), ("4000", "0", "10"))

    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        JournalLine.objects.create(entry=JournalEntry.objects.get(), account="1200", debit=1)

    assert JournalLine.objects.count() == 2


def test_posts_a_source_once(company, customer, now):
    post(company, customer, now, ("1200", "10", "0"), ("4000", "0", "10"))

    with pytest.raises(IntegrityError, match="source_once"), transaction.atomic():
        post(company, customer, now, ("1200", "10", "0"), ("4000", "0", "10"))

    assert JournalEntry.objects.count() == 1


@pytest.mark.parametrize("table", ["journalentry", "journalline", "application"])
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_never_changes_what_was_posted(owe, pay, table, change):
    pay(owe(), "10.00")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with (
        pytest.raises(IntegrityError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(f"receivables_{table}"))

    assert lines_of("application:1") or JournalLine.objects.exists()
