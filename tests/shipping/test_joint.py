"""Orders to one address in one shipment: by themselves, by hand, and all that follows from it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from fulfillment import services as fulfillment
from fulfillment.models import PickList, StockMove
from invoicing.services import bill_shipment
from o2c.kernel.models import AuditEntry
from orders.models import Order, OrderLine
from shipping import services
from shipping.contents import packages_of, parts_of
from shipping.models import (
    CarrierService,
    FreightRate,
    FreightZone,
    PickupPlan,
    Shipment,
)
from shipping.services import Delivery, NothingLeft, NotJoinable, Refusal
from tests.factories import (
    AddressFactory,
    CarrierFactory,
    PickupScheduleFactory,
    ProductFactory,
    StockLevelFactory,
)

TODAY = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)


@pytest.fixture
def pack_for(place, release, pick, now, actor):
    """Pack an order of one piece of a product of its own; return the list's shipment."""

    def pack_for(customer, *, promised_on=date(2026, 11, 25), weight=10, ship_to=None, at=now):
        product = ProductFactory.create(weight_kg=Decimal(2))
        StockLevelFactory.create(product=product)
        order = place({product: 1}, by=customer)
        if ship_to is not None:
            Order.objects.filter(pk=order.pk).update(ship_to=ship_to)
        [pick_list] = release(order)
        order.lines.update(promised_on=promised_on)
        pick(pick_list)
        fulfillment.pack(pick_list.pk, weights=[Decimal(weight)], at=at, actor=actor)
        return Shipment.objects.get(lines__pick_list=pick_list)

    return pack_for


@pytest.fixture
def together(make_customer):
    """A customer whose orders go together where they can."""
    return make_customer(consolidation="automatic")


@pytest.fixture
def joint(schedule, customer, pack_for, now, actor):
    """Two orders, joined by hand."""
    first, second = pack_for(customer), pack_for(customer)
    return services.join_shipment(second.pk, with_id=first.pk, at=now, actor=actor)


def tariff(schedule, amount=10, per_kg=1):
    service = CarrierService.objects.create(carrier=schedule.carrier, code="STD", name="Standard")
    zone = FreightZone.objects.create(carrier=schedule.carrier, code="DE", countries=["DE"])
    FreightRate.objects.create(
        service=service,
        zone=zone,
        currency="EUR",
        amount=amount,
        per_kg=per_kg,
        valid_from=date(2026, 1, 1),
    )
    return service


def test_packing_quotes_the_freight(schedule, customer, pack_for):
    service = tariff(schedule)

    shipment = pack_for(customer)

    assert (shipment.service, shipment.freight_cost) == (service, Decimal(20))
    assert shipment.freight_currency == "EUR"


def test_orders_of_who_wants_it_go_together_by_themselves(schedule, together, pack_for, books):
    tariff(schedule)
    first = pack_for(together)

    second = pack_for(together, promised_on=date(2026, 11, 19))

    assert second == first
    assert (second.package_count, second.weight_kg) == (2, 20)
    assert (second.freight_cost, second.must_leave_by) == (30, TODAY)
    assert second.lines.values("order").distinct().count() == 2
    assert Shipment.objects.count() == 1
    assert books() == []


def test_to_another_address_or_of_another_customer_they_go_apart(
    schedule, together, make_customer, pack_for
):
    elsewhere = AddressFactory.create(customer=together, kind="ship_to")

    shipments = {
        pack_for(together),
        pack_for(together, ship_to=elsewhere),
        pack_for(make_customer(consolidation="automatic")),
    }

    assert len(shipments) == 3


def test_by_themselves_they_do_not_break_a_promise_or_overfill_a_pickup(
    schedule, together, pack_for, now
):
    PickupScheduleFactory.create(carrier=CarrierFactory.create(code="CAR"), weekday=3)
    schedule.capacity_packages = 1
    schedule.save()
    first = pack_for(together)

    second = pack_for(together)
    Shipment.objects.filter(pk=second.pk).update(goes_alone=True)
    Shipment.objects.filter(pk=first.pk).update(leaves_by=TODAY + timedelta(days=1))
    urgent = pack_for(together, promised_on=date(2026, 11, 19))

    assert len({first, second, urgent}) == 3
    assert (second.leaves_by.day, urgent.leaves_by.day) == (19, 18)


