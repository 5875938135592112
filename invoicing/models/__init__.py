"""Invoices, and what asks for money before there is one."""

from invoicing.models.charges import InvoiceCharge
from invoicing.models.deliveries import InvoiceDelivery
from invoicing.models.invoices import Invoice, InvoiceLine, InvoiceTax
from invoicing.models.pro_formas import ProForma
from invoicing.models.returns import UnbilledReturn

__all__ = [
    "Invoice",
    "InvoiceCharge",
    "InvoiceDelivery",
    "InvoiceLine",
    "InvoiceTax",
    "ProForma",
    "UnbilledReturn",
]
