"""The sub-ledger as it is stored."""

from django.contrib import admin

from o2c.kernel.read_only import ReadOnlyAdmin
from receivables.models import Dispute, JournalEntry, OpenItem


@admin.register(OpenItem)
class OpenItemAdmin(ReadOnlyAdmin):
    list_display = ["invoice", "customer", "amount", "applied", "currency", "due_on", "state"]
    list_select_related = ["invoice", "customer"]
    search_fields = ["invoice__number", "customer__folded_name"]
    ordering = ["-pk"]


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    list_display = ["source", "kind", "customer", "posted_on", "currency"]
    list_select_related = ["customer"]
    search_fields = ["source"]
    ordering = ["-pk"]


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    list_display = ["item", "amount", "reason", "state", "opened_at", "closed_at"]
    list_select_related = ["item__invoice"]
    ordering = ["-pk"]
