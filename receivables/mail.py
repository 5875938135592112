"""The friendly reminder before an invoice is due, in the customer's language."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from receivables.models import InvoiceReview


def reminder(review: InvoiceReview, *, recipient: str) -> EmailMessage:
    """Write the reminder of a review; the same review always has the same Message-ID."""
    invoice, company = review.item.invoice, review.item.invoice.company
    host = urlsplit(settings.PUBLIC_URL).hostname
    with translation.override(review.item.customer.language):
        subject = _("Invoice %(number)s is due soon") % {"number": invoice.number}
        text = render_to_string(
            "receivables/mail/reminder.txt",
            {"item": review.item, "invoice": invoice, "company": company},
        )
    return EmailMessage(
        subject=subject,
        body=text,
        to=[recipient],
        reply_to=[company.email],
        headers={"Message-ID": f"<reminder.{invoice.public_id}@{host}>"},
    )
