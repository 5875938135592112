"""Two credits of one line at the same moment: never more is credited than was billed."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from invoicing import services
from invoicing.models import Invoice, InvoiceLine, UnbilledReturn
from invoicing.services import returns
from tests.factories import NOW
from tests.invoicing.coming_back import send_back
from tests.invoicing.shipped import ACTOR, customer_with_credit, ship
from tests.race import in_line, while_it_waits, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


def crediting_of(invoice, source):
    line = invoice.lines.get(quantity=3)
    return lambda: services.credit_invoice(
        invoice.pk,
        quantities={line.pk: Decimal(2)},
        reason="return",
        source=source,
        at=NOW,
        actor=ACTOR,
    )


def test_credits_one_of_two_that_do_not_both_fit(invoice):
    answers = in_line(crediting_of(invoice, "test:1"), crediting_of(invoice, "test:2"))

    assert [type(answer).__name__ for answer in answers] == ["Invoice", "OverCredited"]
    credited = InvoiceLine.objects.filter(original__isnull=False).aggregate(sum=Sum("quantity"))
    assert credited == {"sum": 2}


def test_race_is_real_without_the_locks(invoice, monkeypatch):
    """Guards the test above: the second does not see what the first one credits.

    What the lines of the order count then refuses the second, at the very last.
    """
    without_locks(monkeypatch)

    answers = in_line(crediting_of(invoice, "test:1"), crediting_of(invoice, "test:2"))

    assert [type(answer).__name__ for answer in answers] == ["Invoice", "IntegrityError"]


def test_the_same_return_told_twice_at_once_is_credited_once(invoice, shipment):
    row = send_back(shipment, "1")

    def told():
        return services.credit_return(row.pk, at=NOW, actor=ACTOR)

    answers = while_it_waits(told, told)

    assert [[memo.number for memo in answer] for answer in answers] == [["CM-00001"]] * 2
    assert Invoice.objects.filter(kind="credit_memo").count() == 1


@pytest.fixture
def unbilled(company):
    """A return of goods that are not billed yet, settled."""
    shipment = ship(customer_with_credit(billing_trigger="delivery"), ("2", "50.00"))
    return send_back(shipment, "1")


def leaving_out(row):
    return lambda: returns.leave_out_of_bill(row.pk, at=NOW, actor=ACTOR)


def test_the_same_goods_are_left_out_of_the_bill_once(unbilled):
    answers = in_line(leaving_out(unbilled), leaving_out(unbilled))

    assert [len(answer) for answer in answers] == [1, 0]
    assert UnbilledReturn.objects.count() == 1


def test_leaving_out_twice_is_real_without_the_locks(unbilled, monkeypatch):
    """Guards the test above: both would leave it out, and only the constraint refuses."""
    without_locks(monkeypatch)

    answers = in_line(leaving_out(unbilled), leaving_out(unbilled))

    assert [type(answer).__name__ for answer in answers] == ["list", "IntegrityError"]
