"""Two orders racing for one credit limit."""

from decimal import Decimal
from functools import partial

import pytest

from credit import services
from credit.models import CreditAccount, ExposureEntry
from orders.models import Order
from tests.factories import CreditAccountFactory
from tests.race import in_line, run_together, while_it_waits, without_locks

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


@pytest.fixture
def order_and_hold(place, now, analyst):
    """Order, and place the customer on hold."""
    customer = CreditAccountFactory.create().customer
    hold = partial(
        services.place_hold, customer.pk, kind="manual", reason="Asks", at=now, actor=analyst
    )
    return partial(place, customer, 10), hold


def checked():
    """Return where the order is, and how many holds were seen when it was checked."""
    order = Order.objects.get()
    return order.state, len(order.credit_checks.get().inputs["holds"])


def test_order_before_the_hold_is_released(order_and_hold):
    while_it_waits(*order_and_hold)

    assert checked() == ("released", 0)


def test_order_after_the_hold_waits(order_and_hold):
    while_it_waits(*reversed(order_and_hold))

    assert checked() == ("on_hold", 1)
