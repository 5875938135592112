"""Two at once: the same money, and the same item."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from collection import services
from collection.models import Receipt
from collection.services import NotKept, RecordedAlready
from credit import services as credit
from credit.models import OrderPrepayment
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.invariants import check_all
from receivables.models import Application
from tests.invoicing.shipped import place as place_stocked
from tests.race import in_line, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
DUE = date(2026, 11, 30)


def outcomes(results):
    return [type(result).__name__ for result in results]


@pytest.mark.parametrize("is_known", [True, False])
def test_the_same_money_is_recorded_once(customer, pay, is_known):
    payer = customer if is_known else None

    results = in_line(lambda: pay(payer, "119.00"), lambda: pay(payer, "119.00"))

    assert outcomes(results) == ["Receipt", RecordedAlready.__name__]
    assert Receipt.objects.count() == 1
    assert check_all() == []


def test_two_clerks_pay_the_same_item_and_one_is_refused(customer, owe, pay):
    item = owe(customer, "119.00", due_on=DUE)

    results = in_line(
        lambda: pay(customer, "119.00", "REF-1", {item.pk: "119.00"}),
        lambda: pay(customer, "119.00", "REF-2", {item.pk: "119.00"}),
    )

    item.refresh_from_db()
    assert outcomes(results) == ["Receipt", InvalidInput.__name__]
    assert (item.applied, Application.objects.count()) == (Decimal("119.000"), 1)
    assert check_all() == []


def test_two_clerks_spend_the_same_receipt_and_one_is_refused(customer, owe, pay, now, clerk_actor):
    first, second = owe(customer, "119.00", due_on=DUE), owe(customer, "119.00", due_on=DUE)
    receipt = pay(customer, "119.00")

    def spend_on(item):
        return services.apply_receipt(
            receipt.pk, amounts={item.pk: Decimal(119)}, at=now, actor=clerk_actor
        )

    results = in_line(lambda: spend_on(first), lambda: spend_on(second))

    receipt.refresh_from_db()
    assert outcomes(results) == ["Receipt", InvalidInput.__name__]
    assert (receipt.state, receipt.applied) == ("applied", Decimal("119.000"))
    assert check_all() == []


def test_race_is_real_without_the_lock(customer, owe, pay, now, clerk_actor, monkeypatch):
    """Guards the tests above: without locks both clerks see an item that is still open."""
    item = owe(customer, "119.00", due_on=DUE)
    receipts = [pay(customer, "119.00", f"REF-{number}") for number in range(2)]
    without_locks(monkeypatch)

    def spend(receipt):
        return services.apply_receipt(
            receipt.pk, amounts={item.pk: Decimal(119)}, at=now, actor=clerk_actor
        )

    results = in_line(*[lambda receipt=receipt: spend(receipt) for receipt in receipts])

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
    """Keep one receipt for two orders, the second while it waits; return how it ended for each."""
    hold(customer, now)
    waiting = [place_stocked(customer, ("1", "119.00")) for _ in range(2)]
    keep = partial(services.reserve_receipt, receipt.pk, at=now, actor=clerk_actor)
    return lambda: outcomes(in_line(*(partial(keep, order_id=row.pk) for row in waiting)))


@pytest.fixture
def keep_and_spend(customer, owe, receipt, now, clerk_actor):
    """Keep one receipt for a waiting order, and pay an item with it."""
    item = owe(customer, "119.00", due_on=DUE)
    hold(customer, now)
    order = place_stocked(customer, ("1", "119.00"))
    told = {"at": now, "actor": clerk_actor}
    keep = partial(services.reserve_receipt, receipt.pk, order_id=order.pk, **told)
    spend = partial(services.apply_receipt, receipt.pk, amounts={item.pk: Decimal(119)}, **told)
    return keep, spend


def hold(customer, now):
    """Let what is ordered from now on wait, paid in advance or not."""
    credit.place_hold(customer.pk, kind="manual", reason="Asks", at=now, actor=Actor.job("test"))


def test_one_receipt_is_kept_for_one_order(reserve_twice, receipt):
    assert reserve_twice() == ["Receipt", NotKept.__name__]

    receipt.refresh_from_db()
    told = OrderPrepayment.objects.values_list("order", "amount")
    assert (receipt.reserved, receipt.free) == (Decimal("119.000"), 0)
    assert list(told) == [(receipt.reserved_for_id, Decimal("119.000"))]
    assert check_all() == []


def test_two_orders_get_one_receipt_without_the_lock(reserve_twice, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)

    assert reserve_twice() == ["Receipt", "Receipt"]


def test_receipt_that_is_kept_is_not_spent(keep_and_spend, receipt):
    assert outcomes(in_line(*keep_and_spend)) == ["Receipt", InvalidInput.__name__]

    receipt.refresh_from_db()
    assert (receipt.reserved, receipt.applied, receipt.free) == (Decimal("119.000"), 0, 0)
    assert check_all() == []


def test_receipt_that_is_spent_is_not_kept(keep_and_spend, receipt):
    assert outcomes(in_line(*reversed(keep_and_spend))) == ["Receipt", NotKept.__name__]

    receipt.refresh_from_db()
    assert (receipt.reserved, receipt.applied, receipt.free) == (0, Decimal("119.000"), 0)
    assert check_all() == []


@pytest.mark.parametrize("ordered", [tuple, reversed], ids=["kept first", "spent first"])
def test_only_the_database_stops_it_without_the_lock(keep_and_spend, ordered, monkeypatch):
    """Guards the tests above: both see free money, and nobody is told in words."""
    without_locks(monkeypatch)

    assert outcomes(in_line(*ordered(keep_and_spend))) == ["Receipt", "IntegrityError"]
