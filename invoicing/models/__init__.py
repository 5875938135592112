"""Invoices, and what asks for money before there is one."""

from invoicing.models.invoices import Invoice, InvoiceDelivery, InvoiceLine, InvoiceTax
from invoicing.models.pro_formas import ProForma

__all__ = ["Invoice", "InvoiceDelivery", "InvoiceLine", "InvoiceTax", "ProForma"]
