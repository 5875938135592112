"""Set-up of customers: terms and keys. What moves money is changed by services, not here."""

from django.contrib import admin

from customers.models import ApiKey, Customer, CustomerUser, PaymentTerms
from o2c.kernel.read_only import ReadOnlyAdmin


@admin.register(PaymentTerms)
class PaymentTermsAdmin(ReadOnlyAdmin):
    """Read here, changed in the editor of payment terms, where the audit trail sees it."""

    list_display = ["code", "name", "basis", "net_days", "is_active"]
    ordering = ["net_days", "pk"]


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    """Read here, changed on the customer's page, where the audit trail sees it."""

    list_display = ["number", "name", "currency", "is_active"]
    search_fields = ["number", "folded_name"]
    ordering = ["folded_name", "pk"]


@admin.register(CustomerUser)
class CustomerUserAdmin(admin.ModelAdmin[CustomerUser]):
    list_display = ["user", "customer"]
    autocomplete_fields = ["customer"]
    ordering = ["pk"]


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys are made by `manage.py create_api_key`, which shows the secret once."""

    list_display = ["prefix", "name", "customer", "created_at", "expires_at", "revoked_at"]
    exclude = ["secret_hash"]
    ordering = ["-created_at", "pk"]
