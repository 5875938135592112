"""What customers read of orders that left …"""

from decimal import Decimal

import pytest

from orders.models import Order
from orders.portal.arrivals import with_arrival
from orders.portal.words import next_of, word_of
from tests.factories import OrderFactory, OrderLineFactory

pytestmark = pytest.mark.django_db

HERE = "Part of your goods has arrived; the rest is on the way."
GONE = "These goods do not come any more: they were lost, or went back to us."
REST_GONE = (
    "Part of your goods has arrived. The rest does not come any more: it was lost, or went back"
    " to us."
)


def read(state, *lines):
    """Return the word and the sentence of an order with lines of ten.

    Each says what of it is cancelled, shipped, delivered and returned.
    """
    order = OrderFactory.create(line=None, state=state)
    for cancelled, shipped, delivered, returned in lines:
        OrderLineFactory.create(
            order=order,
            ordered=Decimal(10),
            cancelled=cancelled,
            picking=shipped,
            picked=shipped,
            shipped=shipped,
            delivered=delivered,
            returned=returned,
        )
    found = with_arrival(Order.objects.all()).get(pk=order.pk)
    return str(word_of(found)[0]), str(next_of(found))


@pytest.mark.parametrize(
    ("state", "lines", "word", "says"),
    [
        ("shipped", [(0, 10, 0, 0)], "On the way", "Your goods are on the way."),
        ("invoiced", [(0, 10, 0, 0)], "On the way", "Your goods are on the way."),
        ("closed", [(0, 10, 0, 0)], "On the way", "Your goods are on the way."),
        ("invoiced", [(0, 10, 10, 0), (0, 10, 0, 0)], "Part delivered", HERE),
        ("invoiced", [(0, 10, 4, 0)], "Part delivered", HERE),
        ("delivered", [(0, 10, 10, 0)], "Delivered", ""),
        ("invoiced", [(4, 6, 6, 0)], "Delivered", ""),
        ("closed", [(0, 10, 10, 10)], "Delivered", ""),
        ("closed", [(0, 10, 0, 10)], "Not delivered", GONE),
        ("closed", [(0, 10, 10, 0), (0, 10, 0, 10)], "Part delivered", REST_GONE),
        # Four of six that arrived have come back, or the four that did not were lost.
        ("invoiced", [(0, 10, 6, 4)], "Part delivered", ""),
        (
            "fulfilling",
            [(0, 4, 4, 0)],
            "Part delivered",
            "Part of your goods has left. We write when more leaves.",
        ),
        (
            "fulfilling",
            [(0, 0, 0, 0)],
            "Being packed",
            "Your goods are being packed. We write when they leave.",
        ),
    ],
)
def test_says_what_has_arrived_whatever_is_billed_or_paid(state, lines, word, says):
    assert read(state, *lines) == (word, says)
