"""Invoices as they are stored."""

from django.contrib import admin

from invoicing.models import Invoice, InvoiceDelivery, ProForma
from o2c.kernel.read_only import ReadOnlyAdmin


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    list_display = ["number", "customer", "gross_amount", "currency", "state", "due_on"]
    list_select_related = ["customer"]
    search_fields = ["number", "customer__folded_name"]
    ordering = ["-pk"]


@admin.register(InvoiceDelivery)
class InvoiceDeliveryAdmin(ReadOnlyAdmin):
    list_display = ["invoice", "recipient", "state", "queued_at", "sent_at", "error"]
    list_select_related = ["invoice"]
    ordering = ["-pk"]


@admin.register(ProForma)
class ProFormaAdmin(ReadOnlyAdmin):
    list_display = ["number", "customer", "order", "amount", "currency", "state", "valid_until"]
    list_select_related = ["customer", "order"]
    search_fields = ["number", "customer__folded_name"]
    ordering = ["-pk"]
