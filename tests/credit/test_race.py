"""Two orders racing for one credit limit."""

from decimal import Decimal
from functools import partial

import pytest

from credit import services
from credit.models import CreditAccount, ExposureEntry
from orders.models import Order
from tests.factories import CreditAccountFactory, ProductFactory
from tests.race import in_line, run_together, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def race(place):
    """Place five orders of 595.00 against a limit of 1,200.00; return their states.

    The first one is committed when the others wait for it.
    """

    def run() -> list[str]:
        customer = CreditAccountFactory.create(limit=Decimal(1200)).customer
        in_line(*(partial(place, customer, 500) for _ in range(5)))
        return list(Order.objects.order_by("pk").values_list("state", flat=True))

    return run


def test_only_two_orders_fit_the_limit(race):
    assert race() == ["released", "released", "on_hold", "on_hold", "on_hold"]
    assert CreditAccount.objects.get().exposure == Decimal("1190.00")


def test_race_is_real_without_the_lock(race, monkeypatch):
    """Guards the test above: if this passes no more, that one proves nothing."""
    without_locks(monkeypatch)

    assert race() == ["released"] * 5


def test_same_exposure_source_is_entered_once_at_the_same_moment(now):
    customer = CreditAccountFactory.create().customer
    record = partial(
        services.record_exposure,
        customer.pk,
        source="invoice:1",
        amounts={"open_item": Decimal(100)},
        at=now,
    )

    results = run_together(*[record] * 6)

    assert results == [None] * 6
    assert ExposureEntry.objects.count() == 1
    assert CreditAccount.objects.get().exposure == 100


def test_hold_and_order_at_the_same_moment_never_pass_each_other(place, now, analyst):
    """Either the order was first and is released, or the hold was and it waits."""
    customer = CreditAccountFactory.create().customer
    ProductFactory.create()
    hold = partial(
        services.place_hold, customer.pk, kind="manual", reason="Asks", at=now, actor=analyst
    )

    run_together(partial(place, customer, 10), hold)

    order = Order.objects.get()
    seen = order.credit_checks.get().inputs["holds"]
    assert (order.state, len(seen)) in [("released", 0), ("on_hold", 1)]
