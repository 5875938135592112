"""What the warehouse and the carriers do: pick, pack, ship, deliver, count."""

from decimal import Decimal

from django.db.models import F, QuerySet

from credit.models import Hold
from fulfillment import services as fulfillment
from fulfillment.models import Allocation, CountTask, PickLine, PickList
from fulfillment.selectors import picked_from
from invoicing import services as invoicing
from o2c.kernel.actors import Actor
from o2c.kernel.money import round_money
from orders.models import Order
from shipping import services as shipping
from shipping.carriers.names import FAKE
from shipping.carriers.polling import poll_all
from shipping.models import Shipment
from shipping.reports.receiving import actor_of
from shipping.reports.shapes import Report
from shipping.reports.taking import take_reports
from simulation import carriers
from simulation.habits import (
    DEARER_RATE,
    HABITS,
    LATE_DELIVERY_RATE,
    SHORT_PICK_RATE,
    chance,
    happens,
)
from simulation.twin import Twin

# What a dearer bill is of the quote.
SURCHARGE = Decimal("1.12")


def work_the_floor(twin: Twin) -> None:
    """Release, pick, pack and ship what is allocated, one order after the other.

    While a day of the past is played, people look at the board: of one order at most is there
    something whose pickup left long ago.
    """
    for order in _ready_to_pick(twin):
        fulfillment.release_pick_lists(order.pk, at=twin.at(13), actor=twin.actor("warehouse"))
        _finish_lists(twin)
    _finish_lists(twin)


def _finish_lists(twin: Twin) -> None:
    """Pick and pack what is on the floor, and let it go with the pickup of the day."""
    for pick_list in _pick_lists(twin, PickList.State.RELEASED):
        pick(twin, pick_list)
    for pick_list in _pick_lists(twin, PickList.State.PICKED):
        pack(twin, pick_list)
    ship(twin)


def pick(twin: Twin, pick_list: PickList, *, short: bool = False) -> None:
    """Walk the list; now and then a bin holds less than the books say."""
    lines = _lines_of(pick_list)
    picked = {line.pk: line.quantity for line in lines}
    short_reasons = {}
    if short or happens(SHORT_PICK_RATE, twin.seed, "short", *_marks(lines)):
        line = lines[0]
        picked[line.pk] = (line.quantity / 2).quantize(Decimal(1))
        if picked[line.pk] < line.quantity:
            short_reasons[line.pk] = PickLine.ShortReason.MISSING
    fulfillment.confirm_pick(
        pick_list.pk,
        picked=picked,
        short_reasons=short_reasons,
        at=twin.at(14),
        actor=twin.actor("warehouse"),
    )


def _lines_of(pick_list: PickList) -> list[PickLine]:
    lines = PickLine.objects.filter(pick_list=pick_list).select_related("order_line__order")
    return list(lines.order_by("position"))


def _marks(lines: list[PickLine]) -> tuple[object, ...]:
    """Return what chance goes by: the same in every house, unlike keys and numbers."""
    first = lines[0].order_line
    return first.order.submitted_at, first.sku, *[str(line.quantity) for line in lines]


def _known_by(shipment: Shipment) -> tuple[object, ...]:
    return shipment.customer.name, shipment.dispatched_at, str(shipment.weight_kg)


def pack(twin: Twin, pick_list: PickList) -> None:
    luck = chance(twin.seed, "weight", *_marks(_lines_of(pick_list)))
    weights = [Decimal(luck.randint(4, 60))]
    fulfillment.pack(
        pick_list.pk, weights=weights, at=twin.at(14, 30), actor=twin.actor("warehouse")
    )


def ship(twin: Twin) -> None:
    """Label and load what a pickup of today takes; bill it."""
    due = _shipments(twin, Shipment.State.PLANNED).filter(leaves_by__lte=twin.at(23))
    for shipment in due.select_related("warehouse") if twin.mishaps else due:
        if twin.mishaps:
            carriers.send_by_system(twin, shipment, twin.mishaps.pop(), at=twin.at(15))
        carriers.label(twin, shipment.pk, at=twin.at(15))
        dispatch(twin, shipment.pk)


def dispatch(twin: Twin, shipment_id: int) -> None:
    at = twin.at(15, 20)
    shipping.dispatch_shipment(shipment_id, at=at, actor=twin.actor("shipping"))
    # The worker does the same when it comes to the message; the second one finds it billed.
    invoicing.bill_shipment(shipment_id, at=at, actor=Actor.job("invoicing.bill_on_dispatch"))


