"""The friendly reminder before an invoice is due, in the customer's language."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from o2c.kernel import mail
from receivables.models import InvoiceReview


def send_reminder(review: InvoiceReview, *, recipient: str) -> None:
    """Remind of a review's item; the same review always has the same Message-ID.

    Raises:
        OSError, SMTPException: the mail server is away or refuses it.
    """
    item = review.item
    mail.send(
        "receivables/mail/reminder",
        to=recipient,
        subject=format_lazy(_("Invoice {number} is due soon"), number=item.name),
        key=f"invoicereview-{review.pk}",
        language=item.customer.language,
        context={"item": item, "invoice": item.invoice},
    )
