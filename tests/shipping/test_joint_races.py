"""Two at once: orders that go together, the plan, and what leaves while it is changed."""

from datetime import date
from decimal import Decimal
from threading import Thread

import pytest
from django.db import connection

from fulfillment import services as fulfillment
from o2c.kernel.lost_updates import ChangedMeanwhile
from shipping import services
from shipping.models import (
    CarrierService,
    FreightRate,
    FreightZone,
    PickupPlan,
    Shipment,
)
from shipping.services import arranging, consolidating, holding, planning
from tests.factories import (
    CarrierFactory,
    PickupScheduleFactory,
    ProductFactory,
    StockLevelFactory,
)
from tests.race import in_line, meanwhile, while_it_waits, without_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def picked(place, release, pick):
    """Return picked lists of one piece, of a product of their own."""

    def picked(customer):
        product = ProductFactory.create()
        StockLevelFactory.create(product=product)
        [pick_list] = release(place({product: 1}, by=customer))
        pick(pick_list)
        return pick_list

    return picked


@pytest.fixture
def pack(now, actor):
    def pack(pick_list):
        return lambda: fulfillment.pack(pick_list.pk, weights=[Decimal(10)], at=now, actor=actor)

    return pack


@pytest.fixture
def pack_both(schedule, make_customer, picked, pack, monkeypatch):
    """Pack two lists of one customer, whose orders go together.

    The second is packed when the first has looked for a shipment to join.
    """
    customer = make_customer(consolidation="automatic")
    functions = [pack(picked(customer)) for _each in range(2)]
    return lambda: meanwhile(monkeypatch, (consolidating, "lock_many"), *functions)


def test_packed_at_once_they_go_together(pack_both, books):
    pack_both()

    assert Shipment.objects.get().package_count == 2
    assert books() == []


def test_race_of_packing_is_real_without_the_locks(pack_both, monkeypatch):
    """Guards the test above: then neither finds the other's shipment."""
    without_locks(monkeypatch)

    pack_both()

    assert Shipment.objects.count() == 2


@pytest.fixture
def cheaper(schedule):
    """A cheaper carrier comes a day later."""
    other = PickupScheduleFactory.create(carrier=CarrierFactory.create(code="CAR"), weekday=3)
    for row, amount in ((schedule, 50), (other, 20)):
        service = CarrierService.objects.create(carrier=row.carrier, code="STD", name="Standard")
        zone = FreightZone.objects.create(carrier=row.carrier, code="DE", countries=["DE"])
        FreightRate.objects.create(
            service=service, zone=zone, currency="EUR", amount=amount, valid_from=date(2026, 1, 1)
        )
    return other


@pytest.fixture
def arrange(cheaper, customer, picked, pack, now, actor):
    """Plan a house with one shipment and one list on the floor."""
    pack(picked(customer))()
    picked(customer)
    Shipment.objects.get().lines.get().order.lines.update(promised_on=date(2026, 11, 25))
    return lambda: services.arrange_pickups(cheaper.warehouse_id, at=now, actor=actor)


def test_planned_twice_at_once_all_is_moved_and_reserved_once(arrange):
    results = while_it_waits(arrange, arrange)

    assert [result.moved for result in results] == [1, 0]
    assert PickupPlan.objects.count() == 1
    assert Shipment.objects.get().carrier.code == "CAR"


def test_race_of_plans_is_real_without_the_locks(arrange, monkeypatch):
    """Guards the test above: then both move what the other one moves."""
    without_locks(monkeypatch)
    monkeypatch.setattr(arranging, "reserve", lambda *_chosen: None)

    results = while_it_waits(arrange, arrange)

    assert [result.moved for result in results] == [1, 1]


@pytest.fixture
def label(arrange, now, actor):
    shipment = Shipment.objects.get()
    return lambda: services.label_shipment(shipment.pk, at=now, actor=actor)


@pytest.fixture
def label_and_arrange(arrange, label, monkeypatch):
    """Plan the house when a shipment is read to be labelled, and not labelled yet."""
    return lambda: meanwhile(monkeypatch, (planning, "lock"), label, arrange)


def carriers():
    """Return whose label it has, and who comes for it."""
    shipment = Shipment.objects.get()
    return shipment.tracking_number[:3], shipment.carrier.code


def test_what_is_labelled_stays_with_its_carrier(label_and_arrange):
    label_and_arrange()

    assert carriers() == ("NWF", "NWF")


def test_what_is_planned_gets_the_label_of_the_carrier_who_comes(arrange, label):
    in_line(arrange, label)

    assert carriers() == ("CAR", "CAR")


def test_race_of_plan_and_label_is_real_without_the_locks(label_and_arrange, monkeypatch):
    """Guards the tests above: then the label is one carrier's, and the pickup another one's."""
    without_locks(monkeypatch)

    label_and_arrange()

    assert carriers() == ("NWF", "CAR")


@pytest.fixture
def joined_meanwhile(schedule, customer, picked, pack, now, actor, monkeypatch):
    """Dispatch a shipment; after it has looked what is in it, another one is joined to it."""
    pack(picked(customer))()
    pack(picked(customer))()
    joint, joining = Shipment.objects.order_by("pk")

    def join_and_label():
        try:
            services.join_shipment(joining.pk, with_id=joint.pk, at=now, actor=actor)
            services.label_shipment(joint.pk, at=now, actor=actor)
        finally:
            connection.close()

    lock_many = holding.lock_many

    def after_a_change(*args):
        thread = Thread(target=join_and_label)
        thread.start()
        thread.join(timeout=20)
        return lock_many(*args)

    monkeypatch.setattr(holding, "lock_many", after_a_change)
    return lambda: services.dispatch_shipment(joint.pk, at=now, actor=actor)


def test_what_is_joined_while_it_is_dispatched_is_not_left_behind(joined_meanwhile, books):
    with pytest.raises(ChangedMeanwhile):
        joined_meanwhile()

    assert {row.state for row in Shipment.objects.all()} == {"labelled", "cancelled"}
    assert books() == []


def test_race_of_dispatch_and_join_is_real_without_the_second_look(
    joined_meanwhile, books, monkeypatch
):
    """Guards the test above: then only half of the shipment is booked."""
    monkeypatch.setattr(holding, "_refuse_if_joined", lambda *_seen: None)

    joined_meanwhile()

    assert books() != []
