"""The planner at work: promises before cost, within what pickups take, all in one step."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from fulfillment.services import pack
from o2c.kernel.models import AuditEntry
from shipping import services
from shipping.models import (
    CarrierService,
    FreightRate,
    FreightZone,
    PickupClosure,
    Shipment,
    ShipmentLine,
)
from tests.factories import (
    CarrierFactory,
    PickupScheduleFactory,
    ProductFactory,
    StockLevelFactory,
)

TODAY = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
TOMORROW = datetime(2026, 11, 19, 14, 30, tzinfo=UTC)


@pytest.fixture
def pack_one(place, release, pick, now, actor, make_customer):
    def pack_one(promised_on=date(2026, 11, 25)):
        product = ProductFactory.create()
        StockLevelFactory.create(product=product)
        order = place({product: 1}, by=make_customer())
        [pick_list] = release(order)
        order.lines.update(promised_on=promised_on)
        pick(pick_list)
        pack(pick_list.pk, weights=[Decimal(10)], at=now, actor=actor)
        return Shipment.objects.get(lines__pick_list=pick_list)

    return pack_one


@pytest.fixture
def arrange(now, actor):
    def arrange(shipment):
        return services.arrange_pickups(shipment.warehouse_id, at=now, actor=actor)

    return arrange


def priced(schedule, amount):
    """Let a carrier's freight to Germany cost so much."""
    service = CarrierService.objects.create(carrier=schedule.carrier, code="STD", name="Standard")
    zone = FreightZone.objects.create(carrier=schedule.carrier, code="DE", countries=["DE"])
    FreightRate.objects.create(
        service=service, zone=zone, currency="EUR", amount=amount, valid_from=date(2026, 1, 1)
    )
    return service


def other(weekday=3, **values):
    carrier = CarrierFactory.create(code="CAR", name="Carrow Lines")
    return PickupScheduleFactory.create(carrier=carrier, weekday=weekday, **values)


def test_takes_the_cheaper_pickup_that_keeps_the_promise(schedule, pack_one, arrange):
    shipment = pack_one()
    priced(schedule, 50)
    service = priced(other(), 20)

    outcome = arrange(shipment)

    shipment.refresh_from_db()
    assert (shipment.carrier.code, shipment.leaves_by) == ("CAR", TOMORROW)
    assert (shipment.service, shipment.freight_cost) == (service, Decimal(20))
    assert (shipment.freight_currency, shipment.expected_on) == ("EUR", date(2026, 11, 20))
    assert (outcome.planned, outcome.moved, outcome.late, outcome.left_behind) == (1, 1, 0, 0)
    assert outcome.is_proved


def test_keeps_a_promise_at_any_cost(schedule, pack_one, arrange):
    shipment = pack_one(promised_on=date(2026, 11, 19))
    priced(schedule, 5000)
    priced(other(), 1)

    outcome = arrange(shipment)

    shipment.refresh_from_db()
    assert (shipment.leaves_by, shipment.must_leave_by, outcome.late) == (TODAY, TODAY, 0)


def test_who_is_promised_soonest_gets_the_last_place(schedule, pack_one, arrange, books):
    relaxed, urgent = pack_one(), pack_one(promised_on=date(2026, 11, 19))
    schedule.capacity_packages = 1
    schedule.save()
    other()

    arrange(relaxed)

    placed = dict(Shipment.objects.values_list("pk", "leaves_by"))
    assert placed == {relaxed.pk: TOMORROW, urgent.pk: TODAY}
    assert books() == []


def test_what_is_labelled_keeps_its_place_and_takes_room(schedule, pack_one, arrange, now, actor):
    labelled, urgent = pack_one(), pack_one(promised_on=date(2026, 11, 19))
    services.label_shipment(labelled.pk, at=now, actor=actor)
    schedule.capacity_kg = Decimal(15)
    schedule.save()
    other()

    outcome = arrange(labelled)

    placed = dict(Shipment.objects.values_list("pk", "leaves_by"))
    assert placed == {labelled.pk: TODAY, urgent.pk: TOMORROW}
    assert (outcome.planned, outcome.late) == (1, 1)


def test_what_finds_no_room_stands_without_pickup(schedule, pack_one, arrange):
    shipment = pack_one()
    schedule.capacity_packages = 0
    schedule.save()

    outcome = arrange(shipment)

    shipment.refresh_from_db()
    assert (shipment.carrier, shipment.leaves_by, outcome.left_behind) == (None, None, 1)


def test_a_closure_moves_what_was_planned_and_the_last_instant(schedule, pack_one, arrange):
    shipment = pack_one(promised_on=date(2026, 11, 20))
    other(weekday=3, cut_off=time(15, 30))
    PickupClosure.objects.create(carrier=schedule.carrier, day=date(2026, 11, 18))

    arrange(shipment)

    shipment.refresh_from_db()
    assert (shipment.leaves_by, shipment.must_leave_by) == (TOMORROW, TOMORROW)


