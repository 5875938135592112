"""Two at once: the same money, and the same item."""

from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest

from collection import services
from collection.models import Receipt
from collection.services import RecordedAlready, applying
from o2c.kernel.errors import InvalidInput
from o2c.kernel.invariants import check_all
from receivables.models import Application
from tests.race import run_together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
DUE = date(2026, 11, 30)


def outcomes(results):
    return sorted(type(result).__name__ for result in results)


@pytest.mark.parametrize("is_known", [True, False])
def test_the_same_money_is_recorded_once(customer, pay, is_known):
    payer = customer if is_known else None

    results = run_together(lambda: pay(payer, "119.00"), lambda: pay(payer, "119.00"))

    assert outcomes(results) == ["Receipt", RecordedAlready.__name__]
    assert Receipt.objects.count() == 1
    assert check_all() == []


def test_two_clerks_pay_the_same_item_and_one_is_refused(customer, owe, pay):
    item = owe(customer, "119.00", due_on=DUE)

    results = run_together(
        lambda: pay(customer, "119.00", "REF-1", {item.pk: "119.00"}),
        lambda: pay(customer, "119.00", "REF-2", {item.pk: "119.00"}),
    )

    item.refresh_from_db()
    assert outcomes(results) == [InvalidInput.__name__, "Receipt"]
    assert (item.applied, Application.objects.count()) == (Decimal("119.000"), 1)
    assert check_all() == []


def test_two_clerks_spend_the_same_receipt_and_one_is_refused(customer, owe, pay, now, clerk_actor):
    first, second = owe(customer, "119.00", due_on=DUE), owe(customer, "119.00", due_on=DUE)
    receipt = pay(customer, "119.00")

    def spend_on(item):
        return services.apply_receipt(
            receipt.pk, amounts={item.pk: Decimal(119)}, at=now, actor=clerk_actor
        )

    results = run_together(lambda: spend_on(first), lambda: spend_on(second))

    receipt.refresh_from_db()
    assert outcomes(results) == [InvalidInput.__name__, "Receipt"]
    assert (receipt.state, receipt.applied) == ("applied", Decimal("119.000"))
    assert check_all() == []


def test_race_is_real_without_the_lock(customer, owe, pay, now, clerk_actor, monkeypatch):
    """Guards the tests above: without locks both clerks see an item that is still open."""
    item = owe(customer, "119.00", due_on=DUE)
    receipts = [pay(customer, "119.00", f"REF-{number}") for number in range(2)]
    without_locks(monkeypatch)
    both_have_looked, check = Barrier(2, timeout=5), applying.check_amounts
    monkeypatch.setattr(
        applying,
        "check_amounts",
        lambda *args: (check(*args), both_have_looked.wait()),
    )

    def spend(receipt):
        return services.apply_receipt(
            receipt.pk, amounts={item.pk: Decimal(119)}, at=now, actor=clerk_actor
        )

    results = run_together(*[lambda receipt=receipt: spend(receipt) for receipt in receipts])

    assert outcomes(results) == ["Receipt", "Receipt"]
    assert sum(a.amount for a in Application.objects.all()) == Decimal("238.000")
    item.refresh_from_db()
    assert item.amount == Decimal("119.000")