def test_what_is_labelled_or_was_taken_out_is_not_joined_by_itself(
    schedule, together, pack_for, now, actor
):
    labelled = pack_for(together)
    services.label_shipment(labelled.pk, at=now, actor=actor)
    pair = pack_for(together)
    assert pack_for(together) == pair
    pick_list = PickList.objects.order_by("pk").last()
    out = services.take_out(pair.pk, pick_list_id=pick_list.pk, at=now, actor=actor)
    Shipment.objects.filter(pk=pair.pk).update(goes_alone=True)

    fresh = pack_for(together)

    assert len({labelled, pair, out, fresh}) == 4


def test_joined_by_hand_all_goes_with_the_other_and_costs_once(
    schedule, customer, pack_for, now, actor, books
):
    tariff(schedule)
    first, second = pack_for(customer, promised_on=date(2026, 11, 19)), pack_for(customer)

    joint = services.join_shipment(first.pk, with_id=second.pk, at=now, actor=actor)

    first.refresh_from_db()
    joint.refresh_from_db()
    assert (joint, joint.package_count, joint.weight_kg) == (second, 2, 20)
    assert (joint.freight_cost, joint.must_leave_by, first.state) == (30, TODAY, "cancelled")
    assert (first.lines.count(), joint.lines.count()) == (0, 2)
    orders = {f"order:{pk}" for pk in Order.objects.values_list("pk", flat=True)}
    entry = AuditEntry.objects.filter(subject=joint.label).order_by("-pk").first()
    assert orders < set(entry.objects_touched)
    assert books() == []


@pytest.mark.parametrize(
    "change",
    ["labels the first", "labels the second", "never", "address", "customer", "itself"],
)
def test_refuses_to_join_what_cannot_go_together(
    schedule, customer, make_customer, pack_for, now, actor, change
):
    buyer = make_customer() if change == "customer" else customer
    place = AddressFactory.create(customer=customer, kind="ship_to")
    first = pack_for(customer)
    second = pack_for(buyer, ship_to=place if change == "address" else None)
    if change == "never":
        customer.consolidation = "never"
        customer.save()
    if change.startswith("labels"):
        row = first if change.endswith("first") else second
        services.label_shipment(row.pk, at=now, actor=actor)
    other = first if change == "itself" else second
    before = list(Shipment.objects.order_by("pk").values())

    with pytest.raises(NotJoinable):
        services.join_shipment(first.pk, with_id=other.pk, at=now, actor=actor)

    assert list(Shipment.objects.order_by("pk").values()) == before
    assert first.lines.count() == second.lines.count() == 1


def test_refuses_to_join_with_a_shipment_that_there_is_not(
    schedule, customer, pack_for, now, actor
):
    with pytest.raises(Shipment.DoesNotExist):
        services.join_shipment(pack_for(customer).pk, with_id=0, at=now, actor=actor)


def test_taken_out_each_has_its_own_again(schedule, customer, pack_for, now, actor, books):
    tariff(schedule)
    first = pack_for(customer, promised_on=date(2026, 11, 27))
    second = pack_for(customer, promised_on=date(2026, 11, 19))
    joint = services.join_shipment(second.pk, with_id=first.pk, at=now, actor=actor)
    pick_list = PickList.objects.order_by("pk").last()

    out = services.take_out(joint.pk, pick_list_id=pick_list.pk, at=now, actor=actor)

    joint.refresh_from_db()
    out.refresh_from_db()
    assert (out.package_count, out.weight_kg, out.freight_cost) == (1, 10, 20)
    assert (joint.package_count, joint.weight_kg, joint.freight_cost) == (1, 10, 20)
    assert (out.leaves_by, out.must_leave_by, out.goes_alone) == (joint.leaves_by, TODAY, True)
    assert joint.must_leave_by > TODAY
    assert [line.pick_list for line in out.lines.all()] == [pick_list]
    assert books() == []


def test_refuses_to_take_out_the_last_or_what_is_elsewhere(joint, now, actor, customer, pack_for):
    other = pack_for(customer)
    [alone] = other.lines.all()

    with pytest.raises(NothingLeft):
        services.take_out(other.pk, pick_list_id=alone.pick_list_id, at=now, actor=actor)
    with pytest.raises(NotJoinable):
        services.take_out(joint.pk, pick_list_id=alone.pick_list_id, at=now, actor=actor)
    services.label_shipment(joint.pk, at=now, actor=actor)
    inside = joint.lines.first().pick_list_id
    with pytest.raises(NotJoinable):
        services.take_out(joint.pk, pick_list_id=inside, at=now, actor=actor)

    assert joint.lines.count() == 2
    assert Shipment.objects.filter(state="cancelled").count() == 1


