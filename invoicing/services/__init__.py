"""What can be done with invoices."""

from invoicing.services.billing import (
    HasFindings,
    bill_shipment,
    issue_invoice,
    redraft_invoice,
)
from invoicing.services.documents import NotIssued, pdf_of
from invoicing.services.sending import queue_delivery, resend_invoice, send_invoice

__all__ = [
    "HasFindings",
    "NotIssued",
    "bill_shipment",
    "issue_invoice",
    "pdf_of",
    "queue_delivery",
    "redraft_invoice",
    "resend_invoice",
    "send_invoice",
]
