"""Mails about goods that are not there."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models import Contact
from customers.selectors import email_of
from o2c.kernel import mail, notices
from orders.models import Order, OrderLine


def tell_short(
    order_id: int,
    line_ids: Sequence[int],
    *,
    cause: str,
    at: datetime,
    list_id: int | None = None,
) -> None:
    """Tell the buyer and the sales rep which lines are short, and what becomes of them.

    `cause` is `stock`, or `pick` with the list; with the instant it makes the Message-ID, so a
    repeat is seen as one by the recipient's program.
    """
    which = f"{order_id}-{at:%Y%m%d%H%M%S%f}" + (f"-{list_id}" if list_id else "")
    order = Order.objects.select_related("customer__sales_rep", "owner").get(pk=order_id)
    lines = list(order.lines.filter(pk__in=line_ids).select_related("product").order_by("position"))
    rep = order.owner or order.customer.sales_rep
    recipients = {
        "buyer": email_of(order.customer, Contact.Role.BUYER),
        "rep": rep.email if rep else "",
    }
    for role, address in recipients.items():
        if address:
            mail.send(
                f"fulfillment/mail/short_{role}",
                to=address,
                subject=_("%(order)s: part of it is not in stock") % {"order": order.number},
                key=f"short-{cause}-{which}-{role}",
                language=order.customer.language,
                context={"order": order, "lines": lines},
            )
    if rep and cause == "pick":
        _notify(order, lines, rep_id=rep.pk, key=f"short-pick-{which}", at=at)


def _notify(
    order: Order, lines: Sequence[OrderLine], *, rep_id: int, key: str, at: datetime
) -> None:
    """Show the sales rep at once, wherever they are in the portal."""
    text = _("%(order)s for %(customer)s: the warehouse did not find all of %(items)s.")
    named = {
        "order": order.number,
        "customer": order.customer.name,
        "items": ", ".join(line.product.sku for line in lines),
    }
    notices.tell(
        [rep_id],
        key=key,
        text=text % named,
        link=reverse("reporting:order", args=[order.number]),
        at=at,
    )
