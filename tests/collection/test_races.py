"""Two at once: the same money, and the same item."""

from datetime import date
from decimal import Decimal
from functools import partial
from threading import Barrier

import pytest

from collection import services
from collection.models import Receipt
from collection.services import NotKept, RecordedAlready, applying, reservations
from credit import services as credit
from credit.models import OrderPrepayment
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.invariants import check_all
from receivables.models import Application
from tests.invoicing.shipped import place as place_stocked
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


@pytest.fixture
def receipt(customer, pay):
    """Money of 119.00 that nobody has used yet."""
    return pay(customer, "119.00")


@pytest.fixture
def reserve_twice(customer, receipt, now, clerk_actor):
    """Keep one receipt for two waiting orders at once; return how it ended for each."""
    hold(customer, now)
    waiting = [place_stocked(customer, ("1", "119.00")) for _ in range(2)]
    keep = partial(services.reserve_receipt, receipt.pk, at=now, actor=clerk_actor)
    return lambda: outcomes(run_together(*(partial(keep, order_id=row.pk) for row in waiting)))


@pytest.fixture
def reserve_and_spend(customer, owe, receipt, now, clerk_actor):
    """Keep one receipt for a waiting order, and pay an item with it, at once."""
    item = owe(customer, "119.00", due_on=DUE)
    hold(customer, now)
    order = place_stocked(customer, ("1", "119.00"))
    told = {"at": now, "actor": clerk_actor}
    keep = partial(services.reserve_receipt, receipt.pk, order_id=order.pk, **told)
    spend = partial(services.apply_receipt, receipt.pk, amounts={item.pk: Decimal(119)}, **told)
    return lambda: outcomes(run_together(keep, spend))


def hold(customer, now):
    """Let what is ordered from now on wait, paid in advance or not."""
    credit.place_hold(customer.pk, kind="manual", reason="Asks", at=now, actor=Actor.job("test"))


def wait_for_both(monkeypatch, *places):
    """Let both go on only when both have looked at the receipt."""
    both_have_looked = Barrier(2, timeout=5)
    for module, name in places:
        check = getattr(module, name)
        monkeypatch.setattr(
            module,
            name,
            lambda *args, check=check: (check(*args), both_have_looked.wait())[0],
        )


def test_one_receipt_is_kept_for_one_order(reserve_twice, receipt):
    assert reserve_twice() == [NotKept.__name__, "Receipt"]

    receipt.refresh_from_db()
    told = OrderPrepayment.objects.values_list("order", "amount")
    assert (receipt.reserved, receipt.free) == (Decimal("119.000"), 0)
    assert list(told) == [(receipt.reserved_for_id, Decimal("119.000"))]
    assert check_all() == []


def test_two_orders_get_one_receipt_without_the_lock(reserve_twice, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)
    wait_for_both(monkeypatch, (reservations, "_ensure_takes"))

    assert reserve_twice() == ["Receipt", "Receipt"]


def test_one_receipt_is_kept_or_spent(reserve_and_spend, receipt):
    first_is_kept, first_is_spent = [InvalidInput.__name__, "Receipt"], ["NotKept", "Receipt"]

    assert reserve_and_spend() in (first_is_kept, first_is_spent)

    receipt.refresh_from_db()
    assert receipt.reserved + receipt.applied == Decimal("119.000")
    assert receipt.free == 0
    assert check_all() == []


def test_only_the_database_stops_it_without_the_lock(reserve_and_spend, monkeypatch):
    """Guards the test above: both see free money, and nobody is told in words."""
    without_locks(monkeypatch)
    wait_for_both(monkeypatch, (reservations, "_ensure_takes"), (applying, "check_amounts"))

    assert reserve_and_spend() == ["IntegrityError", "Receipt"]
