"""The mail that brings an invoice, in the language that it was issued in."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from invoicing import content
from invoicing.models import InvoiceDelivery
from o2c.kernel import mail


def send_invoice(delivery: InvoiceDelivery, document: bytes) -> None:
    """Mail one delivery; the same delivery always has the same Message-ID.

    Raises:
        OSError, SMTPException: the mail server is away or refuses it.
    """
    invoice = delivery.invoice
    mail.send(
        "invoicing/mail/invoice",
        to=delivery.recipient,
        subject=format_lazy(_("Invoice {number}"), number=invoice.number),
        key=f"{invoice.public_id}.{delivery.serial}",
        language=content.read(invoice)["language"],
        context={"invoice": invoice},
        attachments=[(f"{invoice.number}.pdf", document, "application/pdf")],
    )
