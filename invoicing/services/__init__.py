"""What can be done with invoices, and with pro formas before them."""

from invoicing.services.billing import (
    HasFindings,
    bill_shipment,
    issue_invoice,
    redraft_invoice,
)
from invoicing.services.crediting import OverCredited, credit_invoice
from invoicing.services.documents import NotIssued, pdf_of
from invoicing.services.freighting import FreightCharged, NotADraft, set_freight
from invoicing.services.pro_forma_papers import pro_forma_pdf, send_pro_forma
from invoicing.services.pro_formas import (
    AskedAlready,
    NothingToPay,
    ask_for_prepayment,
    follow_change,
    follow_order,
    lapse_pro_formas,
    withdraw_pro_forma,
)
from invoicing.services.returns import bill_what_stays, credit_return
from invoicing.services.sending import queue_delivery, resend_invoice, send_invoice

__all__ = [
    "AskedAlready",
    "FreightCharged",
    "HasFindings",
    "NotADraft",
    "NotIssued",
    "NothingToPay",
    "OverCredited",
    "ask_for_prepayment",
    "bill_shipment",
    "bill_what_stays",
    "credit_invoice",
    "credit_return",
    "follow_change",
    "follow_order",
    "issue_invoice",
    "lapse_pro_formas",
    "pdf_of",
    "pro_forma_pdf",
    "queue_delivery",
    "redraft_invoice",
    "resend_invoice",
    "send_invoice",
    "send_pro_forma",
    "set_freight",
    "withdraw_pro_forma",
]
