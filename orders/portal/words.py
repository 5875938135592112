"""Where an order is, in a customer's words."""

from django.utils.translation import gettext_lazy as _

from o2c.kernel.ui.figures import Text
from orders.models import Order

State = Order.State
WORDS: dict[str, tuple[Text, str]] = {
    State.DRAFT: (_("Not sent yet"), "off"),
    State.SUBMITTED: (_("Received"), ""),
    State.IN_REVIEW: (_("Being checked"), "go"),
    State.ON_HOLD: (_("Waiting for you"), "bad"),
    State.RELEASED: (_("Confirmed"), "ok"),
    State.FULFILLING: (_("Being packed"), "go"),
    State.SHIPPED: (_("On the way"), "go"),
    State.DELIVERED: (_("Delivered"), "ok"),
    State.INVOICED: (_("Delivered"), "ok"),
    State.CLOSED: (_("Closed"), "off"),
    State.CANCELLED: (_("Cancelled"), "off"),
    State.DECLINED: (_("Declined"), "off"),
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
    State.SHIPPED: _("Your goods are on the way."),
    State.DECLINED: _(
        "We deliver it when it is paid in advance: your contact sends you a pro forma invoice."
    ),
}
