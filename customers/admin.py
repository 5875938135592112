"""Set-up of customers: terms and keys. What moves money is changed by services, not here."""

from django.contrib import admin
from django.http import HttpRequest

from customers.models import ApiKey, Customer, CustomerUser, PaymentTerms


@admin.register(PaymentTerms)
class PaymentTermsAdmin(admin.ModelAdmin[PaymentTerms]):
    list_display = ["code", "name", "net_days"]
    ordering = ["net_days", "pk"]


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin[Customer]):
    """Read here, changed on the customer's page, where the audit trail sees it."""

    list_display = ["number", "name", "currency", "is_active"]
    search_fields = ["number", "folded_name"]
    ordering = ["folded_name", "pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Customer | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Customer | None = None) -> bool:
        return False


@admin.register(CustomerUser)
class CustomerUserAdmin(admin.ModelAdmin[CustomerUser]):
    list_display = ["user", "customer"]
    autocomplete_fields = ["customer"]
    ordering = ["pk"]


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[ApiKey]):
    """Keys are made by `manage.py create_api_key`, which shows the secret once."""

    list_display = ["prefix", "name", "customer", "created_at", "expires_at", "revoked_at"]
    exclude = ["secret_hash"]
    ordering = ["-created_at", "pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False
