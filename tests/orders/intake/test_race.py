"""Two people decide about one document at the same moment."""

from decimal import Decimal

import pytest
from django_fsm import TransitionNotAllowed

from o2c.kernel.actors import Actor
from orders.intake import reviewing
from orders.intake.documents import ReadLine, ReadOrder
from orders.models import IntakeDocument, Order
from tests.factories import NOW
from tests.race import meanwhile, without_locks

MAYA = Actor(kind="user", id="1", name="Maya Brandt")


@pytest.fixture
def race(transactional_db, books, intake, monkeypatch):
    """Accept one document twice at once, under two PO numbers; return what each got."""
    intake("Customer,PO,SKU,Qty\nC-17850,4712,NO-SUCH,1\n", "--commit")
    document = IntakeDocument.objects.get()

    def accept(po_number):
        line = ReadLine(row=1, sku="85123A", quantity=Decimal(1))
        corrected = ReadOrder(part="", customer="C-17850", po_number=po_number, lines=[line])
        return reviewing.accept_document(document.pk, corrected=corrected, at=NOW, actor=MAYA)

    once_judged = (reviewing, "judge")
    return lambda: meanwhile(monkeypatch, once_judged, lambda: accept("A"), lambda: accept("B"))


def test_a_document_becomes_one_order(race):
    results = race()

    assert [type(result) for result in results] == [Order, TransitionNotAllowed]
    assert Order.objects.get().customer_po == "A"


def test_race_is_real_without_the_lock(race, monkeypatch):
    """Guards the test above: without row locks both make an order."""
    without_locks(monkeypatch)

    assert [type(result) for result in race()] == [Order, Order]
    assert Order.objects.count() == 2
