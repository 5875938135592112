"""Mails about shipments on their way."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.models import Contact
from customers.selectors import email_of
from o2c.kernel import files, mail
from shipping.models import DeliveryCase, Shipment, ShipmentPaper
from shipping.services.papers import paper_of


def send_ship_notice(shipment_id: int, *, at: datetime) -> None:
    """Tell goods-in what is coming, when, and where to follow it, with the delivery note."""
    shipment = _shipment(shipment_id)
    to = email_of(shipment.customer, Contact.Role.DISPATCH, Contact.Role.BUYER)
    if not to:
        return
    lines = list(shipment.lines.select_related("order", "order_line__product").order_by("pk"))
    note = paper_of(shipment_id, ShipmentPaper.Kind.DELIVERY_NOTE, at=at)
    mail.send(
        "shipping/mail/ship_notice",
        to=to,
        subject=_("%(shipment)s is on its way") % {"shipment": shipment.number},
        key=f"ship-notice-{shipment.pk}",
        language=shipment.customer.language,
        context={"shipment": shipment, "lines": lines},
        attachments=[(note.name, files.read(note), note.media_type)],
    )


def tell_case(case: DeliveryCase) -> bool:
    """Tell the buyer what happened to a shipment, and that we act; False: there is no address.

    A case has one Message-ID: told twice, the recipient's program shows it once.
    """
    shipment = case.shipment
    to = email_of(shipment.customer, Contact.Role.BUYER)
    if not to:
        return False
    mail.send(
        "shipping/mail/exception",
        to=to,
        subject=_("%(shipment)s: a problem on the way") % {"shipment": shipment.number},
        key=f"delivery-case-{case.pk}",
        language=shipment.customer.language,
        context={"shipment": shipment, "case": case},
    )
    return True


def _shipment(shipment_id: int) -> Shipment:
    shipments = Shipment.objects.select_related("customer", "carrier", "ship_to")
    return shipments.get(pk=shipment_id)
