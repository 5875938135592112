"""A date on a page …"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from o2c.kernel import clock

NOW = datetime(2026, 11, 20, 9, 42, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning():
    with clock.travel(NOW), timezone.override(ZoneInfo("Europe/Berlin")):
        yield


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ("{{ value|day }}", date(2026, 9, 5), '<time datetime="2026-09-05">5 Sep</time>'),
        ("{{ value|day }}", date(2025, 9, 5), '<time datetime="2025-09-05">5 Sep 2025</time>'),
        (
            '{{ value|day:"weekday" }}',
            date(2026, 11, 19),
            '<time datetime="2026-11-19">Thu 19 Nov</time>',
        ),
        (
            '{{ value|day:"document" }}',
            date(2026, 11, 19),
            '<time datetime="2026-11-19">19 Nov 2026</time>',
        ),
        (
            "{{ value|day }}",
            datetime(2026, 11, 19, 23, 30, tzinfo=UTC),
            '<time datetime="2026-11-20">20 Nov</time>',
        ),
        (
            "{{ value|daytime }}",
            NOW,
            '<time datetime="2026-11-20T10:42:00+01:00">Fri 20 Nov 10:42</time>',
        ),
        (
            "{{ value|daytime }}",
            datetime(2025, 11, 20, 9, 42, tzinfo=UTC),
            '<time datetime="2025-11-20T10:42:00+01:00">20 Nov 2025 10:42</time>',
        ),
        (
            "{{ value|clock_time }}",
            NOW,
            '<time datetime="2026-11-20T10:42:00+01:00">10:42</time>',
        ),
        (
            "{{ value|ago }}",
            NOW - timedelta(hours=3, minutes=12),
            '<time datetime="2026-11-20T06:30:00+00:00">3 h 12 m</time>',
        ),
        ("{{ value|ago }}", date(2026, 8, 17), '<time datetime="2026-08-17">95 d</time>'),
    ],
)
def test_is_written_in_the_readers_time(draw, source, value, shown):
    assert draw(source, value=value) == shown


@pytest.mark.parametrize(
    ("duration", "shown"),
    [
        (timedelta(seconds=42), "0 m"),
        (timedelta(minutes=38), "38 m"),
        (timedelta(hours=18), "18 h"),
        (timedelta(hours=1, minutes=12), "1 h 12 m"),
        (timedelta(days=1, hours=4, minutes=9), "1 d 4 h"),
        (timedelta(days=2, minutes=30), "2 d"),
        (timedelta(days=7, hours=5), "7 d"),
        (-timedelta(hours=2), "in 2 h"),
    ],
)
def test_is_a_wait_in_its_two_largest_units(draw, duration, shown):
    assert f">{shown}</time>" in draw("{{ value|ago }}", value=duration)


def test_follows_the_readers_language(draw):
    with translation.override("de"):
        shown = draw("{{ value|day }}", value=date(2026, 3, 5))

    assert shown == '<time datetime="2026-03-05">5. März</time>'
