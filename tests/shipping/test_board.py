"""The planning board: what will miss its promise is red before it does; one button plans all."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from fulfillment.models import PickList
from o2c.kernel import clock, roles
from o2c.kernel.working_days import is_public_holiday
from shipping import board, pickups, services
from shipping.models import PickupClosure, Shipment
from tests.factories import CarrierFactory, PickupScheduleFactory


@pytest.fixture(autouse=True)
def today(now):
    with clock.travel(now):
        yield


def shown(browser, **query):
    return browser.get(reverse("shipping:board"), query).content.decode()


def plan(browser, shipment):
    return browser.post(reverse("shipping:arrange", args=[shipment.warehouse.code]))


def test_what_will_break_its_promise_is_red_before_it_does(shipper, shipment, schedule, now):
    shipment.must_leave_by = shipment.leaves_by - timedelta(days=1)
    shipment.save()

    page = shown(shipper)

    assert board.condition_of(shipment, at=now) == "too_late"
    assert "Breaks promise" in page
    assert "1 shipment would break its promise" in page
    assert 'class="fb"' in page  # the pickup's mark on the day line


def test_without_pickup_it_is_red_when_the_last_one_has_gone(shipment, now):
    shipment.carrier, shipment.leaves_by, shipment.must_leave_by = None, None, now

    assert board.condition_of(shipment, at=now) == "too_late"
    assert board.condition_of(shipment, at=now - timedelta(minutes=1)) == "planned"


def test_a_pickup_shows_what_it_takes_and_that_it_is_too_full(shipper, shipment, schedule):
    schedule.capacity_packages, schedule.capacity_kg = 3, Decimal("7.4")
    schedule.door = "5"
    schedule.save()

    page = shown(shipper)

    assert "1 of 3 packages" in page
    assert "7.5 of 7.4 kg" in page
    assert "door 5" in page
    [lane] = [lane for lane in board.lanes(shipment.warehouse, at=clock.now()) if lane.cards]
    assert (lane.is_too_full, lane.tone) == (True, "bad")


def test_work_on_the_floor_stands_with_the_pickup_that_it_has_to_reach(
    shipper, schedule, place, release, product, stock, now
):
    order = place({product: 1})
    order.lines.update(promised_on=date(2026, 11, 19))
    [pick_list] = release(order)

    [lane] = [lane for lane in board.lanes(schedule.warehouse, at=now) if lane.soon]

    assert (lane.leaves_by.day, [work.pick_list for work in lane.soon]) == (18, [pick_list])
    assert [(work.done, work.lines, work.condition) for work in lane.soon] == [(0, 1, "released")]
    assert pick_list.number in shown(shipper)


@pytest.mark.parametrize(("hours", "condition"), [(3, "released"), (4, "at_risk"), (6, "too_late")])
def test_work_on_the_floor_warns_before_its_last_pickup_and_is_red_after(
    schedule, place, release, product, stock, now, hours, condition
):
    order = place({product: 1})
    order.lines.update(promised_on=date(2026, 11, 19))
    release(order)

    lanes = board.lanes(schedule.warehouse, at=now + timedelta(hours=hours))

    assert [work.condition for lane in lanes for work in lane.soon] == [condition]


def test_a_lane_shows_the_first_lists_on_the_floor_and_the_rest_when_asked(
    shipper, schedule, place, release, product, stock, now, statements
):
    release(place({product: 1}))
    shown(shipper)
    one = statements(lambda: shown(shipper))
    made = [PickList.objects.get() for _copy in range(44)]
    for turn, copy in enumerate(made):
        copy.pk, copy.number = None, f"PK-C{turn}"
    PickList.objects.bulk_create(made)

    [lane] = [lane for lane in board.lanes(schedule.warehouse, at=now) if lane.soon]
    page = shown(shipper)

    assert (len(lane.soon), len(lane.work), lane.more) == (45, 40, 5)
    assert "and 5 more</a>" in page
    whole = shown(shipper, lane=lane.name)
    assert [f"PK-C{turn}" in whole for turn in range(44)] == [True] * 44
    assert "more</a>" not in whole
    assert statements(lambda: shown(shipper)) == one


def test_a_lane_counts_all_and_shows_the_first_cards_and_the_rest_when_asked(
    shipper, shipment, copies, now
):
    copies(45)
    gone = Shipment.State.IN_TRANSIT
    copies(50, state=gone, dispatched_at=now, package_count=2)

    [lane] = [lane for lane in board.lanes(shipment.warehouse, at=now) if lane.total]
    page = shown(shipper)

    assert (lane.total, lane.loaded, lane.packages, len(lane.cards), lane.more) == (
        96,
        50,
        146,
        80,
        16,
    )
    assert "50 of 96 loaded" in page
    assert "and 16 more</a>" in page
    [whole] = [lane for lane in board.lanes(shipment.warehouse, at=now, of=lane.name) if lane.total]
    assert (len(whole.cards), whole.more) == (96, 0)


def test_what_has_no_pickup_is_shown_however_much_waits(shipment, copies, now):
    copies(90)
    copies(3, carrier_id=None, leaves_by=None)

    lanes = board.lanes(shipment.warehouse, at=now)

    assert (lanes[0].carrier, len(lanes[0].cards), lanes[0].more) == (None, 3, 0)


def test_red_is_counted_of_all_whether_it_has_a_card_or_not(shipper, shipment, copies, now):
    copies(60, must_leave_by=now)
    copies(50, leaves_by=now - timedelta(days=7))
    copies(45, leaves_by=now + timedelta(days=1))

    page = shown(shipper)

    assert "50 shipments missed their truck" in page
    assert "60 shipments would break their promise" in page
    assert "the pickups of 45 shipments do not come" in page


def test_more_than_24_pickups_are_all_on_the_board(schedule, shipment, now):
    for hour in range(9):
        for weekday in range(3):
            PickupScheduleFactory.create(
                carrier=schedule.carrier, weekday=(2 + weekday) % 7, cut_off=time(11 + hour)
            )

    assert len(board.lanes(shipment.warehouse, at=now)) == 28


def test_a_pickup_that_no_schedule_knows_any_more_is_red(shipper, shipment, schedule, now):
    PickupClosure.objects.create(carrier=schedule.carrier, day=date(2026, 11, 18))

    page = shown(shipper)

    [lane] = [lane for lane in board.lanes(shipment.warehouse, at=now) if lane.cards]
    assert ([card.condition for card in lane.cards], lane.tone) == (["no_pickup"], "bad")
    assert "No such pickup" in page
    assert "the pickup of 1 shipment does not come" in page
    address = reverse("shipping:shipment", args=[shipment.number])
    assert "No such pickup" in shipper.get(address).content.decode()


def test_what_is_planned_beyond_the_board_is_not_red(shipment, schedule, now):
    far = shipment.leaves_by + timedelta(days=7)
    Shipment.objects.update(leaves_by=far, must_leave_by=far, expected_on=None)

    [lane] = [lane for lane in board.lanes(shipment.warehouse, at=now) if lane.cards]

    assert [card.condition for card in lane.cards] == ["planned"]


def test_one_that_is_planned_for_the_year_9000_does_not_hold_the_board_up(
    shipper, shipment, schedule, monkeypatch
):
    days = []

    def is_closed(day, *, country):
        days.append(day)
        assert len(days) < 100  # not every day until then
        return is_public_holiday(day, country=country)

    monkeypatch.setattr(pickups, "is_public_holiday", is_closed)
    far = datetime(9000, 1, 1, 14, 30, tzinfo=UTC)  # a Wednesday
    Shipment.objects.update(leaves_by=far, must_leave_by=far, expected_on=None)

    page = shown(shipper)

    assert "9000" in page
    assert date(9000, 1, 1) in days
    assert "does not come" not in page


def test_the_job_moves_what_is_planned_for_a_pickup_that_does_not_come(
    shipment, schedule, packed, now, actor
):
    other = PickupScheduleFactory.create(carrier=CarrierFactory.create(code="CAR"), weekday=3)
    assert services.arrange_missed(at=now, actor=actor) == 0
    schedule.cut_off = time(14, 0)
    schedule.save()
    PickupClosure.objects.create(carrier=schedule.carrier, day=date(2026, 11, 18))

    moved = [services.arrange_missed(at=now, actor=actor) for _again in range(2)]

    shipment.refresh_from_db()
    assert moved == [1, 0]
    assert (shipment.carrier, shipment.leaves_by.day) == (other.carrier, 19)


def test_the_job_leaves_a_labelled_shipment_where_it_is(shipment, schedule, now, actor):
    services.label_shipment(shipment.pk, at=now, actor=actor)
    PickupClosure.objects.create(carrier=schedule.carrier, day=date(2026, 11, 18))

    assert services.arrange_missed(at=now, actor=actor) == 0
    shipment.refresh_from_db()
    assert (shipment.state, shipment.leaves_by.day) == ("labelled", 18)


def test_goods_of_a_cancelled_shipment_stand_on_the_board_and_are_planned_again(
    shipper, shipment, packed, now, actor, books
):
    services.cancel_shipment(shipment.pk, reason="Wrong carrier", at=now, actor=actor)

    lane = board.lanes(shipment.warehouse, at=now)[0]
    page = shown(shipper)
    answer = plan(shipper, shipment)

    assert (lane.carrier, [work.pick_list for work in lane.soon]) == (None, [packed])
    assert [(work.condition, work.is_packed) for work in lane.soon] == [("packed", True)]
    assert "in no shipment" in page
    assert answer.status_code == 302
    again = Shipment.objects.get(lines__pick_list=packed)
    assert (again.state, again.leaves_by, again.lines.get().quantity) == (
        "planned",
        shipment.leaves_by,
        5,
    )
    assert "1 shipment planned, 1 moved." in shown(shipper)
    assert not [work for lane in board.lanes(shipment.warehouse, at=now) for work in lane.soon]
    assert books() == []


def test_goods_of_a_cancelled_shipment_are_red_when_their_promise_cannot_be_kept(
    shipment, packed, now, actor
):
    services.cancel_shipment(shipment.pk, reason="Wrong carrier", at=now, actor=actor)
    packed.order.lines.update(promised_on=date(2026, 11, 18))

    lane = board.lanes(shipment.warehouse, at=now)[0]

    assert ([work.condition for work in lane.soon], lane.tone) == (["too_late"], "bad")


def test_the_board_takes_as_many_statements_for_20_shipments_as_for_one(
    shipper, shipment, copies, statements
):
    shown(shipper)
    one = statements(lambda: shown(shipper))
    copies(10)
    copies(9, leaves_by=None, carrier_id=None)

    assert statements(lambda: shown(shipper)) == one


def test_plan_assigns_everything_and_says_what_it_did(shipper, shipment, schedule):
    PickupClosure.objects.create(carrier=schedule.carrier, day=date(2026, 11, 18))
    PickupScheduleFactory.create(carrier=CarrierFactory.create(code="CAR"), weekday=3)

    response = plan(shipper, shipment)

    shipment.refresh_from_db()
    assert response.url == f"{reverse('shipping:board')}?warehouse=MAIN"
    assert (shipment.carrier.code, shipment.leaves_by.day) == ("CAR", 19)
    assert "1 shipment planned, 1 moved." in shown(shipper)


def test_plan_says_what_no_pickup_takes(shipper, shipment, schedule):
    schedule.capacity_packages = 0
    schedule.save()

    plan(shipper, shipment)

    assert "No pickup has room for 1." in shown(shipper)
    assert Shipment.objects.get().leaves_by is None


def test_what_is_lost_or_came_back_is_not_loaded(shipper, shipment, copies, schedule, now):
    schedule.capacity_packages = 6
    schedule.save()
    copies(1, state="dispatched", dispatched_at=now)
    copies(2, state="lost", dispatched_at=now, exception_kind="lost")
    copies(1, state="exception", dispatched_at=now, exception_kind="lost")
    copies(1, state="returned", dispatched_at=now)
    copies(1, state="exception", dispatched_at=now, exception_kind="damaged")

    page = shown(shipper)

    [lane] = [lane for lane in board.lanes(shipment.warehouse, at=now) if lane.cards]
    assert (lane.loaded, lane.total, lane.packages, lane.is_too_full) == (2, 7, 3, False)
    assert lane.standing == "2 of 7 loaded, 3 lost, 1 came back"
    assert lane.standing in page
    assert "3 of 6 packages" in page


def test_a_truck_that_is_gone_has_missed_nothing_that_it_lost(shipment, copies, now):
    late = shipment.leaves_by + timedelta(hours=1)
    copies(2, state="lost", dispatched_at=now, exception_kind="lost")

    [lane] = [lane for lane in board.lanes(shipment.warehouse, at=late) if lane.is_over]

    assert (lane.missed, lane.total) == (1, 3)


@pytest.fixture
def tomorrow(schedule):
    """Another carrier comes on Thursday; the form of that day's board says so."""
    PickupScheduleFactory.create(carrier=CarrierFactory.create(code="CAR"), weekday=3)
    return {"day": "2026-11-19", "back": "board"}


