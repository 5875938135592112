"""Credit's records to look up. What they say is changed by services, never here."""

from django.contrib import admin

from credit.models import CreditAccount, CreditApplication, CreditCheck, GuidelineTable, Hold
from o2c.kernel.read_only import ReadOnlyAdmin


@admin.register(GuidelineTable)
class GuidelineTableAdmin(ReadOnlyAdmin):
    list_display = ["version", "status", "created_at"]
    ordering = ["-version"]


@admin.register(CreditAccount)
class CreditAccountAdmin(ReadOnlyAdmin):
    list_display = ["customer", "currency", "limit", "exposure"]
    list_select_related = ["customer"]
    search_fields = ["customer__number", "customer__folded_name"]
    ordering = ["pk"]


@admin.register(CreditApplication)
class CreditApplicationAdmin(ReadOnlyAdmin):
    list_display = ["number", "customer", "state", "requested_amount", "opened_at"]
    list_select_related = ["customer"]
    ordering = ["-pk"]


@admin.register(CreditCheck)
class CreditCheckAdmin(ReadOnlyAdmin):
    list_display = ["order", "outcome", "checked_at"]
    list_select_related = ["order"]
    ordering = ["-pk"]


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ["customer", "kind", "reason", "placed_at", "released_at"]
    list_select_related = ["customer"]
    ordering = ["-pk"]
