"""A figure on a page …"""

from decimal import Decimal

import pytest
from django.utils import translation


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ("{{ value|money }}", Decimal("-1234.5"), "−1,234.50"),
        ("{{ value|money }}", Decimal("0.005"), "0.01"),
        ("{{ value|money }}", Decimal("-0.004"), "0.00"),
        ('{{ value|money:"JPY" }}', Decimal("1234.5"), "1,235"),
        ('{{ value|money:"BHD" }}', Decimal("1.5"), "1.500"),
        ('{{ value|money_in:"USD" }}', Decimal("1234.5"), "1,234.50\N{NO-BREAK SPACE}USD"),
        ("{{ value|whole }}", Decimal("2418306.40"), "2,418,306"),
        ("{{ value|quantity }}", Decimal("2.500"), "2.5"),
        ("{{ value|quantity }}", Decimal("1200.000"), "1,200"),
        ("{{ value|quantity }}", 7, "7"),
        ("{{ value|percent }}", Decimal("0.1864"), "18.6\N{NO-BREAK SPACE}%"),
        ("{{ value|percent:0 }}", 0.5, "50\N{NO-BREAK SPACE}%"),
        ("{{ value|percent }}", Decimal(0), "0\N{NO-BREAK SPACE}%"),
        ("{{ value|percent }}", Decimal("0.0001"), "0.0\N{NO-BREAK SPACE}%"),
        ("{{ value|in_unit:'C62' }}", Decimal("10.000"), "10\N{NO-BREAK SPACE}pcs"),
        ("{{ value|in_unit:'C62' }}", Decimal("1.000"), "1\N{NO-BREAK SPACE}pc"),
        ("{{ value|in_unit:'C62' }}", "0", "0\N{NO-BREAK SPACE}pcs"),
        ("{{ value|in_unit:'KGM' }}", Decimal("0.500"), "0.5\N{NO-BREAK SPACE}kg"),
        ("{{ value|in_unit:'BX' }}", 2, "2\N{NO-BREAK SPACE}boxes"),
        ("{{ value|in_unit:'E09' }}", 2, "2\N{NO-BREAK SPACE}E09"),
        ("{{ value|in_unit:'C62' }}", None, "—"),
    ],
)
def test_is_written_for_people(draw, source, value, shown):
    assert draw(source, value=value) == shown


@pytest.mark.parametrize("name", ["money", "whole", "quantity", "percent", "day", "daytime", "ago"])
def test_is_a_dash_when_there_is_none(draw, name):
    assert draw(f"{{{{ value|{name} }}}}", value=None) == "—"


def test_follows_the_readers_language(draw):
    with translation.override("de"):
        shown = draw('{{ value|money_in:"EUR" }}', value=Decimal("-1234.5"))

    assert shown == "−1.234,50\N{NO-BREAK SPACE}EUR"
