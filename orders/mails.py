"""Mails about orders: to the buyer, and to whoever sells to them."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from customers.models import Contact
from customers.selectors import email_of
from o2c.kernel import files, mail
from o2c.kernel.actors import Actor
from orders.models import Order, Quote
from orders.partners.services import is_answered
from orders.services import acknowledgement_of, note_acknowledged, quote_pdf
from orders.waiting import waiting_of

State = Order.State
# The state that a mail is about, its template for the buyer, and its subject.
WAITING = {
    State.ON_HOLD: ("held", _("%(order)s waits")),
    State.IN_REVIEW: ("referred", _("%(order)s is being reviewed")),
    State.DECLINED: ("declined", _("%(order)s: we cannot deliver on account")),
}


def acknowledge(order_id: int, *, at: datetime, actor: Actor) -> None:
    """Confirm an order to the buyer as it stands now, with the document attached.

    Not when it has been taken back meanwhile, nor when the buyer has been told just this already;
    a trading partner is answered by a document of its own format instead.
    """
    order = _order(order_id)
    address = email_of(order.customer, Contact.Role.BUYER)
    if order.state not in Order.CONFIRMED or not address or is_answered(order.pk):
        return
    said = acknowledgement_of(order.pk, at=at)
    if said.sent_at is not None:
        return
    is_first = not order.acknowledgements.exclude(sent_at=None).exists()
    subject = _("Your order %(order)s is confirmed") if is_first else _("Changed: order %(order)s")
    mail.send(
        "orders/mail/acknowledgement",
        to=address,
        subject=subject % _names(order),
        key=f"acknowledgement-{order.pk}-{said.serial}",
        language=order.customer.language,
        context={
            "order": order,
            "lines": order.lines.order_by("position", "pk"),
            "is_first": is_first,
        },
        attachments=[(said.file.name, files.read(said.file), said.file.media_type)],
    )
    note_acknowledged(said.pk, recipient=address, at=at, actor=actor)


def tell_waiting(order_id: int, *, state: str, at: datetime) -> None:
    """Tell buyer and sales rep that an order waits or is declined; not when it has moved on."""
    order = _order(order_id)
    if order.state != state:
        return
    template, subject = WAITING[State(state)]
    key = f"order-{order.pk}-{state}-{at:%Y%m%d%H%M%S%f}"
    address = email_of(order.customer, Contact.Role.BUYER)
    if address:
        language = order.customer.language
        with translation.override(language):
            words = waiting_of(order)
        mail.send(
            f"orders/mail/{template}",
            to=address,
            subject=subject % _names(order),
            key=f"{key}-buyer",
            language=language,
            context={"order": order, "words": words},
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


def send_quote(quote_id: int, *, at: datetime) -> None:
    """Bring the buyer a quote with its document; not when it is a quote no more."""
    quote = Quote.objects.select_related("customer", "owner").get(pk=quote_id)
    address = email_of(quote.customer, Contact.Role.BUYER)
    if quote.state != Quote.State.SENT or not address:
        return
    document = quote_pdf(quote.pk, at=at)
    mail.send(
        "orders/mail/quote",
        to=address,
        subject=_("Our quote %(quote)s") % {"quote": quote.name},
        key=f"quote-{quote.pk}",
        language=quote.customer.language,
        context={"quote": quote},
        attachments=[(document.name, files.read(document), document.media_type)],
    )


def tell_quote_decided(quote_id: int, *, actor: Actor) -> None:
    """Tell whose quote it is what the customer decided, unless they have noted it themselves."""
    quote = Quote.objects.select_related("customer", "owner", "order").get(pk=quote_id)
    if quote.owner is None or (actor.kind, actor.id) == ("user", str(quote.owner.pk)):
        return
    mail.send(
        "orders/mail/quote_decided",
        to=quote.owner.email,
        subject=_("%(quote)s: %(state)s")
        % {"quote": quote.name, "state": quote.get_state_display()},
        key=f"quote-{quote.pk}-{quote.state}",
        language=settings.LANGUAGE_CODE,
        context={"quote": quote},
    )


def _order(order_id: int) -> Order:
    orders = Order.objects.select_related("customer__sales_rep", "owner", "ship_to")
    return orders.get(pk=order_id)


def _names(order: Order) -> dict[str, str]:
    return {"order": order.number}
