"""A carrier's file of events: each row is told what became of it, and counts once."""

from datetime import UTC, datetime, timedelta

import pytest

from o2c.kernel.sheets import Unreadable
from shipping import services
from shipping.models import Carrier, Shipment, TrackingEvent
from shipping.reports.shapes import Report
from shipping.reports.sheets import import_tracking
from shipping.reports.taking import take_reports


@pytest.fixture
def on_its_way(shipment, now, actor):
    services.label_shipment(shipment.pk, at=now, actor=actor)
    return services.dispatch_shipment(shipment.pk, at=now, actor=actor)


@pytest.fixture
def take_in(on_its_way, now, actor):
    def take_in(text):
        text = text.replace("NUMBER", on_its_way.tracking_number)
        rows = import_tracking(
            text.encode(),
            "events.csv",
            carrier=Carrier.objects.get(),
            at=now + timedelta(hours=30),
            actor=actor,
        )
        return [(row.outcome, row.words) for row in rows]

    return take_in


GOOD = "Tracking number,Time,Code,Note\nNUMBER,2026-11-18 15:00,in_transit,\n"


def test_rows_move_the_shipment_by_the_companys_clock(take_in):
    assert take_in(GOOD) == [("recorded", "")]

    assert Shipment.objects.get().state == "in_transit"
    assert TrackingEvent.objects.get().at.isoformat() == "2026-11-18T14:00:00+00:00"


def test_the_same_file_again_changes_nothing(take_in):
    take_in(GOOD)

    assert take_in(GOOD) == [("known", "")]
    assert TrackingEvent.objects.count() == 1


AT_NOON = datetime(2026, 11, 18, 14, tzinfo=UTC)


@pytest.fixture
def tell(on_its_way, now, actor):
    """Report by webhook, with an id, what the good file tells without one."""

    def tell(code="in_transit", at=AT_NOON):
        report = Report(
            tracking_number=on_its_way.tracking_number,
            event_id=f"E-{code}-{at:%H%M}",
            code=code,
            note="",
            happened_at=at,
        )
        return take_reports(
            on_its_way.carrier,
            [report],
            channel="webhook",
            at=now + timedelta(hours=30),
            actor=actor,
        )

    return tell


def test_a_row_without_id_of_what_was_told_by_another_way_is_known(take_in, tell):
    tell()

    assert take_in(GOOD) == [("known", "")]
    assert TrackingEvent.objects.count() == 1


def test_what_a_row_without_id_has_told_is_known_by_another_way(take_in, tell, on_its_way):
    take_in(GOOD)

    taken = tell()

    assert set(taken.known) == {(on_its_way.tracking_number, "E-in_transit-1400")}
    assert TrackingEvent.objects.count() == 1


def test_two_events_with_ids_of_one_moment_are_two(take_in, tell):
    tell()
    text = GOOD.replace("Code", "Code,Id").replace("in_transit", "in_transit,E-2")

    assert take_in(text) == [("recorded", "")]
    assert TrackingEvent.objects.count() == 2


def test_another_time_or_code_is_another_event(take_in, tell):
    tell(at=AT_NOON + timedelta(minutes=1))
    tell("SORTED")

    assert take_in(GOOD) == [("recorded", "")]
    assert TrackingEvent.objects.count() == 3


def test_an_offset_says_when_it_was(take_in):
    take_in("tracking no;event time;status\nNUMBER;2026-11-18T15:00:00-05:00;delivered\n")

    assert Shipment.objects.get().delivered_at.isoformat() == "2026-11-18T20:00:00+00:00"


def test_each_bad_row_says_what_is_wrong_and_stops_no_other(take_in):
    outcomes = take_in(
        "Tracking number,Time,Code\n"
        ",2026-11-18 15:00,late\n"
        "NUMBER,tomorrow,late\n"
        "NUMBER,2026-02-30 10:00,late\n"
        f"NUMBER,2026-11-18 15:00,{'x' * 21}\n"
        "ELSE-1,2026-11-18 15:00,late\n"
        "NUMBER,0001-01-01 00:00,late\n"
        "NUMBER,2026-11-18 15:00,in_transit\n"
    )

    no_time = "is no time. Write 2027-01-31 14:05 or with an offset, +01:00."
    assert outcomes == [
        ("rejected", "The tracking number is missing."),
        ("rejected", f"“tomorrow” {no_time}"),
        ("rejected", f"“2026-02-30 10:00” {no_time}"),
        ("rejected", "At most 20 characters are kept."),
        ("waiting", "no shipment has this number"),
        ("rejected", f"“0001-01-01 00:00” {no_time}"),
        ("recorded", ""),
    ]
    assert Shipment.objects.get().state == "in_transit"


def test_what_is_no_table_of_events_is_refused(take_in):
    with pytest.raises(Unreadable):
        take_in("SKU,Quantity\nVLV,3\n")

    assert not TrackingEvent.objects.exists()


def test_twenty_rows_take_as_many_statements_as_one(take_in, statements):
    header = "Tracking number,Time,Code\n"
    one = statements(lambda: take_in(f"{header}NUMBER,2026-11-18 15:00,A\n"))
    many = "".join(f"NUMBER,2026-11-18 15:{minute},B\n" for minute in range(10, 30))

    assert statements(lambda: take_in(header + many)) == one
