"""Where an order is, in a customer's words."""

from django.utils.translation import gettext_lazy as _

from o2c.kernel.ui.figures import Text
from orders.models import Order
from orders.portal.arrivals import Arrival

State = Order.State
WORDS: dict[str, tuple[Text, str]] = {
    State.DRAFT: (_("Not sent yet"), "off"),
    State.SUBMITTED: (_("Received"), ""),
    State.IN_REVIEW: (_("Being checked"), "go"),
    State.ON_HOLD: (_("Waiting for you"), "bad"),
    State.RELEASED: (_("Confirmed"), "ok"),
    State.FULFILLING: (_("Being packed"), "go"),
    State.CANCELLED: (_("Cancelled"), "off"),
    State.DECLINED: (_("Declined"), "off"),
}
# Once something has left, what has arrived says where the order is, not what is billed or paid.
ARRIVED: dict[str, tuple[Text, str]] = {
    Arrival.NOTHING_SENT: (_("Confirmed"), "ok"),
    Arrival.ON_THE_WAY: (_("On the way"), "go"),
    Arrival.PART: (_("Part delivered"), "go"),
    Arrival.ALL: (_("Delivered"), "ok"),
    Arrival.NEVER: (_("Not delivered"), "off"),
    Arrival.REST_NEVER: (_("Part delivered"), "off"),
}
PACKED_IN_PART: dict[str, tuple[Text, str]] = {
    Arrival.ON_THE_WAY: (_("Part on the way"), "go"),
    Arrival.PART: (_("Part delivered"), "go"),
}
# What happens next, said once the order is placed and on its page while it is so.
NEXT: dict[str, Text] = {
    State.SUBMITTED: _("We have received your order and are looking at it."),
    State.IN_REVIEW: _(
        "We are checking your credit, usually within one working day. You need do nothing;"
        " we write to you as soon as it is decided."
    ),
    State.ON_HOLD: _("Your order waits and goes on by itself as soon as this is settled."),
    State.RELEASED: _(
        "Your order is confirmed. Goods in stock are being prepared; we write when they leave."
    ),
    State.FULFILLING: _("Your goods are being packed. We write when they leave."),
    State.DECLINED: _(
        "We deliver it when it is paid in advance: your contact sends you a pro forma invoice."
    ),
}
NEXT_ARRIVAL: dict[str, Text] = {
    Arrival.ON_THE_WAY: _("Your goods are on the way."),
    Arrival.PART: _("Part of your goods has arrived; the rest is on the way."),
    Arrival.NEVER: _("These goods do not come any more: they were lost, or went back to us."),
    Arrival.REST_NEVER: _(
        "Part of your goods has arrived. The rest does not come any more: it was lost, or went"
        " back to us."
    ),
}
NEXT_IN_PART = _("Part of your goods has left. We write when more leaves.")


def word_of(order: Order) -> tuple[Text, str]:
    """Return the word and tone of an order that was read `with_arrival`."""
    if order.state == State.FULFILLING:
        return PACKED_IN_PART.get(arrival_of(order), WORDS[State.FULFILLING])
    return WORDS.get(order.state) or ARRIVED[arrival_of(order)]


def next_of(order: Order) -> Text:
    """Return what happens next with an order that was read `with_arrival`; empty: nothing."""
    if order.state == State.FULFILLING and arrival_of(order) in PACKED_IN_PART:
        return NEXT_IN_PART
    if order.state in WORDS:
        return NEXT.get(order.state, "")
    if arrival_of(order) == Arrival.REST_NEVER and order.state != State.CLOSED:
        # What arrived may have come back while the rest is on the way: lines do not tell.
        return ""
    return NEXT_ARRIVAL.get(arrival_of(order), "")


def arrival_of(order: Order) -> str:
    return str(order.arrival)  # type: ignore[attr-defined]  # annotated
