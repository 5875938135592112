"""Billing at the same moment: one invoice per shipment, no number twice and none left out."""

import pytest
from django.db import connection

from invoicing import services
from invoicing.models import Invoice
from o2c.kernel.models import NumberSeries
from o2c.kernel.numbering import take_number
from o2c.kernel.transactions import service
from tests.factories import NOW, TODAY
from tests.invoicing.shipped import ACTOR, customer_with_credit, ship
from tests.race import in_line, run_together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer(company):
    return customer_with_credit()


def bill(shipment):
    return lambda: services.bill_shipment(shipment.pk, at=NOW, actor=ACTOR)


def test_bills_a_shipment_once_when_two_try_at_once(customer):
    shipment = ship(customer, ("2", "50.00"))

    answers = in_line(bill(shipment), bill(shipment))

    assert [len(invoices) for invoices in answers] == [1, 0]
    assert [invoice.number for invoice in Invoice.objects.all()] == ["INV-00001"]
    assert NumberSeries.objects.get().last_number == 1


def test_race_is_real_without_the_locks(customer, monkeypatch):
    """Guards the test above: without locks both bill, and only the constraint stops one."""
    shipment = ship(customer, ("2", "50.00"))
    without_locks(monkeypatch)

    answers = in_line(bill(shipment), bill(shipment))

    assert [type(answer).__name__ for answer in answers] == ["list", "IntegrityError"]
    assert Invoice.objects.count() == 1


def test_numbers_eight_invoices_at_once_without_a_gap(company):
    shipments = [ship(customer_with_credit(), ("1", "10.00")) for _number in range(8)]

    run_together(*[bill(shipment) for shipment in shipments])

    numbers = Invoice.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [f"INV-0000{number}" for number in range(1, 9)]


class GivenUpError(Exception):
    """The step failed after it had taken a number."""


@service
def number(company_id, *, fails):
    taken = take_number(company_id, "invoice", prefix="INV-", on=TODAY)
    if fails:
        raise GivenUpError
    return taken


def test_leaves_no_gap_where_every_third_step_rolls_back(company):
    steps = [lambda fails=not n % 3: number(company.pk, fails=fails) for n in range(8)]

    answers = [answer for _round in range(3) for answer in run_together(*steps)]

    taken = sorted(answer for answer in answers if isinstance(answer, str))
    assert taken == [f"INV-{n:05}" for n in range(1, len(taken) + 1)]
    assert len(taken) == 15
    assert NumberSeries.objects.get().last_number == 15


def test_gaps_are_real_with_a_sequence(company):
    """Guards the test above: a number drawn from a sequence is lost with the rollback."""
    first = draw(fails=False)
    with pytest.raises(GivenUpError):
        draw(fails=True)

    assert draw(fails=False) == first + 2


@service
def draw(*, fails):
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_number')")
        [drawn] = cursor.fetchone()
    if fails:
        raise GivenUpError
    return drawn
