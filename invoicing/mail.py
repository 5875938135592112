"""The mail that brings an invoice, in the customer's language."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from invoicing import content
from invoicing.models import InvoiceDelivery


def compose(delivery: InvoiceDelivery, document: bytes) -> EmailMessage:
    """Write the mail of one delivery; the same delivery always has the same Message-ID."""
    says = content.read(delivery.invoice)
    number = says["number"]
    with translation.override(says["language"]):
        subject = _("Invoice %(number)s from %(company)s") % {
            "number": number,
            "company": says["seller"]["name"],
        }
        text = render_to_string("invoicing/mail/invoice.txt", {"invoice": delivery.invoice})
    message = EmailMessage(
        subject=" ".join(subject.split()),  # a header is one line, whatever the name holds
        body=text,
        to=[delivery.recipient],
        reply_to=[says["seller"]["email"]],
        headers={"Message-ID": message_id(delivery)},
    )
    message.attach(f"{number}.pdf", document, "application/pdf")
    return message


def message_id(delivery: InvoiceDelivery) -> str:
    host = urlsplit(settings.PUBLIC_URL).hostname
    return f"<{delivery.invoice.public_id}.{delivery.serial}@{host}>"