def test_what_its_truck_left_behind_gets_another_pickup_once(schedule, pack_one, now, actor):
    missed, labelled = pack_one(), pack_one()
    services.label_shipment(labelled.pk, at=now, actor=actor)
    later = other(weekday=4)
    waits = pack_one()
    friday = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
    Shipment.objects.filter(pk=waits.pk).update(leaves_by=friday, carrier=later.carrier)

    moved = [
        services.arrange_missed(at=TOMORROW, actor=actor),
        services.arrange_missed(at=TOMORROW, actor=actor),
    ]

    found = dict(Shipment.objects.values_list("pk", "leaves_by"))
    assert moved == [1, 0]
    assert found == {missed.pk: friday, labelled.pk: TODAY, waits.pk: friday}


def test_planned_twice_nothing_moves(schedule, pack_one, arrange):
    shipment = pack_one()
    arrange(shipment)

    assert arrange(shipment).moved == 0


def test_takes_as_many_statements_for_30_shipments_as_for_ten(
    schedule, pack_one, arrange, statements
):
    schedule.capacity_packages = 5
    schedule.save()
    cheaper = other(cut_off=time(9))
    priced(cheaper, 1)
    first = pack_one()
    for _shipment in range(9):
        pack_one()
    few = statements(lambda: arrange(first))
    for _shipment in range(20):
        pack_one()

    assert statements(lambda: arrange(first)) == few


@pytest.fixture
def cancel_all(now, actor):
    def cancel_all():
        for key in Shipment.objects.filter(state="planned").values_list("pk", flat=True):
            services.cancel_shipment(key, reason="Wrong carrier", at=now, actor=actor)

    return cancel_all


def test_gives_packed_lists_shipments_in_as_many_statements_for_20_as_for_one(
    schedule, pack_one, arrange, cancel_all, statements, books
):
    first = pack_one()
    cancel_all()
    one = statements(lambda: arrange(first))
    for _shipment in range(19):
        pack_one()
    cancel_all()

    many = statements(lambda: arrange(first))

    assert many == one
    assert Shipment.objects.filter(state="planned").count() == 20
    assert books() == []


def test_gives_each_packed_list_a_shipment_of_its_own_goods(
    schedule, pack_one, arrange, cancel_all, now, actor
):
    days = [date(2026, 11, 25), date(2026, 11, 20), date(2026, 11, 25)]
    before = [pack_one(promised_on=day) for day in days]
    lists = [shipment.lines.get().pick_list for shipment in before]
    carried = {row.pk: (row.customer_id, row.must_leave_by, row.weight_kg) for row in before}
    lines = [(line.order_line_id, line.quantity) for line in ShipmentLine.objects.order_by("pk")]
    cancel_all()
    stays = pack_one()

    outcome = arrange(before[0])

    again = [Shipment.objects.get(lines__pick_list=row, state="planned") for row in lists]
    entries = [AuditEntry.objects.get(subject=row.label, action="create") for row in again]
    assert (outcome.planned, Shipment.objects.filter(lines__isnull=False).count()) == (4, 4)
    assert [(row.customer_id, row.must_leave_by, row.weight_kg) for row in again] == list(
        carried.values()
    )
    found = [row.lines.get() for row in again]
    assert [(line.order_line_id, line.quantity) for line in found] == lines
    assert [entry.objects_touched for entry in entries] == [
        [row.label, f"order:{of.order_id}", of.label] for row, of in zip(again, lists, strict=True)
    ]
    assert stays.lines.get().pick_list not in lists


def test_moved_by_hand_it_costs_what_the_chosen_carrier_asks(
    schedule, pack_one, arrange, now, actor
):
    shipment = pack_one()
    priced(schedule, 20)
    dearer = other()
    service = priced(dearer, 50)
    arrange(shipment)

    moved = services.assign_pickup(
        shipment.pk, carrier_id=dearer.carrier_id, leaves_by=TOMORROW, at=now, actor=actor
    )

    moved.refresh_from_db()
    assert (moved.freight_cost, moved.freight_currency, moved.service) == (50, "EUR", service)


def test_moved_to_a_carrier_without_tariff_it_has_no_cost(schedule, pack_one, arrange, now, actor):
    shipment = pack_one()
    priced(schedule, 20)
    arrange(shipment)
    unknown = other()

    moved = services.assign_pickup(
        shipment.pk, carrier_id=unknown.carrier_id, leaves_by=TOMORROW, at=now, actor=actor
    )

    moved.refresh_from_db()
    assert (moved.freight_cost, moved.freight_currency, moved.service) == (None, "", None)
