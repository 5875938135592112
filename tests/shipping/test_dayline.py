"""The day line: each cut-off says which carrier comes and when, also where two are near."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from shipping.dayline import draw
from shipping.lane_counts import Counts, Size
from shipping.lanes import Lane
from tests.factories import CarrierFactory

BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 11, 18, 8, tzinfo=UTC)
LABEL = re.compile(r'<text class="[^"]+" x="([^"]+)%" y="([^"]+)" text-anchor="[^"]+">([^<]+)<')


def lane(name, hour, minute=0, *, states=None, is_over=False):
    carrier = CarrierFactory.build(name=name)
    leaves_by = datetime(2026, 11, 18, hour, minute, tzinfo=BERLIN)
    counts = Counts({state: Size(number) for state, number in (states or {}).items()})
    return Lane(carrier, leaves_by, is_over, timedelta(hours=1), counts=counts)


def labels(drawing):
    """Return what stands on the line and how high, in pixels over its numbers."""
    above, found = 0, []
    upper, _edge, lower = drawing.rpartition("</svg><svg")
    if upper:
        above = int(re.search(r'height="(\d+)"', upper)[1])
    for part, foot in ((lower, 0), (upper, above)):
        found += [(words, foot - int(y) if foot else 0) for _x, y, words in LABEL.findall(part)]
    return found


def test_far_apart_all_labels_stand_in_one_row():
    drawing = draw([lane("Carrow", 11), lane("Northway", 16)], now=NINE, zone=BERLIN)

    assert labels(drawing) == [("now 09:00", 0), ("Carrow 11:00", 0), ("Northway 16:00", 0)]
    assert "plot over" not in drawing


def test_near_each_other_the_labels_are_stacked():
    lanes = [lane("Carrow", 15, 30), lane("Northway", 16), lane("Brightline", 16)]

    drawing = draw(lanes, now=NINE, zone=BERLIN)

    assert labels(drawing) == [
        ("now 09:00", 0),
        ("Carrow 15:30", 0),
        ("Northway 16:00", 3),
        ("Brightline 16:00", 19),
    ]
    assert drawing.count('class="axis cut-off"') == 4  # each leads down to its tick, in both parts
    assert drawing.count("<title>") == 3


def test_a_cut_off_near_now_keeps_its_label():
    drawing = draw([lane("Carrow", 9, 15)], now=NINE, zone=BERLIN)

    assert labels(drawing) == [("now 09:00", 0), ("Carrow 09:15", 3)]


def test_a_label_and_the_words_say_how_much_is_loaded_and_what_is_lost():
    states = {"dispatched": 2, "lost": 1}

    drawing = draw([lane("Carrow", 14, states=states)], now=NINE, zone=BERLIN)

    assert ("Carrow 14:00 2/3", 0) in labels(drawing)
    assert "Now 09:00. Carrow 14:00, 2 of 3 loaded, 1 lost." in drawing
    assert '<ul class="cut-offs"><li>Carrow 14:00, 2 of 3 loaded, 1 lost</li></ul>' in drawing


def test_where_the_line_has_no_room_for_labels_a_list_says_the_same():
    missed = lane("Carrow", 8, states={"planned": 1}, is_over=True)

    drawing = draw([missed, lane("Northway", 15, 30)], now=NINE, zone=BERLIN)

    rows = drawing[drawing.index("<ul") :]
    assert rows == (
        '<ul class="cut-offs"><li class="late">Carrow 08:00, 0 of 1 loaded</li>'
        "<li>Northway 15:30, nothing planned</li></ul>"
    )


def test_a_day_without_pickups_says_so():
    drawing = draw([], now=NINE, zone=BERLIN, day=NINE.date() + timedelta(days=1))

    assert 'aria-label="No pickups on this day."' in drawing
    assert labels(drawing) == []
    assert "<ul" not in drawing