THURSDAY = "?warehouse=MAIN&day=2026-11-19"


def test_plan_stays_on_the_day_on_which_it_was_pressed(shipper, shipment, tomorrow):
    page = shown(shipper, day="2026-11-19")
    address = reverse("shipping:arrange", args=[shipment.warehouse.code])

    response = shipper.post(address, tomorrow)

    form = page[page.index(f'action="{address}"') :]
    assert '<input type="hidden" name="day" value="2026-11-19">' in form[: form.index("</form>")]
    assert response.url == reverse("shipping:board") + THURSDAY


def test_a_move_that_is_refused_stays_on_the_day_and_says_why(shipper, shipment, tomorrow):
    before = Shipment.objects.values().get()
    gone = f"{shipment.carrier_id}|2026-11-17T14:30:00+00:00"

    response = shipper.post(
        reverse("shipping:move", args=[shipment.number]), tomorrow | {"pickup": gone}
    )

    assert response.url == f"{reverse('shipping:board')}{THURSDAY}#{shipment.number}"
    assert "This carrier does not come then." in shown(shipper, day="2026-11-19")
    assert Shipment.objects.values().get() == before


def test_goods_in_no_shipment_are_planned_from_the_day_and_stay_on_it(
    shipper, shipment, packed, tomorrow, now, actor
):
    services.cancel_shipment(shipment.pk, reason="Wrong carrier", at=now, actor=actor)

    response = shipper.post(reverse("shipping:plan", args=[packed.number]), tomorrow)

    again = Shipment.objects.get(state="planned")
    assert response.url == f"{reverse('shipping:board')}{THURSDAY}#{again.number}"


@pytest.mark.parametrize("role", [roles.AUDITOR, roles.WAREHOUSE, None])
def test_planning_is_denied_to_others(browser_of, shipment, role):
    browser = browser_of(role) if role else browser_of()
    before = Shipment.objects.values().get()

    assert plan(browser, shipment).status_code == 403
    assert Shipment.objects.values().get() == before
