"""The header state follows the line quantities, whatever the order of events."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.progress import state_of


@dataclass
class Line:
    ordered: Decimal = Decimal(10)
    cancelled: Decimal = Decimal(0)
    picking: Decimal = Decimal(0)
    shipped: Decimal = Decimal(0)
    delivered: Decimal = Decimal(0)
    invoiced: Decimal = Decimal(0)


def line(**quantities):
    return Line(**{name: Decimal(value) for name, value in quantities.items()})


GONE = {"picking": 10, "shipped": 10}


@pytest.mark.parametrize(
    ("lines", "settled", "state"),
    [
        ([line()], False, "released"),
        ([line(), line(picking=1)], False, "fulfilling"),
        ([line(**GONE), line()], False, "fulfilling"),
        ([line(**GONE, delivered=10, invoiced=10), line()], True, "fulfilling"),
        ([line(**GONE), line(**GONE)], False, "shipped"),
        ([line(**GONE), line(cancelled=10)], False, "shipped"),
        ([line(cancelled=4, picking=6, shipped=6)], False, "shipped"),
        ([line(**GONE, delivered=10), line(**GONE, delivered=9)], False, "shipped"),
        ([line(**GONE, delivered=10), line(**GONE, delivered=10)], False, "delivered"),
        ([line(**GONE, delivered=10, invoiced=9)], False, "delivered"),
        ([line(**GONE, invoiced=10)], False, "invoiced"),
        ([line(**GONE, delivered=10, invoiced=10)], False, "invoiced"),
        ([line(**GONE, invoiced=9)], True, "shipped"),
        ([line(**GONE, invoiced=10)], True, "closed"),
        ([line(cancelled=10), line(cancelled=10)], False, "cancelled"),
    ],
)
def test_follows_the_table(lines, settled, state):
    assert state_of(lines, settled) == state


STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["cancelled", "picking", "shipped", "delivered"])),
    max_size=30,
)


@given(steps=STEPS, shuffle=st.randoms(use_true_random=False))
def test_forgets_the_order_of_events(steps, shuffle):
    """The same events in another order lead to the same state: only the sums count."""
    others = list(steps)
    shuffle.shuffle(others)

    assert after(steps) == after(others)


def after(steps):
    lines = [line(), line(), line()]
    for place, column in steps:
        setattr(lines[place], column, getattr(lines[place], column) + 1)
    return state_of(lines, settled=False)
