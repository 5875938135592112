"""Mails about shipments on their way."""

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from customers.models import Contact
from customers.selectors import email_of
from o2c.kernel import files, mail
from shipping import return_slip
from shipping.models import DeliveryCase, Return, ReturnLine, Shipment, ShipmentPaper
from shipping.return_selectors import lines_for_page, not_credited
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


def send_return_announced(return_id: int) -> None:
    """Tell who sends goods back the number, where to, and how; with the slip for the packages.

    A return has one Message-ID: told twice, the recipient's program shows it once.
    """
    row = Return.objects.select_related("customer", "warehouse").get(pk=return_id)
    to = email_of(row.customer, Contact.Role.DISPATCH, Contact.Role.BUYER)
    if not to:
        return
    lines = list(lines_for_page().filter(of=row))
    is_refused = all(line.reason == ReturnLine.Reason.REFUSED for line in lines)
    slips = (
        [] if is_refused else [(return_slip.name_of(row), return_slip.draw(row), "application/pdf")]
    )
    mail.send(
        "shipping/mail/return_announced",
        to=to,
        subject=format_lazy(_("Your return {number}"), number=row.number),
        key=f"return-{row.public_id}",
        language=row.customer.language,
        context={
            "return": row,
            "lines": lines,
            "address": return_slip.address_of(row),
            "is_refused": is_refused,
        },
        attachments=slips,
    )


def send_return_refused(return_id: int) -> None:
    """Tell who sent goods back what of them is not credited, and why; nothing if all is.

    A return has one Message-ID for it: told twice, the recipient's program shows it once.
    """
    row = Return.objects.select_related("customer").get(pk=return_id)
    to = email_of(row.customer, Contact.Role.DISPATCH, Contact.Role.BUYER)
    lines = list(not_credited([return_id])) if to else []
    if not lines:
        return
    mail.send(
        "shipping/mail/return_refused",
        to=to,
        subject=format_lazy(_("Your return {number}: not credited"), number=row.number),
        key=f"return-refused-{row.public_id}",
        language=row.customer.language,
        context={
            "return": row,
            "lines": lines,
            "is_refused": row.state == Return.State.REFUSED,
            "has_come": row.received_at is not None,
        },
    )


def send_lost(return_id: int) -> None:
    """Tell the buyer that goods are lost, and that nothing is to be paid for them.

    A loss has one Message-ID: told twice, the recipient's program shows it once.
    """
    row = Return.objects.select_related("customer").get(pk=return_id)
    to = email_of(row.customer, Contact.Role.BUYER)
    if not to:
        return
    lines = list(lines_for_page().filter(of=row))
    shipment = lines[0].shipment_line.shipment
    mail.send(
        "shipping/mail/lost",
        to=to,
        subject=format_lazy(_("{number} is lost"), number=shipment.number),
        key=f"return-lost-{row.public_id}",
        language=row.customer.language,
        context={"return": row, "shipment": shipment, "lines": lines},
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