def deliver_shipments(twin: Twin) -> None:
    """The carriers report what arrived by today, and what went wrong: by system, or to a person."""
    poll_all(at=twin.at(10))
    on_the_way = _shipments(twin, Shipment.State.DISPATCHED).filter(expected_on__lte=twin.day)
    arriving = [
        *_told_by_people(on_the_way),
        *_told_by_people(_shipments(twin, Shipment.State.EXCEPTION)),
    ]
    for shipment in arriving:
        is_first_try = shipment.state == Shipment.State.DISPATCHED
        if is_first_try and happens(LATE_DELIVERY_RATE, twin.seed, "late", *_known_by(shipment)):
            shipping.report_exception(
                shipment.pk,
                kind=Shipment.ExceptionKind.LATE,
                note="Truck broke down, second try tomorrow.",
                at=twin.at(10),
                actor=twin.actor("shipping"),
            )
            continue
        _note_arrival(twin, shipment, is_first_try=is_first_try)
        _note_charge(twin, shipment)


def _note_arrival(twin: Twin, shipment: Shipment, *, is_first_try: bool) -> None:
    """The signed paper comes back: it arrived on the day that was expected, or today."""
    arrived_at = twin.at(10, 30)
    if is_first_try and shipment.expected_on is not None:
        arrived_at -= twin.day - shipment.expected_on
    shipping.record_proof(
        shipment.pk,
        delivery=shipping.Delivery(
            received_by=HABITS[shipment.customer.name].contact, received_at=arrived_at
        ),
        refused={},
        at=twin.at(10, 30),
        actor=twin.actor("shipping"),
    )


def _note_charge(twin: Twin, shipment: Shipment) -> None:
    """The carrier's bill comes: of some shipments it says more than its tariff."""
    if shipment.freight_cost is None:
        return
    is_dearer = happens(DEARER_RATE, twin.seed, "dearer", *_known_by(shipment))
    factor = SURCHARGE if is_dearer else Decimal(1)
    shipping.record_charge(
        shipment.pk,
        amount=round_money(shipment.freight_cost * factor, shipment.freight_currency),
        currency=shipment.freight_currency,
        at=twin.at(11),
        actor=twin.actor("shipping"),
    )


def hear_from_carrier(twin: Twin, shipment_id: int) -> None:
    """The carrier reports by message: one scan of ours, and one of a number that nobody knows."""
    shipment = Shipment.objects.select_related("carrier").get(pk=shipment_id)
    if shipment.carrier is None:
        return
    scans = {shipment.tracking_number: "in_transit", f"{shipment.tracking_number}0": "late"}
    reports = [
        Report(
            tracking_number=number,
            event_id=f"{number}-1",
            code=code,
            note="Depot scan",
            happened_at=twin.at(15, 30),
        )
        for number, code in scans.items()
    ]
    carrier = shipment.carrier
    take_reports(carrier, reports, channel="webhook", at=twin.at(15, 35), actor=actor_of(carrier))


def count_stock(twin: Twin) -> None:
    """Count where pickers found too little since yesterday; the rest turns up behind the shelf."""
    tasks = CountTask.objects.filter(state=CountTask.State.OPEN, opened_at__lt=twin.at(0))
    lying = tasks.annotate(lying=F("level__on_hand") - picked_from("level")).order_by("pk")
    for level_id, counted in lying.values_list("level_id", "lying"):
        fulfillment.count_level(
            level_id, counted=counted, at=twin.at(11), actor=twin.actor("warehouse")
        )


def _ready_to_pick(twin: Twin) -> list[Order]:
    """Orders with stock that is on no pick list yet."""
    waiting = Allocation.objects.filter(state=Allocation.State.ACTIVE, pick_line=None)
    mine = Order.objects.filter(
        customer__in=twin.customer_ids,
        state__in=[Order.State.RELEASED, Order.State.FULFILLING],
        submitted_at__lte=twin.at(23),
        pk__in=waiting.values("line__order"),
    )
    held = Hold.objects.stopping_customers()
    return list(mine.exclude(customer__in=held.values("customer")).order_by("pk"))


def _pick_lists(twin: Twin, state: str) -> list[PickList]:
    mine = PickList.objects.filter(
        order__customer__in=twin.customer_ids, state=state, created_at__lte=twin.at(23)
    )
    return list(mine.order_by("pk"))


def _shipments(twin: Twin, state: str) -> QuerySet[Shipment]:
    return (
        Shipment.objects.filter(
            customer__in=twin.customer_ids, state=state, created_at__lte=twin.at(23)
        )
        .select_related("customer")
        .order_by("pk")
    )


def _told_by_people(shipments: "QuerySet[Shipment]") -> "QuerySet[Shipment]":
    """Leave out what the carriers' systems tell of."""
    return shipments.exclude(carrier__adapter=FAKE)
