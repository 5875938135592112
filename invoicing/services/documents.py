"""The printed invoice: drawn once, when it is first needed, and kept."""

from django.utils.translation import gettext as _

from invoicing import pdf
from invoicing.models import Invoice
from o2c.kernel import files
from o2c.kernel.errors import DomainError
from o2c.kernel.models import StoredFile


class NotIssued(DomainError):
    """Only an issued invoice has a document."""

    code = "invoice_not_issued"


def pdf_of(invoice: Invoice) -> StoredFile:
    """Return the invoice as PDF. It is drawn outside of any lock; of two at once one is kept.

    Raises:
        NotIssued: a draft has no number and is no document.
    """
    ensure_issued(invoice)
    if invoice.pdf is None:
        drawn = files.store(
            pdf.draw(invoice), name=f"{invoice.number}.pdf", media_type="application/pdf"
        )
        Invoice.objects.filter(pk=invoice.pk, pdf=None).update(pdf=drawn)
        invoice.refresh_from_db(fields=["pdf"])
    assert invoice.pdf is not None  # this call or another one has just set it
    return invoice.pdf


def ensure_issued(invoice: Invoice) -> None:
    """Refuse what only an issued invoice can do.

    Raises:
        NotIssued: it is a draft, or was one when it was discarded.
    """
    if not invoice.content:
        raise NotIssued(_("%(invoice)s is not issued yet.") % {"invoice": invoice})
