"""Mails about orders: to the buyer, and to whoever sells to them."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from customers.models import Contact
from customers.selectors import email_of
from o2c.kernel import mail
from orders.models import Order

State = Order.State
# The state that a mail is about, its template for the buyer, and its subject.
WAITING = {
    State.ON_HOLD: ("held", _("%(order)s waits")),
    State.IN_REVIEW: ("referred", _("%(order)s is being reviewed")),
    State.DECLINED: ("declined", _("%(order)s: we cannot deliver on account")),
}


def acknowledge(order_id: int, *, at: datetime) -> None:
    """Confirm a released order to the buyer, with the day that each line is promised for.

    Not when it has been taken back meanwhile.
    """
    order = _order(order_id)
    address = email_of(order.customer, Contact.Role.BUYER)
    if not address or order.state not in Order.CONFIRMED:
        return
    mail.send(
        "orders/mail/acknowledgement",
        to=address,
        subject=_("Your order %(order)s is confirmed") % _names(order),
        key=f"order-{order.pk}-released-{at:%Y%m%d%H%M%S%f}",
        language=order.customer.language,
        context={"order": order, "lines": order.lines.order_by("position", "pk")},
    )


def tell_waiting(order_id: int, *, state: str, at: datetime) -> None:
    """Tell buyer and sales rep that an order waits or is declined; not when it has moved on."""
    order = _order(order_id)
    if order.state != state:
        return
    template, subject = WAITING[State(state)]
    key = f"order-{order.pk}-{state}-{at:%Y%m%d%H%M%S%f}"
    address = email_of(order.customer, Contact.Role.BUYER)
    if address:
        mail.send(
            f"orders/mail/{template}",
            to=address,
            subject=subject % _names(order),
            key=f"{key}-buyer",
            language=order.customer.language,
            context={"order": order},
        )
    rep = order.owner or order.customer.sales_rep
    if rep is not None:
        mail.send(
            "orders/mail/rep",
            to=rep.email,
            subject=subject % _names(order),
            key=f"{key}-rep",
            language=settings.LANGUAGE_CODE,
            context={"order": order},
        )


def _order(order_id: int) -> Order:
    orders = Order.objects.select_related("customer__sales_rep", "owner", "ship_to")
    return orders.get(pk=order_id)


def _names(order: Order) -> dict[str, str]:
    return {"order": order.number}
