"""What the board counts in red is what its cards say, whatever stands on it."""

import itertools
from collections import Counter
from datetime import date, time, timedelta
from random import Random

import pytest

from o2c.kernel.numbering import public_id
from orders.models import OrderLine
from shipping import board
from shipping.models import Shipment, ShipmentLine
from tests.factories import OrderLineFactory, PickupScheduleFactory

DAYS = [None, date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 27)]
STATES = [*["planned"] * 4, *["labelled"] * 3, "dispatched", "in_transit", "delivered", "cancelled"]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def draw(shipment, schedule, now):
    """Put so many shipments on the board, each with up to three lines, of all kinds."""
    soon = PickupScheduleFactory.create(carrier=schedule.carrier, cut_off=time(10, 30))
    today, week = shipment.leaves_by, timedelta(days=7)
    coming = [today, now + MINUTE * 30, today + week, today + 2 * week]
    others = [now, now - MINUTE, today - week, today + timedelta(days=1), None]
    carried = shipment.lines.get()
    numbers = itertools.count(100)
    assert soon.weekday == now.weekday()

    def shipment_of(luck):
        leaves_by = luck.choice([*coming, *others])
        state = luck.choice(STATES)
        near = leaves_by or now
        last = [None, now, now + MINUTE, near - MINUTE, near, near + MINUTE, now + 9 * week]
        return Shipment(
            public_id=public_id("shp"),
            number=f"SH-D{luck.getrandbits(48)}",
            state=state,
            carrier_id=leaves_by and schedule.carrier_id,
            leaves_by=leaves_by,
            must_leave_by=luck.choice(last),
            expected_on=luck.choice(DAYS),
            dispatched_at=None if state in ("planned", "labelled", "cancelled") else now,
            customer=shipment.customer,
            ship_to=shipment.ship_to,
            warehouse=shipment.warehouse,
            created_at=now,
        )

    def line_of(promised_on):
        return OrderLineFactory.build(
            order=carried.order,
            product=carried.order_line.product,
            position=next(numbers),
            promised_on=promised_on,
        )

    def draw(luck, number):
        made = Shipment.objects.bulk_create([shipment_of(luck) for _one in range(number)])
        wanted = [(one, day) for one in made for day in luck.choices(DAYS, k=luck.randrange(4))]
        lines = OrderLine.objects.bulk_create([line_of(day) for _one, day in wanted])
        place = {"order": carried.order, "pick_list": carried.pick_list, "quantity": 1}
        ShipmentLine.objects.bulk_create(
            [
                ShipmentLine(shipment=one, order_line=line, **place)
                for (one, _day), line in zip(wanted, lines, strict=True)
            ]
        )

    return draw


@pytest.mark.parametrize("seed", range(4))
def test_what_is_counted_in_red_is_what_the_cards_say(draw, shipment, now, seed):
    draw(Random(seed), 200)  # noqa: S311  a test that is the same each time

    lanes = board.lanes(shipment.warehouse, at=now)

    told = [Counter(card.condition for card in lane.cards) for lane in lanes]
    counted = [(lane.missed, lane.stranded, lane.breaking) for lane in lanes]
    assert [lane.more for lane in lanes] == [0] * len(lanes)  # every one has a card
    assert counted == [(one["missed"], one["no_pickup"], one["too_late"]) for one in told]
    assert [lane.total for lane in lanes] == [one.total() for one in told]
    everything = sum(told, Counter())
    assert {"missed", "no_pickup", "too_late", "at_risk"} < set(everything)
    assert {"planned", "labelled", "dispatched", "in_transit"} < set(everything)