def test_a_joint_shipment_leaves_arrives_and_is_billed_order_by_order(joint, now, actor, books):
    services.label_shipment(joint.pk, at=now, actor=actor)
    services.dispatch_shipment(joint.pk, at=now, actor=actor)
    invoices = bill_shipment(joint.pk, at=now, actor=actor)
    refused, taken = joint.lines.order_by("pk")
    services.record_proof(
        joint.pk,
        delivery=Delivery(received_by="Ida", received_at=now + timedelta(hours=1)),
        refused={refused.pk: Refusal(quantity=Decimal(1), reason="wet")},
        at=now + timedelta(hours=2),
        actor=actor,
    )

    assert {move.source for move in StockMove.objects.filter(kind="ship")} == {joint.label}
    assert {row.state for row in PickList.objects.all()} == {"handed_over"}
    assert {invoice.order_id for invoice in invoices} == set(
        Order.objects.values_list("pk", flat=True)
    )
    delivered = dict(OrderLine.objects.values_list("pk", "delivered"))
    assert delivered == {refused.order_line_id: 0, taken.order_line_id: 1}
    assert books() == []


def test_papers_of_a_joint_shipment_name_each_order_and_number_all_packages(joint):
    parts = parts_of(joint)

    assert len(parts) == 2
    assert [box.place for part in parts for box in part.boxes] == [1, 2]
    assert len(packages_of(parts)) == joint.package_count


def test_an_order_may_leave_in_many_shipments(schedule, place, release, pick, now, actor, books):
    product = ProductFactory.create()
    level = StockLevelFactory.create(product=product, on_hand=Decimal(2))
    order = place({product: 5})
    for more in (0, 3):
        if more:
            fulfillment.receive_stock(
                location_id=level.location_id,
                product_id=product.pk,
                quantity=Decimal(more),
                source="delivery 1",
                at=now,
                actor=actor,
            )
        [pick_list] = release(order)
        pick(pick_list)
        fulfillment.pack(pick_list.pk, weights=[Decimal(1)], at=now, actor=actor)
    first, second = Shipment.objects.order_by("pk")
    joint = services.join_shipment(second.pk, with_id=first.pk, at=now, actor=actor)
    services.label_shipment(joint.pk, at=now, actor=actor)
    services.dispatch_shipment(joint.pk, at=now, actor=actor)

    assert order.lines.get().shipped == 5
    assert [part.order for part in parts_of(joint)] == [order]
    assert books() == []


def test_joining_takes_as_many_statements_for_more_orders(
    schedule, customer, pack_for, statements, now, actor
):
    tariff(schedule)
    first, *others = [pack_for(customer) for _each in range(6)]

    counts = [
        statements(
            lambda row=row: services.join_shipment(row.pk, with_id=first.pk, at=now, actor=actor)
        )
        for row in others
    ]

    assert len(set(counts)) == 1


def test_room_kept_for_the_floor_becomes_the_pickup_when_it_is_packed(
    schedule, customer, place, release, pick, now, actor
):
    late = PickupScheduleFactory.create(carrier=CarrierFactory.create(code="CAR"), weekday=3)
    tariff(late, amount=1, per_kg=0)
    tariff(schedule, amount=50)
    product = ProductFactory.create(weight_kg=Decimal(2))
    StockLevelFactory.create(product=product)
    order = place({product: 3})
    order.lines.update(promised_on=date(2026, 11, 25))
    [pick_list] = release(order)
    outcome = services.arrange_pickups(schedule.warehouse_id, at=now, actor=actor)
    plan = PickupPlan.objects.get()
    pick(pick_list)

    fulfillment.pack(pick_list.pk, weights=[Decimal(7)], at=now, actor=actor)

    shipment = Shipment.objects.get()
    assert (outcome.planned, outcome.reserved, outcome.late) == (0, 1, 0)
    assert (plan.carrier, plan.leaves_by.day, plan.weight_kg) == (late.carrier, 19, 6)
    assert (shipment.carrier, shipment.leaves_by) == (late.carrier, plan.leaves_by)
    assert not PickupPlan.objects.exists()
