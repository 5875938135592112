"""Joining and taking out on the board and on the shipment's page; the order's own panel."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from fulfillment import services as fulfillment
from o2c.kernel import clock, roles
from shipping import board, services
from shipping.models import Shipment
from tests.factories import (
    CarrierFactory,
    PickupScheduleFactory,
    ProductFactory,
    StockLevelFactory,
)


@pytest.fixture(autouse=True)
def today(now):
    with clock.travel(now):
        yield


@pytest.fixture
def release_one(place, release):
    """Put an order of one piece on the floor."""

    def release_one():
        product = ProductFactory.create(weight_kg=Decimal(2))
        StockLevelFactory.create(product=product)
        [pick_list] = release(place({product: 1}))
        return pick_list

    return release_one


@pytest.fixture
def pack_one(release_one, pick, now, actor):
    def pack_one():
        pick_list = release_one()
        pick(pick_list)
        fulfillment.pack(pick_list.pk, weights=[Decimal(10)], at=now, actor=actor)
        return Shipment.objects.get(lines__pick_list=pick_list)

    return pack_one


@pytest.fixture
def joint(schedule, pack_one, now, actor):
    first, second = pack_one(), pack_one()
    return services.join_shipment(second.pk, with_id=first.pk, at=now, actor=actor)


def send(browser, shipment, name, **entered):
    return browser.post(reverse(f"shipping:{name}", args=[shipment.number]), entered)


def shown(browser, **query):
    page = browser.get(reverse("shipping:board"), query).content.decode()
    return page.replace("\xa0", " ")


def test_joins_from_the_board_and_shows_both_orders_on_one_card(shipper, schedule, pack_one):
    first, second = pack_one(), pack_one()

    response = send(shipper, second, "join", **{"with": first.number, "back": "board"})

    page = shown(shipper)
    numbers = [line.order.number for line in first.lines.order_by("order")]
    assert response.url == f"{reverse('shipping:board')}?warehouse=MAIN#{first.number}"
    assert ", ".join(numbers) in page
    assert "2 lines, 2 packages, 20 kg" in page
    assert second.number not in page


def test_takes_out_from_the_page_of_the_shipment(shipper, joint):
    pick_list = joint.lines.order_by("pick_list").last().pick_list
    page = shipper.get(reverse("shipping:shipment", args=[joint.number])).content.decode()

    response = send(shipper, joint, "take-out", pick_list=pick_list.number)

    out = Shipment.objects.get(lines__pick_list=pick_list)
    assert "Take out" in page
    assert response.url == reverse("shipping:shipment", args=[out.number])
    assert joint.lines.count() == out.lines.count() == 1


@pytest.mark.parametrize(
    ("name", "entered", "status"),
    [
        ("join", {}, 422),
        ("join", {"with": "SH-0"}, 422),
        ("join", {"with": "\x00"}, 422),
        ("take-out", {}, 422),
        ("take-out", {"pick_list": "nothing"}, 422),
    ],
)
def test_answers_what_cannot_be_in_words(shipper, joint, name, entered, status):
    response = send(shipper, joint, name, **entered)

    assert response.status_code == status
    assert "Choose a" in response.content.decode()
    assert joint.lines.count() == 2


def test_says_why_it_cannot_be_joined(shipper, joint, pack_one, now, actor):
    labelled = pack_one()
    services.label_shipment(labelled.pk, at=now, actor=actor)

    response = send(shipper, joint, "join", **{"with": labelled.number})

    assert response.status_code == 409
    assert "only planned shipments are joined" in response.content.decode()
    assert joint.lines.count() == 2


def test_sent_twice_a_form_joins_once(shipper, schedule, pack_one):
    first, second = pack_one(), pack_one()
    entered = {"with": first.number, "form_token": "0123456789abcdef0123456789abcdef"}

    codes = [send(shipper, second, "join", **entered).status_code for _each in range(2)]

    assert codes == [302, 302]
    assert first.lines.count() == 2


@pytest.mark.parametrize("role", [roles.AUDITOR, roles.WAREHOUSE])
@pytest.mark.parametrize("name", ["join", "take-out"])
def test_is_denied_to_others(browser_of, joint, role, name):
    before = list(Shipment.objects.order_by("pk").values())

    response = send(browser_of(role), joint, name)

    assert response.status_code == 403
    assert list(Shipment.objects.order_by("pk").values()) == before


def test_board_and_page_take_as_many_statements_for_20_that_could_be_joined(
    shipper, schedule, pack_one, release_one, now, actor, statements
):
    schedule.capacity_packages = 50
    schedule.save()
    shipment = pack_one()
    release_one()
    services.arrange_pickups(schedule.warehouse_id, at=now, actor=actor)
    page = reverse("shipping:shipment", args=[shipment.number])
    one = statements(lambda: shown(shipper)), statements(lambda: shipper.get(page))
    for _each in range(19):
        pack_one()
        release_one()
    services.arrange_pickups(schedule.warehouse_id, at=now, actor=actor)

    twenty = statements(lambda: shown(shipper)), statements(lambda: shipper.get(page))

    # Whom a planned shipment can go with is asked with the carriers of all in one statement.
    assert twenty == one


def test_one_package_is_one_package_and_its_freight_is_shown(shipper, schedule, shipment):
    Shipment.objects.update(freight_cost=Decimal(12), freight_currency="EUR")

    page = shown(shipper)

    assert "1 line, 1 package, 7.5 kg" in page
    assert "freight 12.00 EUR" in page


def test_days_are_tabs_and_today_ends_with_the_next_pickup(shipper, schedule, pack_one, now):
    for weekday in (3, 4):
        carrier = CarrierFactory.create(code=f"C{weekday}", name=f"Carrier {weekday}")
        PickupScheduleFactory.create(carrier=carrier, weekday=weekday)
    house, zone = schedule.warehouse, now.tzinfo
    lanes = board.lanes(house, at=now)
    days = board.days_of(lanes, zone=zone, at=now)

    today, tomorrow = shown(shipper), shown(shipper, day="2026-11-19")

    assert [str(day) for day in days] == ["2026-11-18", "2026-11-19", "2026-11-20"]
    assert ("Thu 19" in today, "Fri 20" in today) == (True, True)
    assert ("Carrier 3" in today, "data-lane" in today) == (True, True)
    found = board.lanes_of(lanes, days[0], zone=zone, at=now)
    assert [lane.leaves_by.day for lane in found] == [18, 19]
    found = board.lanes_of(lanes, days[1], zone=zone, at=now)
    assert [lane.leaves_by.day for lane in found] == [19, 20]
    assert 'aria-current="true">Thu 19' in tomorrow
    assert 'aria-current="true">Today' in shown(shipper, day="nonsense")


def test_what_missed_its_truck_stands_with_today(schedule, shipment, now):
    later = now + timedelta(days=1)

    lanes = board.lanes(schedule.warehouse, at=later)
    found = board.lanes_of(lanes, later.date(), zone=later.tzinfo, at=later)

    assert [card.condition for card in found[0].cards] == ["missed"]


def test_room_shows_what_is_loaded_labelled_planned_and_reserved(
    schedule, pack_one, release_one, now, actor
):
    schedule.capacity_packages = 8
    schedule.save()
    _planned, labelled, loaded = (pack_one() for _each in range(3))
    release_one()
    services.arrange_pickups(schedule.warehouse_id, at=now, actor=actor)
    for row in (labelled, loaded):
        services.label_shipment(row.pk, at=now, actor=actor)
    services.dispatch_shipment(loaded.pk, at=now, actor=actor)

    lane = board.lanes(schedule.warehouse, at=now)[0]

    assert [(value, colour) for value, colour in lane.room.parts] == [
        (1, "fok"),
        (1, "f1"),
        (1, "f2"),
        (1, "f1s"),
    ]
    assert (lane.room.most, lane.packages, lane.weight_kg) == (8, 4, 32)


def test_kept_room_is_shown_and_red_before_it_is_missed(shipper, schedule, release_one, now, actor):
    pick_list = release_one()
    pick_list.lines.get().order_line.order.lines.update(promised_on="2026-11-19")
    services.arrange_pickups(schedule.warehouse_id, at=now, actor=actor)

    page = shown(shipper)
    at = now.replace(hour=13, minute=40)
    conditions = [
        work.condition for lane in board.lanes(schedule.warehouse, at=at) for work in lane.soon
    ]

    assert "room kept, about 2 kg" in page
    assert conditions == ["will_miss"]
